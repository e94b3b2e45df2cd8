/** How long it takes to know what a ten-hour book costs, and that an edited line is one line. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { accountOf } from '../../src/account.ts';
import { loudnessCounts } from '../../src/audio/loudness.ts';
import { encodeMeasures } from '../../src/audio/measures.ts';
import { createMeter } from '../../src/audio/meter.ts';
import { loadBook } from '../../src/book.ts';
import { SIMULATED_SERVICE } from '../../src/cli/service.ts';
import type { PlanReport } from '../../src/events.ts';
import { lastRunKey } from '../../src/plan/keys.ts';
import { lastRunOf } from '../../src/plan/last-run.ts';
import { planRun } from '../../src/plan-book.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { putLastRun } from '../../src/store/last-runs.ts';
import { putTake } from '../../src/store/takes.ts';
import { writeBenchBook } from './books.ts';
import { type Cost, costOf } from './cpu.ts';
import type { Bench } from './main.ts';
import { median, PROGRAM } from './program.ts';

const ROUNDS = 5;
const BAR_SECONDS = 2;

/** 9,000 segments, about ten hours: new, with every take in the store, and with one line edited. Bar: 2 s of the whole process. */
export const plan: Bench = async (say, folder) => {
  await writeBenchBook(folder, { chapters: 30, paragraphsPerChapter: 300, wordsPerParagraph: 9, formats: '[mp3]' });
  const time = async (): Promise<Awaited<ReturnType<typeof planOnce>>> => {
    const rounds: Awaited<ReturnType<typeof planOnce>>[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await planOnce(folder));
    const of = (field: keyof Cost): number => median(rounds.map((round) => round[field]));
    return { wallSeconds: of('wallSeconds'), cpuSeconds: of('cpuSeconds'), report: rounds[0]!.report };
  };
  const told = (name: string, { wallSeconds, cpuSeconds, report }: Awaited<ReturnType<typeof time>>): boolean => {
    const { segments, billedCharacters, cost } = report;
    say(
      `${name}: ${segments.synthesize} of ${segments.total} segments, ${billedCharacters} characters, ${cost?.amount} ${cost?.currency}; ${wallSeconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s CPU (bar ${BAR_SECONDS.toFixed(2)})`,
    );
    return wallSeconds <= BAR_SECONDS;
  };
  const fresh = told('new', await time());
  await fillStore(folder);
  const stored = told('all takes stored', await time());
  const text = join(folder, '15.txt');
  writeFileSync(
    text,
    readFileSync(text, 'utf8').replace('In chapter 15, at line 150, ', 'In chapter 15, at row 150, '),
  );
  const edited = await time();
  const isOne = edited.report.segments.synthesize === 1 && edited.report.chapters[14]?.reasons['text'] === 1;
  return told('one line edited', edited) && isOne && fresh && stored;
};

async function planOnce(cwd: string): Promise<Cost & { report: PlanReport }> {
  const args = [PROGRAM, 'plan', 'book.yaml', '--simulate', '--json'];
  let printed = '';
  const cost = await costOf(async () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`plan ended with ${status}: ${stderr}`);
    printed = stdout;
  });
  return { ...cost, report: JSON.parse(printed) as PlanReport };
}

/** A take record for every segment and the book's last run, as a run leaves them (`isOld`: one of a first version); all takes share their audio. */
async function fillStore(folder: string, { isOld = false } = {}): Promise<void> {
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
