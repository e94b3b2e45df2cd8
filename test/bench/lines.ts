/** How well a decision stays on its line while a book is edited, and how long that takes. */
import { anchorsOf, lineIds, resolveAnchors } from '../../src/script/lines/line-identity.ts';
import {
  editOnce,
  KINDS,
  type Kind,
  linesOf,
  type Outcome,
  outcomeOf,
  seededChance,
  sumOf,
  writeBook,
} from '../script/edited-books.ts';
import type { Bench } from './main.ts';

const SIZE = { chapters: 6, lines: 50 };
const SINGLE_EDITS = 2000;
const CHAINS = 100;
const EDITIONS = 10;
const LARGE = { chapters: 20, lines: 500 };
const LEAST_KEPT = 0.98;
const BAR_SECONDS = 1;
const NOTHING: Outcome = { wrong: 0, unchanged: 0, kept: 0 };

/** 2,000 edits of three books, one at a time; ten editions in a row; 10,000 lines. Bars: none wrong, 98 % kept, 1 s; more than one edit an edition only shows where it ends. */
export const lines: Bench = async (say) => {
  let kept = true;
  for (const [seed, kind] of KINDS.entries()) {
    const single = singleEdits(kind, seed);
    say(`${kind.name}, ${Math.ceil(SINGLE_EDITS / KINDS.length)} single edits: ${shown(single)}`);
    for (const edits of [1, 5]) {
      const chain = chains(kind, edits);
      say(`${kind.name}, ${EDITIONS} editions of ${edits} without writing the review: ${shown(chain)}`);
      kept &&= edits > 1 || chain.wrong === 0;
    }
    kept &&= single.wrong === 0 && single.kept >= LEAST_KEPT * single.unchanged;
  }
  return speed(say) && kept;
};

function shown({ wrong, unchanged, kept }: Outcome): string {
  return `${wrong} wrong, ${((100 * kept) / unchanged).toFixed(2)} % of ${unchanged} kept`;
}

function singleEdits(kind: Kind, seed: number): Outcome {
  const chance = seededChance(seed);
  const before = writeBook(kind, SIZE, chance);
  const { lines: known } = linesOf(before);
  const anchors = anchorsOf(known, [...known.keys()]);
  let sum = NOTHING;
  for (let edit = 0; edit < SINGLE_EDITS / KINDS.length; edit++) {
    const after = structuredClone(before);
    editOnce(after, chance, kind.write);
    sum = sumOf(sum, outcomeOf(before, after, resolveAnchors(anchors, linesOf(after).lines)));
  }
  return sum;
}

function chains(kind: Kind, editsEach: number): Outcome {
  let sum = NOTHING;
  for (let chain = 0; chain < CHAINS; chain++) {
    const chance = seededChance(1000 + chain);
    const before = writeBook(kind, SIZE, chance);
    const { lines: known } = linesOf(before);
    const anchors = anchorsOf(known, [...known.keys()]);
    const after = structuredClone(before);
    for (let edit = 0; edit < EDITIONS * editsEach; edit++) editOnce(after, chance, kind.write);
    sum = sumOf(sum, outcomeOf(before, after, resolveAnchors(anchors, linesOf(after).lines)));
  }
  return sum;
}

function speed(say: (line: string) => void): boolean {
  const chance = seededChance(7);
  const book = writeBook(KINDS[0]!, LARGE, chance);
  const { lines: before } = linesOf(book);
  const seconds = (work: () => unknown): number => {
    const start = process.cpuUsage();
    work();
    return process.cpuUsage(start).user / 1e6;
  };
  const anchors = anchorsOf(before, [...before.keys()]);
  const ids = lineIds(before);
  for (let edit = 0; edit < 10; edit++) editOnce(book, chance, KINDS[0]!.write);
  const { lines: after } = linesOf(book);
  const times = {
    'their IDs': seconds(() => lineIds(before)),
    'a decision on each, found again': seconds(() => resolveAnchors(anchors, after)),
    'their IDs from the last edition': seconds(() =>
      lineIds(
        after,
        before.map((line, index) => ({ ...line, id: ids[index]! })),
      ),
    ),
    'one decision found again': seconds(() => resolveAnchors(anchors.slice(0, 1), after)),
  };
  for (const [what, time] of Object.entries(times))
    say(`${before.length} lines: ${what} in ${time.toFixed(2)} s CPU (bar ${BAR_SECONDS.toFixed(2)})`);
  return Object.values(times).every((time) => time <= BAR_SECONDS);
}
