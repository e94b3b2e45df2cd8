/**
 * The account of every letter: the source, counted by `src/letters`, must be the chapters plus what was left out. Pure.
 */
import { countOf, lettersOf } from '../letters/letters.ts';
import type { SourcePart } from '../letters/source-part.ts';
import type { Block, ImportedChapter, ImportProblem } from './imported.ts';
import { type Omission, type SourceSpan, sampleOf } from './tape.ts';

/** Where every letter of a manuscript went. `source` is always `chapters` plus `leftOut`. */
export interface Account {
  letters: { source: number; chapters: number; leftOut: number };
  leftOut: LeftOut[];
}

/** One thing that was left out. */
export interface LeftOut {
  reason: string;
  letters: number;
  /** The file in the manuscript, and the line or paragraph where there is one. */
  where: string;
  /** Its beginning. */
  sample: string;
  /** Title or name, for a page that was left out as a whole. */
  page?: string;
}

/** What is compared with the source. */
export interface Accounted {
  source: readonly SourcePart[];
  chapters: readonly ImportedChapter[];
  /** The chapters as they are written to their files; tags in brackets are not the author's. */
  texts: readonly string[];
  omissions: readonly Omission[];
}

/**
 * Compares letter by letter and in order, so that a paragraph that is missing, doubled, changed or in another place is
 * found. Returns a problem that names the place, or the account.
 */
export function accountFor({ source, chapters, texts, omissions }: Accounted): Account | { problem: ImportProblem } {
  const marks = new Map(source.map(({ name, letters }) => [name, new Uint8Array(letters.length)]));
  const parts: Parts = { letters: new Map(source.map(({ name, letters }) => [name, letters])), marks };
  for (const omission of omissions) {
    const wrong = markSpan(parts, omission, OMITTED);
    if (wrong) return problem(wrong, omission.where, omission.sample);
  }
  const order = new Map(source.map(({ name }, index) => [name, index]));
  let read = 0;
  for (const [index, { blocks, title }] of chapters.entries()) {
    const kept: string[] = [];
    for (const block of blocks) {
      const letters = keptLetters(parts, block);
      if (letters === undefined) return problem('is in the chapters twice, or is not in the source', title, block.text);
      kept.push(letters);
    }
    const written = lettersOf(withoutTags(texts[index]!));
    const difference = firstDifference(plainDigits(kept.join('')), plainDigits(written));
    if (difference) return problem(`differs from the source: "${difference}"`, title, texts[index]!);
    read += countOf(written);
  }
  const moved = firstMoved(chapters, order);
  if (moved) return problem('is not in the order of the source', moved.source![0]!.part, moved.text);
  for (const { name, letters } of source) {
    const at = marks.get(name)!.indexOf(0);
    if (at >= 0) return problem('is in no chapter, and not left out either', name, letters.slice(at, at + 60));
  }
  const total = source.reduce((sum, { letters }) => sum + countOf(letters), 0);
  const leftOut = omissions.map(({ reason, where, sample, page, ...span }) => {
    const letters = countOf(parts.letters.get(span.part)?.slice(span.start, span.end) ?? '');
    return { reason, letters, where, sample, ...(page !== undefined && { page }) };
  });
  return { letters: { source: total, chapters: read, leftOut: total - read }, leftOut };
}

interface Parts {
  letters: ReadonlyMap<string, string>;
  /** By part, what became of each letter. */
  marks: ReadonlyMap<string, Uint8Array>;
}

const OMITTED = 1;
const READ = 2;

function markSpan({ marks }: Parts, { part, start, end }: SourceSpan, as: number): string | undefined {
  if (start === end) return undefined;
  const of = marks.get(part);
  if (of === undefined || end > of.length) return 'is not in the source';
  if (of.subarray(start, end).some((mark) => mark !== 0)) return 'is accounted for twice';
  of.fill(as, start, end);
  return undefined;
}

/** The letters of the source that a block stands for: those of its spans that are not left out. */
function keptLetters(parts: Parts, { source = [] }: Block): string | undefined {
  let all = '';
  for (const span of source) {
    const kept = keptOf(parts, span);
    if (kept === undefined) return undefined;
    all += kept;
  }
  return all;
}

function keptOf({ letters, marks }: Parts, { part, start, end: last }: SourceSpan): string | undefined {
  const [all, of] = [letters.get(part), marks.get(part)];
  if (all === undefined || of === undefined || last > all.length) return undefined;
  let kept = '';
  for (let at = start; at < last; ) {
    const mark = of[at]!;
    if (mark === READ) return undefined;
    let end = at + 1;
    while (end < last && of[end] === mark) end++;
    if (mark !== OMITTED) {
      kept += all.slice(at, end);
      of.fill(READ, at, end);
    }
    at = end;
  }
  return kept;
}

/** Every bracket of the author's is escaped, so one that is not begins a tag of the import: a speaker, or the pause of a join. */
function withoutTags(text: string): string {
  return text.replace(/^\[[^\]\n]*\] | \[pause 0\.15s\]$/gm, '');
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉';

/** A raised or lowered digit is the digit that the source raises by its markup. */
function plainDigits(letters: string): string {
  return letters.replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹₀-₉]/g, (one) => String(RAISED.indexOf(one) % 10));
}

function firstDifference(expected: string, found: string): string | undefined {
  if (expected === found) return undefined;
  let at = 0;
  while (expected[at] === found[at]) at++;
  const from = Math.max(0, at - 10);
  return `${expected.slice(from, at + 20)}" became "${found.slice(from, at + 20)}`;
}

/** A block that comes before one that it follows in the source; notes that are read at a paragraph's end may. */
function firstMoved(chapters: readonly ImportedChapter[], order: ReadonlyMap<string, number>): Block | undefined {
  let [part, end] = [-1, 0];
  for (const block of chapters.flatMap(({ blocks }) => blocks)) {
    if (block.isMoved) continue;
    for (const span of block.source ?? []) {
      const place = order.get(span.part) ?? -1;
      if (place < part || (place === part && span.start < end)) return block;
      [part, end] = [place, span.end];
    }
  }
  return undefined;
}

function problem(what: string, where: string, text: string): { problem: ImportProblem } {
  const message = `The account of letters is wrong: "${sampleOf(text)}" ${what}${where && ` (${where})`}. Nothing was written.`;
  return {
    problem: {
      code: 'letters-unaccounted',
      message,
      fix: 'Report this with the file. Until this is repaired, export the book in another format, such as .docx.',
    },
  };
}
