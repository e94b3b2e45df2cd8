/** Parsers of arguments that name lines and chapters. */
import { InvalidArgumentError } from 'commander';
import { isTakeNumber, MOST_TAKES } from '../../manifest/fields/take-number.ts';
import { type LineName, parseLineName } from '../../script/lines/line-name.ts';

/** A line, such as `3:37`, or a segment of it, such as `3:37.2`. */
export function lineArgument(text: string): LineName {
  const name = parseLineName(text);
  if (name === undefined)
    throw new InvalidArgumentError('Give CHAPTER:LINE, such as 3:37, or a segment of a line, such as 3:37.2.');
  return name;
}

/** The number of a take, from 1. */
export function takeNumber(text: string): number {
  const number = Number(text.normalize('NFKC'));
  if (!isTakeNumber(number)) throw new InvalidArgumentError(`Give the number of a take, from 1 to ${MOST_TAKES}.`);
  return number;
}

/** No book has a chapter with a greater number. */
const LAST_CHAPTER = 99_999;

/** Chapters, such as `3`, `2-4` or `2-4,7`: their numbers in ascending order, each once. */
export function chaptersArgument(text: string): number[] {
  const chapters = new Set<number>();
  for (const part of text.normalize('NFKC').split(',')) {
    const match = /^\s*(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (match === null || last < first || last > LAST_CHAPTER)
      throw new InvalidArgumentError('Give the numbers of chapters, such as 3, 2-4 or 2-4,7.');
    for (let chapter = first; chapter <= last; chapter++) chapters.add(chapter);
  }
  return [...chapters].sort((a, b) => a - b);
}
