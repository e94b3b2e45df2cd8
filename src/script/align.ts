/** Which items of two lists are the same ones, in order: the base of every comparison of two editions. */

/** Two lists whose lengths multiply to more are not compared item by item; what they share is found by its rare items only. */
const MOST_CELLS = 1_000_000;

/**
 * Pairs of equal items, by their places, ascending in both lists. The longest common subsequence wherever the lists are of
 * sensible size; of two huge lists that share almost nothing, what can be told by items that occur once in each.
 */
export function alignEqual(before: readonly string[], after: readonly string[]): [number, number][] {
  const pairs: [number, number][] = [];
  alignRange({ before, after, from: [0, 0], to: [before.length, after.length], pairs });
  return pairs;
}

interface Range {
  before: readonly string[];
  after: readonly string[];
  from: readonly [number, number];
  to: readonly [number, number];
  pairs: [number, number][];
}

function alignRange({ before, after, from, to, pairs }: Range): void {
  let [a, b] = from;
  let [aEnd, bEnd] = to;
  while (a < aEnd && b < bEnd && before[a] === after[b]) pairs.push([a++, b++]);
  const tail: [number, number][] = [];
  while (aEnd > a && bEnd > b && before[aEnd - 1] === after[bEnd - 1]) tail.unshift([--aEnd, --bEnd]);
  if ((aEnd - a) * (bEnd - b) <= MOST_CELLS) {
    longestCommon({ before, after, from: [a, b], to: [aEnd, bEnd], pairs });
  } else {
    const anchors = uniqueAnchors({ before, after, from: [a, b], to: [aEnd, bEnd], pairs });
    let last: [number, number] = [a, b];
    for (const anchor of anchors.length === 0 ? [] : [...anchors, [aEnd, bEnd] as [number, number]]) {
      alignRange({ before, after, from: last, to: anchor, pairs });
      if (anchor[0] < aEnd) pairs.push(anchor);
      last = [anchor[0] + 1, anchor[1] + 1];
    }
  }
  pairs.push(...tail);
}

/** By the table of lengths, from the end; the table is bounded by MOST_CELLS. */
function longestCommon({ before, after, from: [a, b], to: [aEnd, bEnd], pairs }: Range): void {
  const width = bEnd - b + 1;
  if (aEnd === a || width === 1) return;
  const lengths = new Uint32Array((aEnd - a + 1) * width);
  for (let i = aEnd - 1; i >= a; i--) {
    for (let j = bEnd - 1; j >= b; j--) {
      const cell = (i - a) * width + (j - b);
      lengths[cell] =
        before[i] === after[j] ? lengths[cell + width + 1]! + 1 : Math.max(lengths[cell + width]!, lengths[cell + 1]!);
    }
  }
  for (let i = a, j = b; i < aEnd && j < bEnd; ) {
    const cell = (i - a) * width + (j - b);
    if (before[i] === after[j]) pairs.push([i++, j++]);
    else if (lengths[cell + width]! >= lengths[cell + 1]!) i++;
    else j++;
  }
}

/** Items that occur once on either side, as far as they are in the same order: the longest rising run of their places. */
function uniqueAnchors({ before, after, from: [a, b], to: [aEnd, bEnd] }: Range): [number, number][] {
  const once = (items: readonly string[], start: number, end: number): Map<string, number> => {
    const places = new Map<string, number>();
    for (let place = start; place < end; place++) places.set(items[place]!, places.has(items[place]!) ? -1 : place);
    return places;
  };
  const places = once(after, b, bEnd);
  const candidates: [number, number][] = [];
  for (const [item, place] of once(before, a, aEnd)) {
    const other = places.get(item) ?? -1;
    if (place >= 0 && other >= 0) candidates.push([place, other]);
  }
  return longestRising(candidates);
}

/** The longest run of pairs whose second places rise; the first ones rise already. */
function longestRising(pairs: readonly [number, number][]): [number, number][] {
  const tops: number[] = [];
  const previous: number[] = [];
  pairs.forEach(([, place], index) => {
    let low = 0;
    for (let high = tops.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (pairs[tops[middle]!]![1] < place) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : tops[low - 1]!;
    tops[low] = index;
  });
  const run: [number, number][] = [];
  for (let index = tops.at(-1) ?? -1; index >= 0; index = previous[index]!) run.unshift(pairs[index]!);
  return run;
}
