/** How long it takes to know what a ten-hour book costs, and that an edited line is one line. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { accountOf } from '../../src/account.ts';
import { loadBook } from '../../src/book.ts';
import { SIMULATED_SERVICE } from '../../src/cli/service.ts';
import type { PlanReport } from '../../src/events.ts';
import { editionOf } from '../../src/plan/edition.ts';
import { editionKey } from '../../src/plan/keys.ts';
import { planRun } from '../../src/run.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { putEdition } from '../../src/store/editions.ts';
import { putTake } from '../../src/store/takes.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { median, PROGRAM } from './program.ts';

const ROUNDS = 5;
const BAR_SECONDS = 2;

/** 9,000 segments, about ten hours: new, with every take in the store, and with one line edited. Bar: 2 s of the whole process. */
export const plan: Bench = async (say, folder) => {
  await writeBenchBook(folder, { chapters: 30, paragraphsPerChapter: 300, wordsPerParagraph: 9, formats: '[mp3]' });
  const time = (): { seconds: number; cpuSeconds: number; report: PlanReport } => {
    const rounds = Array.from({ length: ROUNDS }, () => planOnce(folder));
    const of = (field: 'seconds' | 'cpuSeconds'): number => median(rounds.map((round) => round[field]));
    return { seconds: of('seconds'), cpuSeconds: of('cpuSeconds'), report: rounds[0]!.report };
  };
  const told = (name: string, { seconds, cpuSeconds, report }: ReturnType<typeof time>): boolean => {
    const { segments, billedCharacters, cost } = report;
    say(
      `${name}: ${segments.synthesize} of ${segments.total} segments, ${billedCharacters} characters, ${cost?.amount} ${cost?.currency}; ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s CPU (bar ${BAR_SECONDS.toFixed(2)})`,
    );
    return seconds <= BAR_SECONDS;
  };
  const fresh = told('new', time());
  await fillStore(folder);
  const stored = told('all takes stored', time());
  const text = join(folder, '15.txt');
  writeFileSync(
    text,
    readFileSync(text, 'utf8').replace('In chapter 15, at line 150, ', 'In chapter 15, at row 150, '),
  );
  const edited = time();
  const isOne = edited.report.segments.synthesize === 1 && edited.report.chapters[14]?.reasons['text'] === 1;
  return told('one line edited', edited) && isOne && fresh && stored;
};

function planOnce(cwd: string): { seconds: number; cpuSeconds: number; report: PlanReport } {
  const [from, cpuFrom] = [performance.now(), childCpuSeconds()];
  const args = [PROGRAM, 'plan', 'book.yaml', '--simulate', '--json'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`plan ended with ${status}: ${stderr}`);
  const seconds = (performance.now() - from) / 1000;
  return { seconds, cpuSeconds: childCpuSeconds() - cpuFrom, report: JSON.parse(stdout) as PlanReport };
}

/** CPU time of all children that have ended; 0 where there is no /proc. Fields 16 and 17 of stat, in hundredths of a second. */
function childCpuSeconds(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}

/** A take record for every segment and the book's edition, as a run leaves them; all takes share their audio. */
async function fillStore(folder: string): Promise<void> {
  const { book } = await loadBook({ manifestPath: join(folder, 'book.yaml') });
  if (book === undefined) throw new Error('The bench book has mistakes.');
  const store = await openDiskStore(join(folder, '.pipeline'));
  const account = accountOf(SIMULATED_SERVICE);
  const planned = await planRun({ book, store, account });
  const [pcm, measures] = [await store.putBlob(new Uint8Array(2)), await store.putBlob(new Uint8Array(1))];
  const steps = planned.chapters.flatMap(({ segments }) => segments.map(({ step }) => step));
  await pLimit(32).map(steps, ({ key, sampleRateHz, character, text, model }) =>
    putTake(store, {
      ...{ key, pcm, measures, sampleRateHz, character, text, model },
      ...{ durationSeconds: 1, voiceId: 'voice', sessionId: 'session', responseId: 'response' },
      ...{ billedCharacters: text.length, simulated: true, madeAt: '2026-01-01T00:00:00.000Z' },
    }),
  );
  const key = editionKey({ title: planned.title, author: planned.delivery.author }, account.realm);
  await putEdition(
    store,
    key,
    editionOf(planned, () => true),
  );
}
