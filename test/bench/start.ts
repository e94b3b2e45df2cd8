/** How long it takes until something happens, and how long when nothing is to be done. */
import { execFileSync } from 'node:child_process';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { median, PROGRAM, runProgram } from './program.ts';

const ROUNDS = 15;

/** `pipeline --help` against `node -e 0`, alternating. Bar: at most 2 times. */
export const startUp: Bench = async (say) => {
  const time = (args: string[]): number => {
    const from = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    return performance.now() - from;
  };
  const bare: number[] = [];
  const help: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(time(['-e', '0']));
    help.push(time([PROGRAM, '--help']));
  }
  const ratio = median(help) / median(bare);
  say(
    `node -e 0 ${median(bare).toFixed(0)} ms, pipeline --help ${median(help).toFixed(0)} ms: ratio ${ratio.toFixed(2)} (bar 2.00)`,
  );
  return ratio <= 2;
};

/** A second run of a book of 2,000 segments. Bar: 2 s after start-up, which is what the whole process takes here. */
export const nothingToDo: Bench = async (say, folder) => {
  await writeBenchBook(folder, { chapters: 20, paragraphsPerChapter: 100, wordsPerParagraph: 4, formats: '[mp3]' });
  const first = await runProgram(['book.yaml', '--simulate'], { cwd: folder });
  const again = [];
  for (let round = 0; round < 5; round++) again.push(await runProgram(['book.yaml', '--simulate'], { cwd: folder }));
  const seconds = median(again.map((run) => run.seconds));
  const calls = again.reduce((sum, { finished }) => sum + finished.calls.synthesize + finished.calls.enroll, 0);
  say(
    `${first.finished.segments.total} segments: first run ${first.seconds.toFixed(1)} s; nothing to do ${seconds.toFixed(2)} s with Node's start (bar 2.00), ${calls} calls`,
  );
  return seconds <= 2 && calls === 0;
};
