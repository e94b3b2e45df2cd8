/** A book of the bench whose takes are in a store, and the time that a plan of it takes. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { accountOf } from '../../src/account.ts';
import { loudnessCounts } from '../../src/audio/measure/loudness.ts';
import { encodeMeasures } from '../../src/audio/measure/measures.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { loadBook } from '../../src/book/load-book.ts';
import { SIMULATED_SERVICE } from '../../src/composition/service.ts';
import type { PlanReport } from '../../src/events/plan-report.ts';
import { lastRunKey } from '../../src/plan/keys.ts';
import { lastRunOf } from '../../src/plan/last-run-of.ts';
import { planRun } from '../../src/run/plan.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { putLastRun } from '../../src/store/last-runs.ts';
import { putTake } from '../../src/store/takes.ts';
import { type Cost, costOf } from './cpu.ts';
import { PROGRAM } from './program.ts';

/** `pipeline plan` of the folder's book, as a process of its own. */
export async function planOnce(cwd: string): Promise<Cost & { report: PlanReport }> {
  const args = [PROGRAM, 'plan', 'book.yaml', '--simulate', '--json'];
  let printed = '';
  const cost = await costOf(async () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`plan ended with ${status}: ${stderr}`);
    printed = stdout;
  });
  return { ...cost, report: JSON.parse(printed) as PlanReport };
}

/** Puts a take record for every segment and the book's last run, as a run leaves them (`isOld`: one of a first version); all takes share their audio. */
export async function fillStore(folder: string, { isOld = false } = {}): Promise<void> {
  const { book } = await loadBook({ manifestPath: join(folder, 'book.yaml') });
  if (book === undefined) throw new Error('The bench book has mistakes.');
  const store = await openDiskStore(join(folder, '.pipeline'));
  const account = accountOf(SIMULATED_SERVICE);
  const planned = await planRun({ book, store, account });
  const meter = createMeter(24_000);
  const sound = Buffer.alloc(24_000, 'sound');
  meter.push(sound);
  const measured = meter.finish();
  const [pcm, measures] = [await store.putBlob(sound), await store.putBlob(encodeMeasures(measured))];
  const loudness = isOld ? {} : { loudness: loudnessCounts(measured.loudness) };
  const steps = planned.chapters.flatMap(({ segments }) => segments.map(({ step }) => step));
  await pLimit(32).map(steps, ({ key, sampleRateHz, character, text, model }) =>
    putTake(store, {
      ...{ key, pcm, measures, ...loudness, sampleRateHz, character, text, model },
      ...{ durationSeconds: 1, voiceId: 'voice', sessionId: 'session', responseId: 'response' },
      ...{ billedCharacters: text.length, simulated: true, madeAt: '2026-01-01T00:00:00.000Z' },
    }),
  );
  const key = lastRunKey({ title: planned.title, author: planned.delivery.author }, account.realm);
  await putLastRun(
    store,
    key,
    lastRunOf(planned, () => true),
  );
}
