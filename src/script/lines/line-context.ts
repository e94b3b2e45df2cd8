/** The words around each line of a book, which tell lines with equal words apart. Pure. */
import { wordsIn } from './similarity.ts';

/** A line as far as its context is concerned. */
export interface LineInContext {
  chapter: number;
  words: string;
}

/** Stands for the start and the end of a chapter: context does not go beyond it, because chapters are moved as a whole. */
const CHAPTER_EDGE = '¶';
/** Stands between the lines of a context, for people. */
const LINE_EDGE = ' / ';

/** All words of a book in order, with the place of each line among them. */
export interface WordStream {
  words: string[];
  /** For each line, the index of its first word, and the index after its last. */
  starts: number[];
  ends: number[];
}

/** The words of a book. Lines of one chapter follow each other. */
export function wordStream(lines: readonly LineInContext[]): WordStream {
  const stream: WordStream = { words: [CHAPTER_EDGE], starts: [], ends: [] };
  for (const [index, { chapter, words }] of lines.entries()) {
    if (index > 0 && lines[index - 1]!.chapter !== chapter) stream.words.push(CHAPTER_EDGE);
    stream.starts.push(stream.words.length);
    for (const word of wordsIn(words)) stream.words.push(word);
    stream.ends.push(stream.words.length);
  }
  stream.words.push(CHAPTER_EDGE);
  return stream;
}

/** A side of a line: its words before it, the nearest first, or after it. */
export type Side = 'before' | 'after';

/** Up to `most` words beside a line, the nearest first. A chapter's edge counts as a word and is the last. */
export function wordsBeside({ words, starts, ends }: WordStream, index: number, side: Side, most: number): string[] {
  const step = side === 'before' ? -1 : 1;
  const beside: string[] = [];
  for (let at = side === 'before' ? starts[index]! - 1 : ends[index]!; beside.length < most; at += step) {
    const word = words[at];
    if (word === undefined) break;
    beside.push(word);
    if (word === CHAPTER_EDGE) break;
  }
  return beside;
}

/** How many of the words, the nearest first, stand in the same order beside the line. */
export function countEqualBeside(
  stream: WordStream,
  index: number,
  side: Side,
  nearestFirst: readonly string[],
): number {
  const { words, starts, ends } = stream;
  const step = side === 'before' ? -1 : 1;
  let at = side === 'before' ? starts[index]! - 1 : ends[index]!;
  let equal = 0;
  while (equal < nearestFirst.length && words[at] === nearestFirst[equal]) {
    at += step;
    equal += 1;
  }
  return equal;
}

/** How many words say something: all but a chapter's edge. */
export function countSpoken(words: readonly string[]): number {
  return words.at(-1) === CHAPTER_EDGE ? words.length - 1 : words.length;
}

/** Up to `most` words beside a line, as text for people: `He nodded. / She went`. `¶` is the chapter's start or end. */
export function textBeside(lines: readonly LineInContext[], index: number, side: Side, most: number): string {
  const step = side === 'before' ? -1 : 1;
  const parts: string[] = [];
  let left = most;
  for (let at = index + step; left > 0; at += step) {
    const line = lines[at];
    if (line === undefined || line.chapter !== lines[index]!.chapter) {
      parts.push(CHAPTER_EDGE);
      break;
    }
    const text = line.words.replaceAll(CHAPTER_EDGE, ' ');
    const count = wordsIn(text).length;
    parts.push(count > left ? cut(text, side, left) : text);
    left -= count;
  }
  return (side === 'before' ? parts.reverse() : parts).join(LINE_EDGE);
}

/** The words of a text of `textBeside`, the nearest first. */
export function wordsOfText(text: string, side: Side): string[] {
  const words = text
    .split(CHAPTER_EDGE)
    .flatMap((part, index) => (index === 0 ? wordsIn(part) : [CHAPTER_EDGE, ...wordsIn(part)]));
  return side === 'before' ? words.reverse() : words;
}

/** Its last words, or its first. */
function cut(text: string, side: Side, most: number): string {
  const places = [...text.matchAll(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+/gu)];
  if (side === 'before') return text.slice(places.at(-most)?.index ?? 0);
  const last = places[most - 1];
  return last === undefined ? text : text.slice(0, last.index + last[0].length);
}
