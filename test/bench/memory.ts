/** Whether memory stays flat: a ten-hour book beside a one-hour book. */
import { join } from 'node:path';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { runProgram, startSimulatorProcess } from './program.ts';

const WORDS_PER_PARAGRAPH = 40;

/** Peak memory of the program for ten hours over one hour. Bar: 50 MB more. */
export const memory: Bench = async (say, folder) => {
  const simulator = await startSimulatorProcess(['--tones']);
  try {
    const measure = async (name: string, chapters: number): Promise<number> => {
      const cwd = join(folder, name);
      await writeBenchBook(cwd, {
        chapters,
        paragraphsPerChapter: 60,
        wordsPerParagraph: WORDS_PER_PARAGRAPH,
        formats: '[mp3]',
      });
      const run = await runProgram(['book.yaml'], { cwd, env: simulator.env });
      const hours = run.finished.chapters.reduce((sum, chapter) => sum + chapter.durationSeconds, 0) / 3600;
      say(
        `${name}: ${hours.toFixed(2)} h of audio, ${run.finished.segments.total} segments, peak ${run.peakMebibytes.toFixed(0)} MB, ${run.seconds.toFixed(0)} s`,
      );
      return run.peakMebibytes;
    };
    const small = await measure('small', 4);
    const large = await measure('large', 40);
    say(`ten times the book: ${(large - small).toFixed(0)} MB more (bar 50)`);
    return large - small <= 50;
  } finally {
    await simulator.stop();
  }
};
