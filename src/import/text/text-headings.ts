/** Decides which lines of a text file are headings, page numbers or a table of contents. Pure. */

import { headingShape } from '../headings/heading-forms.ts';
import { type HeadingShape, isTitle } from '../headings/heading-shapes.ts';
import { numberOf } from '../headings/number-words.ts';
import { isExcerptTitle, isMatterTitle } from '../matter/matter-types.ts';
import { CHAPTER, markCapitals, markHashed, markUnderlined, PART, type ShapeAt } from './drawn-headings.ts';
import type { HeaderLines } from './header-lines.ts';
import { markMarkup } from './markup-lines.ts';
import { markContents, markPages, markRunningHeads } from './print-lines.ts';
import { endsSentence, hasText, isBlank, isScene, type LineRole, type TextLine } from './text-layout.ts';
import { chaptersBehindTitle } from './title-prefix.ts';

const SECTION = 3;

/** A line that looks like a heading, and where it stands. */
interface Candidate {
  at: number;
  shape: HeadingShape;
  /** Blank before and behind it. */
  isAlone: boolean;
}

/** Most lines have one of these roles. */
const [BLANK, SCENE, TEXT] = (['blank', 'scene', 'text'] as const).map((kind): LineRole => ({ kind })) as [
  LineRole,
  LineRole,
  LineRole,
];

function shapesOf(lines: readonly TextLine[]): ShapeAt {
  const found = new Map<number, HeadingShape>();
  for (const [at, words] of chaptersBehindTitle(lines)) found.set(at, headingShape(words)!);
  const plain = new Uint8Array(lines.length);
  return (at) => {
    if (plain[at] === 1) return undefined;
    const known = found.get(at);
    if (known !== undefined) return known;
    const shape = headingShape(lines[at]!.text);
    if (shape === undefined) plain[at] = 1;
    else found.set(at, shape);
    return shape;
  };
}

/** The role of each line. `markup`: what the file has, which its header says. */
export function rolesOf(lines: readonly TextLine[], markup?: HeaderLines['markup']): LineRole[] {
  const roles = lines.map(({ text }): LineRole => (text === '' ? BLANK : isScene(text) ? SCENE : TEXT));
  const shapeAt = shapesOf(lines);
  markRunningHeads(lines, roles);
  markContents(lines, roles);
  markUnderlined(lines, roles, shapeAt);
  markHashed(lines, roles);
  if (markup !== undefined) markMarkup(lines, roles, markup);
  const candidates = candidatesIn(lines, roles, shapeAt);
  const worded = candidates.filter(({ shape }) => shape.kind !== 'number' && shape.kind !== 'day');
  for (const { at, shape } of worded) roles[at] = { kind: 'heading', level: shape.kind === 'part' ? PART : CHAPTER };
  const hasChapters = worded.some(({ shape }) => shape.kind === 'chapter');
  const numbers = candidates.filter(({ shape }) => shape.kind === 'number');
  const chained = chainOf(numbers, lines, hasChapters);
  for (const at of chained) roles[at] = { kind: 'heading', level: hasChapters ? SECTION : CHAPTER };
  markPages(lines, roles);
  const isFound = (): boolean => roles.some((role) => role.kind === 'heading' && role.level === CHAPTER);
  if (!isFound()) markDays(candidates, lines, roles);
  if (!isFound()) markCapitals(lines, roles);
  markMatter(lines, roles, shapeAt);
  markTitles(lines, roles, shapeAt);
  markTitlesApart(lines, roles, shapeAt);
  return roles;
}

function candidatesIn(lines: readonly TextLine[], roles: readonly LineRole[], shapeAt: ShapeAt): Candidate[] {
  const out: Candidate[] = [];
  let isFirst = true;
  for (let at = 0; at < lines.length; at++) {
    if (roles[at]!.kind !== 'text') continue;
    const { text } = lines[at]!;
    const shape = shapeAt(at);
    if (shape) {
      const isAlone = isBlank(lines[at - 1]) && isBlank(lines[at + 1]);
      const wasHeading = out.at(-1)?.at === at - 1;
      if (isFirst || isAlone || wasHeading || standsOut(shape, lines, at)) {
        const isKept =
          shape.isStrict ||
          (isAlone && shape.isLowercase) ||
          (isAlone && (shape.kind === 'chapter' || shape.kind === 'part') && hasMark(text));
        if (isKept) out.push({ at, shape, isAlone });
      }
    }
    isFirst = false;
  }
  return out;
}

/** "Chapter 7. In which Tom meets a stranger." has a mark between its number and a title that ends as a sentence. */
function hasMark(text: string): boolean {
  return /^\S+\s+\S+?(?:[.:：—–-]+\s?\S|\s[—–-]\s[“"‘«¿¡(]*[\p{Lu}\p{N}])/u.test(text);
}

/** Whether a line that touches others is no part of their sentences. */
function standsOut(shape: HeadingShape, lines: readonly TextLine[], at: number): boolean {
  const [before, line, after] = [lines[at - 1], lines[at]!, lines[at + 1]];
  if (!isBlank(before) && !endsSentence(before!.text)) return false;
  if (!isBlank(after) && /^\p{Ll}/u.test(after!.text)) return false;
  if (shape.kind !== 'number' || isBlank(before) || shape.isTitled) return true;
  // A number alone among the lines of a paragraph is an answer, a price or a year.
  return (after?.indent ?? 0) > line.indent;
}

/** Numbers that count on: 1, 2, 3; again from 1 in each part. Between two of them is text. */
function chainOf(numbers: readonly Candidate[], lines: readonly TextLine[], hasChapters: boolean): number[] {
  const chains = new Map<string, number[]>();
  for (const style of ['digits', 'digits titled', 'letters', 'letters titled', 'sections']) {
    const same = numbers.filter((one) => styleOf(one, lines) === style);
    const found = chain(same, lines, { isBare: style === 'digits', hasChapters });
    if (found.length > 0) chains.set(style, found);
  }
  const best = [...chains.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  if (best.length > 0 || hasChapters) return best;
  // A file that begins with its number is one chapter of a book.
  const first = lines.findIndex(({ text }) => text !== '');
  return numbers.some(({ at, shape, isAlone }) => at === first && isAlone && !shape.isTitled) ? [first] : [];
}

function styleOf({ at, shape }: Candidate, lines: readonly TextLine[]): string {
  if (shape.isSection) return 'sections';
  const isDigits = /^[^\p{L}\p{N}]*\p{Nd}/u.test(lines[at]!.text);
  return `${isDigits ? 'digits' : 'letters'}${shape.isTitled ? ' titled' : ''}`;
}

function chain(
  numbers: readonly Candidate[],
  lines: readonly TextLine[],
  { isBare, hasChapters }: { isBare: boolean; hasChapters: boolean },
): number[] {
  const out: number[] = [];
  let last: number | undefined;
  let unended = 0;
  const first = lines.findIndex(({ text }) => text !== '');
  for (const [index, { at, shape }] of numbers.entries()) {
    const value = shape.value!;
    const next = numbers[index + 1]?.shape.value;
    const begins = value === 1 || (last === undefined && next === value + 1 && (!isBare || at === first));
    const skips = last !== undefined && value === last + 2 && next === value + 1;
    if (last === undefined ? !begins : !(value === last + 1 || skips || (value === 1 && last > 1))) continue;
    const before = out.at(-1);
    // Nothing between two numbers: a list, not chapters.
    if (before !== undefined && !hasText(lines, before, at)) {
      out.pop();
      if (value !== 1) return [];
    }
    const text = textBefore(lines, at);
    if (text !== undefined && !endsSentence(text) && text.length > 40) unended++;
    out.push(at);
    last = value;
  }
  if (out.length < 2) return [];
  // Page numbers interrupt sentences; and beside real chapters, numbers that never begin again count pages.
  if (isBare && unended * 5 > out.length) return [];
  if (!isBare || !hasChapters) return out;
  const isBelowChapter = headingShape(textBefore(lines, out[0]!) ?? '')?.kind === 'chapter';
  return isBelowChapter || numbers.filter(({ shape }) => shape.value === 1).length > 1 ? out : [];
}

function textBefore(lines: readonly TextLine[], at: number): string | undefined {
  let before = at - 1;
  while (before >= 0 && lines[before]!.text === '') before--;
  return lines[before]?.text;
}

/** Days and dates, where no other chapters are. */
function markDays(candidates: readonly Candidate[], lines: readonly TextLine[], roles: LineRole[]): void {
  const days = candidates.filter(
    ({ at, shape, isAlone }) =>
      shape.kind === 'day' && shape.isStrict && (isAlone || isBlank(lines[at - 1]) || shape.value !== undefined),
  );
  const apart = days.filter(({ at }, index) => index === 0 || hasText(lines, days[index - 1]!.at, at));
  if (apart.length < 2) return;
  for (const { at } of apart) roles[at] = { kind: 'heading', level: CHAPTER };
}

/**
 * Titles of front and back matter, alone between blank lines: before the first chapter, or in the last one. An excerpt has
 * chapters of its own, with lower numbers.
 */
function markMatter(lines: readonly TextLine[], roles: LineRole[], shapeAt: ShapeAt): void {
  const heads: number[] = [];
  for (let at = 0; at < roles.length; at++) if (roles[at]!.kind === 'heading') heads.push(at);
  // In a list of chapters at the end, headings have no text.
  const texted = heads.filter((at, index) =>
    roles.slice(at + 1, heads[index + 1] ?? roles.length).some(({ kind }) => kind === 'text'),
  );
  const [first, last] = [texted[0], texted.at(-1)];
  if (first === undefined || last === undefined || heads.length < 2) return;
  const valueAt = (at: number): number => shapeAt(at)?.value ?? 0;
  const highest = texted.reduce((best, at) => (valueAt(at) >= valueAt(best) ? at : best), first);
  const hasExcerpt = lines.some(({ text }, at) => at > highest && text.length <= 90 && isExcerptTitle(text));
  const isOutside = (at: number): boolean => at < first || at > (hasExcerpt ? highest : last);
  for (let at = 0; at < lines.length; at++) {
    const { text } = lines[at]!;
    if (roles[at]!.kind !== 'text' || (at > first && at < highest) || text.length > 90 || !isTitle(text)) continue;
    const isAlone = isBlank(lines[at - 1]) && isBlank(lines[at + 1]);
    if (isAlone && isOutside(at) && isMatterTitle(text)) roles[at] = { kind: 'heading', level: CHAPTER };
  }
}

const LONGEST_TITLE = 120;

/** A title in the lines below a heading that has only a number: "CHAPTER I" and "THE LAMP" below it. */
function markTitles(lines: readonly TextLine[], roles: LineRole[], shapeAt: ShapeAt): void {
  for (let at = 0; at < roles.length; at++) {
    const role = roles[at]!;
    if (role.kind !== 'heading' || roles[at + 1]?.kind !== 'text') continue;
    if (shapeAt(at)?.isTitled !== false) continue;
    let end = at + 1;
    while (roles[end]?.kind === 'text' && end < at + 4) end++;
    const block = lines.slice(at + 1, end);
    const isTitleBlock =
      isBlank(lines[end]) &&
      block.every(({ text }) => isHeadline(text)) &&
      block.reduce((length, { text }) => length + text.length, 0) <= LONGEST_TITLE;
    // The usual Chinese layout: only the text is indented.
    const isAbove = (lines[at + 2]?.indent ?? 0) > lines[at + 1]!.indent && isHeadline(lines[at + 1]!.text);
    const last = isTitleBlock ? end : isAbove || isInCapitals(lines, at + 1) ? at + 2 : at + 1;
    for (let below = at + 1; below < last; below++) roles[below] = { kind: 'title' };
  }
}

/** Whether a title in capitals stands directly above its text. */
function isInCapitals(lines: readonly TextLine[], at: number): boolean {
  const { text } = lines[at]!;
  const isTitled = /\p{Lu}{2}/u.test(text) && text === text.toUpperCase() && isHeadline(text);
  return isTitled && /\p{Ll}{2}/u.test(lines[at + 1]?.text ?? '');
}

function isHeadline(text: string): boolean {
  return (
    text.length <= 60 &&
    isTitle(text) &&
    !/^["“„«»‘「『—–-]/u.test(text) &&
    numberOf(text) === undefined &&
    !/[!?！？…]$/u.test(text)
  );
}

/** A title as a paragraph of its own below a bare number, where most chapters have one. */
function markTitlesApart(lines: readonly TextLine[], roles: LineRole[], shapeAt: ShapeAt): void {
  let heads = 0;
  const titles: number[] = [];
  for (let at = 0; at < roles.length; at++) {
    const role = roles[at]!;
    if (role.kind !== 'heading' || role.level !== CHAPTER) continue;
    if (shapeAt(at)?.isTitled !== false || roles[at + 1]?.kind !== 'blank') continue;
    heads++;
    let title = at + 1;
    while (roles[title]?.kind === 'blank') title++;
    const line = lines[title];
    if (roles[title]?.kind !== 'text' || !line || line.text.length > 40 || endsSentence(line.text)) continue;
    if (isHeadline(line.text) && isBlank(lines[title + 1])) titles.push(title);
  }
  if (titles.length < 2 || titles.length < heads * 0.6) return;
  for (const at of titles) roles[at] = { kind: 'title' };
}
