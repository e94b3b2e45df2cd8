/**
 * The headings of a document that no style and no word shows, only their look: larger than the text, bold, in the middle of the line
 * or at the beginning of a page. Pure.
 */
import { isTitle } from '../headings/heading-shapes.ts';
import { type Block, isSpoken } from '../imported.ts';
import type { Look } from './look.ts';

/**
 * Levels of headings by index of block; empty where no look divides the text. `first`: the index of a block that begins a chapter
 * whatever it looks like. Default: none.
 */
export function headingsOfLooks(
  blocks: readonly Block[],
  looks: ReadonlyMap<Block, Look>,
  first = blocks.length,
): ReadonlyMap<number, { level: number }> {
  const text = lookOfText(blocks, looks);
  const groups = new Map<string, { look: Look; at: number[] }>();
  for (const [at, block] of blocks.entries()) {
    const look = looks.get(block);
    if (look === undefined || block.kind !== 'text' || !isHeadline(block.text) || !standsOut(look, text)) continue;
    if (OTHER_STYLE.test(look.style)) continue;
    const key = signature(look, text);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { look, at: [at] });
    else group.at.push(at);
  }
  const heads = new Set([...groups.values()].flatMap(({ at }) => at));
  const before = [0];
  for (const [at, block] of blocks.entries())
    before.push(before[at]! + (!heads.has(at) && isSpoken(block) ? block.text.length : 0));
  const found = [...groups.values()].filter(({ look, at }) =>
    divides({ at, blocks, before, first, isSure: isSure(look, text), isOnlyBold: isOnlyBold(look, text) }),
  );
  // The largest divides parts, the next chapters.
  found.sort((a, b) => weightOf(b.look, text) - weightOf(a.look, text) || a.at[0]! - b.at[0]!);
  return new Map(found.flatMap(({ at }, level) => at.map((one) => [one, { level: level + 1 }] as const)));
}

/** Styles of lines that are bold or in the middle, and no headings: terms of a list, captions, tables. */
const OTHER_STYLE =
  /definition|(?:^|[^\p{L}])term(?:$|[^\p{L}])|caption|^table|bibliograph|index|beschriftung|l[ée]gende/iu;

/** The look of most letters of a document. */
export function lookOfText(blocks: readonly Block[], looks: ReadonlyMap<Block, Look>): Look {
  const letters = new Map<string, { look: Look; sum: number }>();
  for (const block of blocks) {
    const look = looks.get(block);
    if (look === undefined) continue;
    const key = [look.sizePoints, look.isBold, look.isCentered, look.isCapitals].join();
    const one = letters.get(key) ?? { look, sum: 0 };
    letters.set(key, { ...one, sum: one.sum + block.text.length });
  }
  const most = [...letters.values()].reduce((best, one) => (one.sum > best.sum ? one : best), { look: PLAIN, sum: 0 });
  return { ...most.look, startsPage: false };
}

const PLAIN: Look = {
  ...{ sizePoints: undefined, isBold: false, isCentered: false, isCapitals: false },
  ...{ startsPage: false, style: '' },
};

const LONGEST = 90;

/** A few words that are no sentence, no speech and no scene break. */
function isHeadline(text: string): boolean {
  if (text.length > LONGEST || !/[\p{L}\p{N}]/u.test(text) || /[,;:，；：、]$/u.test(text)) return false;
  return isTitle(text.replace(/\s+/g, ' ')) || /^(?:\d{1,3}|[ivxlc]{1,7})\.?$/iu.test(text);
}

function isLarger({ sizePoints }: Look, text: Look): boolean {
  return sizePoints !== undefined && text.sizePoints !== undefined && sizePoints >= text.sizePoints * 1.12;
}

/** In a way that no sentence of the text has: emphasis is within a paragraph. */
function standsOut(look: Look, text: Look): boolean {
  return (
    isLarger(look, text) ||
    (look.isBold && !text.isBold) ||
    (look.isCentered && !text.isCentered) ||
    (look.isCapitals && !text.isCapitals) ||
    look.startsPage
  );
}

/** Size, weight or a new page are a heading's; the middle of the line and capitals also a sign's or a poem's. */
function isSure(look: Look, text: Look): boolean {
  return isLarger(look, text) || (look.isBold && !text.isBold) || look.startsPage;
}

/** As a term before its definition may be, or a name before a line of dialogue. */
function isOnlyBold(look: Look, text: Look): boolean {
  const isMore = isLarger(look, text) || look.startsPage || (look.isCentered && !text.isCentered);
  return !isMore && !(look.isCapitals && !text.isCapitals);
}

/** Headings of one kind look alike; the page that one begins counts only where nothing else tells it from text. */
function signature(look: Look, text: Look): string {
  const { sizePoints, isBold, isCentered, isCapitals } = look;
  const isShown = standsOut({ ...look, startsPage: false }, text);
  return [sizePoints, isBold, isCentered, isCapitals, !isShown].join();
}

function weightOf(look: Look, text: Look): number {
  return (look.sizePoints ?? text.sizePoints ?? 0) * 4 + (look.isBold ? 2 : 0) + (look.isCentered ? 1 : 0);
}

/** Most of the text before the first heading is no chapter's: then the lines are something else. */
const MOST_BEFORE = 0.2;
/** Characters of the text behind most bold lines, if these are chapters and not terms of a list. */
const LEAST_BEHIND_BOLD = 100;

/** Whether lines of one look divide the text into chapters: two or more, text behind each, and little before the first. */
function divides(of: {
  at: readonly number[];
  blocks: readonly Block[];
  /** By index, the length of all text before it that is no headline. */
  before: readonly number[];
  /** A chapter is known to begin there. */
  first: number;
  isSure: boolean;
  isOnlyBold: boolean;
}): boolean {
  const { at, blocks, before } = of;
  if (at.length < 2) return false;
  const between = (from: number, to: number): number => before[to]! - before[from]!;
  const texts = at.map((one, index) => between(one + 1, at[index + 1] ?? blocks.length));
  const first = between(0, of.isSure ? Math.min(at[0]!, of.first) : at[0]!);
  const all = between(0, at[0]!) + texts.reduce((sum, one) => sum + one, 0);
  const own = at.reduce((sum, one) => sum + blocks[one]!.text.length, 0);
  const withText = texts.filter((letters, index) => letters > blocks[at[index]!]!.text.length).length;
  if (withText < 2 || withText < at.length * 0.8 || own * 2 > all) return false;
  const middle = [...texts].sort((a, b) => a - b)[texts.length >> 1]!;
  if (of.isOnlyBold && middle < LEAST_BEHIND_BOLD) return false;
  // A sign or a verse in the middle of the line stands anywhere; chapters begin where the book does.
  return first <= all * (of.isSure ? MOST_BEFORE : MOST_BEFORE / 4);
}
