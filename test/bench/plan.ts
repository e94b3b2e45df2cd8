/** How long it takes to know what a ten-hour book costs, and that an edited line is one line. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeBenchBook } from './books.ts';
import type { Cost } from './cpu.ts';
import type { Bench } from './main.ts';
import { fillStore, planOnce } from './planned-book.ts';
import { median } from './program.ts';

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
