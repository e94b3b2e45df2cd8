/** What `chapterHeads` in a manifest adds, for people: printed by `check` and `plan`. */
import type { BookChapter } from '../../book/chapters.ts';
import { plain } from '../../errors.ts';
import { formatLineName, HEAD_LINE } from '../../script/lines/line-name.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { grouped } from './format.ts';
import { shorten } from './text-width.ts';

/** `chapter heads: 12, the first is 1:0 “Chapter One. The Lamp”`; nothing for a book without any. */
export function headLines(chapters: readonly BookChapter[]): string[] {
  const announced = chapters.filter(({ segments }) => segments[0]?.lineIndex === HEAD_LINE);
  const [first] = announced;
  if (first === undefined) return [];
  const words = first.segments
    .filter(({ lineIndex }) => lineIndex === HEAD_LINE)
    .map(({ text, written }) => written ?? text);
  const number = formatLineName({ chapter: first.number, line: HEAD_LINE + 1 });
  return [
    `  chapter heads: ${grouped(announced.length)}, the first is ${number} “${shorten(wordsInQuotes(plain(words.join(' '))), 70)}”`,
  ];
}
