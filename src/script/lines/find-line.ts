/** Finds a line again by its words and the words around it. Pure. */
import {
  countEqualBeside,
  countSpoken,
  type LineInContext,
  type Side,
  type WordStream,
  wordStream,
  wordsBeside,
} from './line-context.ts';
import { similarity, wordCounts, wordsIn } from './similarity.ts';

/** A line as far as finding it is concerned. */
export interface FindableLine extends LineInContext {
  chapterTitle: string;
}

/** A book's lines, prepared for finding. */
export interface BookOfLines {
  lines: readonly FindableLine[];
  stream: WordStream;
  /** Words of a line → indexes of the lines that have them. */
  byWords: ReadonlyMap<string, number[]>;
  /** The nearest words on a side → indexes of the lines that have them there. */
  beside: Readonly<Record<Side, ReadonlyMap<string, number[]>>>;
}

/** What is known of a line that is to be found. */
export interface Context {
  words: string;
  /** The nearest first. */
  before: string[];
  after: string[];
  chapterTitle: string | undefined;
  /** It was long, and the only one with its words. */
  isUnique: boolean;
  /** Which one it was of those that nothing tells apart, and how many those were. */
  occurrence?: { nth: number; of: number };
}

/** How sure a find is: the words of a line were edited; one side, both sides near by, its words alone, or all is as it was. */
export type Certainty = 'edited' | 'one side' | 'near' | 'unique' | 'all';

/** The certainties, the least first. */
export const CERTAINTIES: readonly Certainty[] = ['edited', 'one side', 'near', 'unique', 'all'];

/** A line that was found. */
export interface Found {
  index: number;
  certainty: Certainty;
}

/** A context of so many words on each side is kept of a line that its own words tell from others, and of the others. */
const WIDTH_OF_UNIQUE = 16;
const WIDTHS = [24, 32, 48, 64];
/** So many words on a side must be equal for the line to be considered. */
const NEAR_WORDS = 8;
/** So many must be when one side alone is equal. */
const ONE_SIDE_WORDS = 12;
/** Share of the words on the other side that must be there still, in order. */
const LEAST_OF_OTHER_SIDE = 0.5;
/** So many words between a line and another with the same words show that they are two. */
const LEAST_BETWEEN = 4;
/** Share of common words of a line that counts as edited. */
const LEAST_OF_EDITED_LINE = 0.5;
/** A line with fewer letters may be written again elsewhere by chance; a Chinese or Japanese character counts as several. */
const LETTERS_OF_LONG_LINE = 24;
const LETTERS_OF_ONE_CHARACTER = 2.5;
/** Of more equal lines with equal words beside them, none is told from the others. */
const MOST_RIVALS = 50;

/** Prepares lines for finding. Lines of one chapter follow each other. */
export function bookOfLines(lines: readonly FindableLine[]): BookOfLines {
  const folded = lines.map((line) => ({ ...line, words: foldWords(line.words) }));
  const stream = wordStream(folded);
  const byWords = new Map<string, number[]>();
  const beside = { before: new Map<string, number[]>(), after: new Map<string, number[]>() };
  for (const [index, { words }] of folded.entries()) {
    addTo(byWords, words, index);
    addTo(beside.before, nearKey(wordsBeside(stream, index, 'before', NEAR_WORDS)), index);
    addTo(beside.after, nearKey(wordsBeside(stream, index, 'after', NEAR_WORDS)), index);
  }
  return { lines: folded, stream, byWords, beside };
}

/** White space may change without a change of the words. */
export function foldWords(words: string): string {
  return words.normalize('NFC').replace(/\s+/g, ' ').trim();
}

function addTo(map: Map<string, number[]>, key: string, index: number): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [index]);
  else known.push(index);
}

function nearKey(nearestFirst: readonly string[]): string {
  return nearestFirst.slice(0, NEAR_WORDS).join(' ');
}

/** The context of a line: as many words around it as tell it from every other line of its book. */
export function contextOf(book: BookOfLines, index: number): Context {
  const { words, chapterTitle } = book.lines[index]!;
  const same = book.byWords.get(words)!;
  const isUnique = same.length === 1 && isLong(words);
  const contextOfWidth = (width: number): Context => ({
    words,
    before: wordsBeside(book.stream, index, 'before', width),
    after: wordsBeside(book.stream, index, 'after', width),
    chapterTitle,
    isUnique,
  });
  if (isUnique) return contextOfWidth(WIDTH_OF_UNIQUE);
  for (const width of WIDTHS) {
    const context = contextOfWidth(width);
    if (!hasRival(context, book, index)) return context;
  }
  const context = contextOfWidth(WIDTHS[0]!);
  const equal = same.filter((at) => certaintyOf(context, book, at) === 'all');
  return { ...context, occurrence: { nth: equal.indexOf(index) + 1, of: equal.length } };
}

/** Whether another line of the book would be taken for it. */
function hasRival(context: Context, book: BookOfLines, index: number): boolean {
  const others = candidates(context, book);
  return (
    others.length > MOST_RIVALS || others.some((at) => at !== index && certaintyOf(context, book, at) !== undefined)
  );
}

/** The line of a book that a context belongs to; undefined when there is none, or when it could be one of several. */
export function findLine(context: Context, book: BookOfLines): Found | undefined {
  const same = book.byWords.get(context.words) ?? [];
  if (context.occurrence !== undefined) return findOccurrence(context, context.occurrence, { book, same });
  if (same.length === 0) return findEdited(context, book);
  if (context.isUnique && same.length === 1) return { index: same[0]!, certainty: 'unique' };
  const near = candidates(context, book);
  if (near.length > MOST_RIVALS) return undefined;
  const found = near.flatMap((index): Found[] => {
    const certainty = certaintyOf(context, book, index);
    return certainty === undefined ? [] : [{ index, certainty }];
  });
  return onlyBest(found) ?? (found.length === 0 ? findEdited(context, book) : undefined);
}

function findOccurrence(
  context: Context,
  { nth, of }: { nth: number; of: number },
  { book, same }: { book: BookOfLines; same: readonly number[] },
): Found | undefined {
  const equal = same.filter((at) => certaintyOf(context, book, at) === 'all');
  const index = equal.length === of ? equal[nth - 1] : undefined;
  return index === undefined ? undefined : { index, certainty: 'near' };
}

/** Lines with the same words that have the nearest words in common on a side at least. */
function candidates({ words, before, after }: Context, book: BookOfLines): number[] {
  const found = new Set<number>();
  for (const [side, beside] of [
    ['before', before],
    ['after', after],
  ] as const)
    for (const index of book.beside[side].get(nearKey(beside)) ?? [])
      if (book.lines[index]!.words === words) found.add(index);
  return [...found];
}

/** How surely a line with the same words is the one; undefined when it is not. */
function certaintyOf(context: Context, book: BookOfLines, index: number): Certainty | undefined {
  const { stream, lines } = book;
  const { before, after, words, chapterTitle } = context;
  const equal = {
    before: countEqualBeside(stream, index, 'before', before),
    after: countEqualBeside(stream, index, 'after', after),
  };
  const isBefore = equal.before === before.length;
  const isAfter = equal.after === after.length;
  const isEnough = countSpoken(before.slice(0, equal.before)) + countSpoken(after.slice(0, equal.after)) >= NEAR_WORDS;
  if (isBefore && isAfter && (isEnough || lines[index]!.chapterTitle === chapterTitle)) return 'all';
  if (isEnough && equal.before >= nearCount(before) && equal.after >= nearCount(after)) return 'near';
  if (context.occurrence !== undefined || isDoubled(stream, index, words)) return undefined;
  const isSideEqual = (side: Side): boolean =>
    countSpoken(context[side].slice(0, equal[side])) >= Math.max(ONE_SIDE_WORDS, Math.ceil(context[side].length / 2));
  const other = isSideEqual('before') ? 'after' : isSideEqual('after') ? 'before' : undefined;
  return other !== undefined && isThereStill(context, other, book, index) ? 'one side' : undefined;
}

/** Whether the same words are directly beside it, as a line or joined to one: then it may be either of the two. */
function isDoubled(stream: WordStream, index: number, words: string): boolean {
  const own = wordsIn(words);
  return (
    countEqualBeside(stream, index, 'after', own) === own.length ||
    countEqualBeside(stream, index, 'before', own.toReversed()) === own.length
  );
}

/**
 * Whether most of what was on a side of the line is there still. If the line's own words were there, too, then what was
 * between must be there still: otherwise it could be the other line that is left.
 */
function isThereStill(context: Context, side: Side, { stream }: BookOfLines, index: number): boolean {
  const beside = context[side];
  const there = wordsBeside(stream, index, side, 2 * beside.length + NEAR_WORDS);
  if (shareInOrder(beside, there) < LEAST_OF_OTHER_SIDE) return false;
  const own = wordsIn(context.words);
  if (side === 'before') own.reverse();
  const at = beside.findIndex((_, from) => own.every((word, offset) => beside[from + offset] === word));
  if (at < 0) return true;
  return at >= LEAST_BETWEEN && shareInOrder(beside.slice(0, at), there) >= 0.75;
}

/** How many of the words beside a line must be equal on both sides: a third, which tells it from the others of its book. */
function nearCount(words: readonly string[]): number {
  return Math.min(words.length, Math.max(NEAR_WORDS, Math.ceil(words.length / 3)));
}

/** The one with the greatest certainty; undefined when there are several. */
function onlyBest(found: readonly Found[]): Found | undefined {
  for (const certainty of CERTAINTIES.toReversed()) {
    const [best, ...others] = found.filter((one) => one.certainty === certainty);
    if (best !== undefined) return others.length === 0 ? best : undefined;
  }
  return undefined;
}

/** A line between the same words as before whose own words have much in common. */
function findEdited(context: Context, book: BookOfLines): Found | undefined {
  const { before, after, words } = context;
  if (countSpoken(before) + countSpoken(after) < NEAR_WORDS) return undefined;
  const known = wordCounts(words);
  const found = (book.beside.before.get(nearKey(before)) ?? []).filter(
    (index) =>
      countEqualBeside(book.stream, index, 'before', before) >= nearCount(before) &&
      countEqualBeside(book.stream, index, 'after', after) >= nearCount(after) &&
      similarity(known, wordCounts(book.lines[index]!.words)) >= LEAST_OF_EDITED_LINE &&
      !isPartOfOther(wordsIn(words), wordsIn(book.lines[index]!.words)),
  );
  return found.length === 1 ? { index: found[0]!, certainty: 'edited' } : undefined;
}

/** Whether one is the start or the end of the other: a line that was split or joined is not the same line. */
function isPartOfOther(a: readonly string[], b: readonly string[]): boolean {
  const [part, whole] = a.length < b.length ? [a, b] : [b, a];
  if (part.length === whole.length) return false;
  const offset = whole.length - part.length;
  return part.every((word, at) => word === whole[at]) || part.every((word, at) => word === whole[at + offset]);
}

/** Share of `wanted` that is in `there` in the same order. */
function shareInOrder(wanted: readonly string[], there: readonly string[]): number {
  let row = new Uint16Array(there.length + 1);
  for (const word of wanted) {
    const next = new Uint16Array(there.length + 1);
    for (let at = 0; at < there.length; at++)
      next[at + 1] = word === there[at] ? row[at]! + 1 : Math.max(next[at]!, row[at + 1]!);
    row = next;
  }
  return wanted.length === 0 ? 0 : row[there.length]! / wanted.length;
}

function isLong(words: string): boolean {
  const ofOneCharacter = words.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  const letters = words.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return letters + ofOneCharacter * (LETTERS_OF_ONE_CHARACTER - 1) >= LETTERS_OF_LONG_LINE;
}
