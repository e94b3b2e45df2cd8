/**
 * Which line is which after a text was edited: by its words and the words around it. A line that cannot be told from
 * another is not found, rather than mistaken for it. Pure.
 */
import { createHash } from 'node:crypto';
import { bookOfLines, CERTAINTIES, type Context, contextOf, type Found, findLine, foldWords } from './find-line.ts';
import { textBeside, wordsOfText } from './line-context.ts';
import { formatLineName } from './line-name.ts';

/** A line of a book, with the place that it has now. */
export interface KnownLine {
  /** Number of its chapter, as in the line's number. */
  chapter: number;
  /** 1-based number of the line in its chapter. */
  line: number;
  character: string;
  /** What the author wrote. */
  words: string;
  chapterTitle: string;
}

/** What a decision keeps about its line: enough to find the line again without any other file. */
export interface LineAnchor {
  id: string;
  /** The line's number when the decision was made, such as `3:37`; for people. */
  at: string;
  words: string;
  /** The words before it in its chapter: `He nodded. / She went`; `¶` is the start of the chapter. */
  before?: string;
  /** The words after it; `¶` is the end of the chapter. */
  after?: string;
  chapterTitle?: string;
  /** Only where nothing tells it from other lines with the same words: `2/3` is the second of three. */
  occurrence?: string;
}

/**
 * IDs of a book's lines, unique in the book. With the lines of an earlier edition, a line keeps its ID from there, also
 * when it was moved or its words were edited a little. Without, the ID follows from the words and, for a line that is short
 * or occurs more than once, from the words around it.
 */
export function lineIds(lines: readonly KnownLine[], earlier: readonly (KnownLine & { id: string })[] = []): string[] {
  const book = bookOfLines(lines);
  const then = bookOfLines(earlier);
  const kept = new Map<number, string>();
  const found = withoutConflicts(
    earlier.map(({ id }, index) => ({ id, found: findLine(contextOf(then, index), book) })),
  );
  for (const [index, at] of found.entries()) if (at !== undefined) kept.set(at, earlier[index]!.id);
  const used = new Set(kept.values());
  return lines.map((_, index) => kept.get(index) ?? unusedId(contextOf(book, index), used));
}

/** What a decision about a line keeps. */
export function anchorOf(lines: readonly KnownLine[], index: number): LineAnchor {
  return anchorsOf(lines, [index])[0]!;
}

/** The same for several lines; much faster than one by one. */
export function anchorsOf(lines: readonly KnownLine[], indexes: readonly number[]): LineAnchor[] {
  const book = bookOfLines(lines);
  return indexes.map((index) => {
    const line = lines[index]!;
    const context = contextOf(book, index);
    const { before, after, occurrence } = context;
    return {
      id: idOf(context),
      at: formatLineName(line),
      words: line.words,
      before: textBeside(book.lines, index, 'before', before.length),
      after: textBeside(book.lines, index, 'after', after.length),
      chapterTitle: line.chapterTitle,
      ...(occurrence && { occurrence: `${occurrence.nth}/${occurrence.of}` }),
    };
  });
}

/**
 * The index of each anchor's line; undefined for an orphan: its line is gone, or cannot be told from another. An orphan is
 * found again when its words come back. The line's words may have been edited a little since: compare them where a decision
 * is about the words themselves, such as a chosen take. Two anchors of different IDs never have one line.
 *
 * With the lines of an `earlier` edition that is newer than the anchors, a line that the anchor has there is followed from
 * there. Pass one that is in version control with the review file, or none: then all machines find the same lines.
 */
export function resolveAnchors(
  anchors: readonly LineAnchor[],
  lines: readonly KnownLine[],
  earlier: readonly KnownLine[] = [],
): (number | undefined)[] {
  const book = bookOfLines(lines);
  const then = bookOfLines(earlier);
  return withoutConflicts(
    anchors.map((anchor) => {
      const context = contextFrom(anchor);
      const known = findLine(context, then);
      return { id: anchor.id, found: findLine(known === undefined ? context : contextOf(then, known.index), book) };
    }),
  );
}

/** Of several that claim one line, the surest has it; none, when none is surest. */
function withoutConflicts(claims: readonly { id: string; found: Found | undefined }[]): (number | undefined)[] {
  const best = new Map<number, { id: string; rank: number; isAlone: boolean }>();
  const rankOf = ({ certainty }: Found): number => CERTAINTIES.indexOf(certainty);
  for (const { id, found } of claims) {
    if (found === undefined) continue;
    const known = best.get(found.index);
    const rank = rankOf(found);
    if (known === undefined || rank > known.rank) best.set(found.index, { id, rank, isAlone: true });
    else if (rank === known.rank && id !== known.id) known.isAlone = false;
  }
  return claims.map(({ id, found }) => {
    const winner = found && best.get(found.index);
    return winner?.isAlone && winner.id === id ? found?.index : undefined;
  });
}

function contextFrom(anchor: LineAnchor): Context {
  const { id, before = '', after = '', chapterTitle } = anchor;
  const words = foldWords(anchor.words);
  const [nth, of] = (anchor.occurrence ?? '').split('/').map(Number);
  return {
    words,
    before: wordsOfText(before, 'before'),
    after: wordsOfText(after, 'after'),
    chapterTitle,
    isUnique: id === uniqueId(words),
    ...(nth && of && { occurrence: { nth, of } }),
  };
}

/** The ID of a line that is long and the only one with its words. */
function uniqueId(words: string): string {
  return digestOf([words]);
}

/** So many words on each side are in the ID of a line that its own words do not tell from others. */
const WORDS_IN_ID = 8;

function idOf({ words, before, after, isUnique, occurrence }: Context): string {
  if (isUnique) return uniqueId(words);
  return digestOf([words, before.slice(0, WORDS_IN_ID), after.slice(0, WORDS_IN_ID), occurrence?.nth ?? 1]);
}

function unusedId(context: Context, used: Set<string>): string {
  const id = idOf(context);
  let unused = id;
  for (let again = 2; used.has(unused); again++) unused = digestOf([id, again]);
  used.add(unused);
  return unused;
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
