/** Alignment of two lists, used by every comparison of texts. Pure. */

/** Pairs of indices, both ascending. */
export type Alignment = [before: number, after: number][];

/** Largest table for the longest common subsequence; larger parts are split at unique items. */
const MOST_CELLS = 1_000_000;

/**
 * Aligns two lists. Items that occur once in both are anchors (patience diff); the parts between are aligned by their
 * longest common subsequence, or not at all when that would be too slow. Nearly linear for texts.
 */
export function align(before: readonly string[], after: readonly string[]): Alignment {
  const pairs: Alignment = [];
  alignPart({ before, after, fromB: 0, toB: before.length, fromA: 0, toA: after.length }, pairs);
  return pairs;
}

interface Part {
  before: readonly string[];
  after: readonly string[];
  fromB: number;
  toB: number;
  fromA: number;
  toA: number;
}

function alignPart(part: Part, pairs: Alignment): void {
  const { before, after } = part;
  let { fromB, toB, fromA, toA } = part;
  while (fromB < toB && fromA < toA && before[fromB] === after[fromA]) pairs.push([fromB++, fromA++]);
  const tail: Alignment = [];
  while (fromB < toB && fromA < toA && before[toB - 1] === after[toA - 1]) tail.push([--toB, --toA]);
  const rest = { before, after, fromB, toB, fromA, toA };
  if (fromB < toB && fromA < toA) {
    if ((toB - fromB) * (toA - fromA) <= MOST_CELLS) alignByTable(rest, pairs);
    else alignAtUnique(rest, pairs);
  }
  for (const pair of tail.reverse()) pairs.push(pair);
}

function alignAtUnique(part: Part, pairs: Alignment): void {
  const anchors = ascending(uniquePairs(part));
  if (anchors.length === 0) return;
  let { fromB, fromA } = part;
  for (const [toB, toA] of [...anchors, [part.toB, part.toA] as const]) {
    alignPart({ ...part, fromB, toB, fromA, toA }, pairs);
    if (toB < part.toB) pairs.push([toB, toA]);
    fromB = toB + 1;
    fromA = toA + 1;
  }
}

/** Items that occur once in each part, in the order of the first list. */
function uniquePairs({ before, after, fromB, toB, fromA, toA }: Part): Alignment {
  const seen = new Map<string, { inB: number; inA: number; at: number; other: number }>();
  for (let at = fromB; at < toB; at++) {
    const entry = seen.get(before[at]!);
    if (entry === undefined) seen.set(before[at]!, { inB: 1, inA: 0, at, other: -1 });
    else entry.inB++;
  }
  for (let at = fromA; at < toA; at++) {
    const entry = seen.get(after[at]!);
    if (entry === undefined) continue;
    entry.inA++;
    entry.other = at;
  }
  return [...seen.values()].filter(({ inB, inA }) => inB === 1 && inA === 1).map(({ at, other }) => [at, other]);
}

/** The longest subsequence of the pairs that also ascends in the second list (patience sorting). */
function ascending(pairs: Alignment): Alignment {
  const piles: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, [, other]] of pairs.entries()) {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[piles[middle]!]![1] < other) low = middle + 1;
      else high = middle;
    }
    previous[index] = low > 0 ? piles[low - 1] : undefined;
    piles[low] = index;
  }
  const out: Alignment = [];
  for (let at = piles.at(-1); at !== undefined; at = previous[at]) out.push(pairs[at]!);
  return out.reverse();
}

function alignByTable({ before, after, fromB, toB, fromA, toA }: Part, pairs: Alignment): void {
  const width = toA - fromA + 1;
  // Length of the longest common subsequence from each cell on.
  const table = new Uint32Array((toB - fromB + 1) * width);
  for (let b = toB - fromB - 1; b >= 0; b--) {
    for (let a = width - 2; a >= 0; a--) {
      const cell = b * width + a;
      table[cell] =
        before[fromB + b] === after[fromA + a]
          ? table[cell + width + 1]! + 1
          : Math.max(table[cell + width]!, table[cell + 1]!);
    }
  }
  for (let b = 0, a = 0; b < toB - fromB && a < width - 1; ) {
    const cell = b * width + a;
    if (before[fromB + b] === after[fromA + a]) pairs.push([fromB + b++, fromA + a++]);
    else if (table[cell + width]! >= table[cell + 1]!) b++;
    else a++;
  }
}
