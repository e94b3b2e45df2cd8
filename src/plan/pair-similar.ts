import { similarity, type WordCounts, wordCounts } from '../script/lines/similarity.ts';

/** Two texts that share at least this much of their words count as one text that was edited. */
const LEAST_SIMILARITY = 0.35;
/** Two sequences with more possible pairs than this are not paired. */
const MOST_PAIRS = 40_000;

/**
 * Pairs the texts of two sequences, in order: those that share most words are one text that was edited, the others are in
 * only one of the two. Returns indices, in the order of the text. Pure.
 */
export function pairSimilar(
  before: readonly string[],
  after: readonly string[],
): [before: number | undefined, after: number | undefined][] {
  const pairs =
    before.length * after.length > MOST_PAIRS ? [] : bestPairs(before.map(wordCounts), after.map(wordCounts));
  const indexPairs: [number | undefined, number | undefined][] = [];
  let atB = 0;
  let atA = 0;
  for (const [toB, toA] of [...pairs, [before.length, after.length] as const]) {
    for (; atB < toB; atB++) indexPairs.push([atB, undefined]);
    for (; atA < toA; atA++) indexPairs.push([undefined, atA]);
    if (toB < before.length) indexPairs.push([toB, toA]);
    atB = toB + 1;
    atA = toA + 1;
  }
  return indexPairs;
}

/** The pairs, in order, with the greatest sum of similarities. */
function bestPairs(before: readonly WordCounts[], after: readonly WordCounts[]): [number, number][] {
  const width = after.length + 1;
  const sums = new Float64Array((before.length + 1) * width);
  const similarities = new Float64Array(sums.length);
  for (let b = before.length - 1; b >= 0; b--) {
    for (let a = after.length - 1; a >= 0; a--) {
      const cell = b * width + a;
      const share = similarity(before[b]!, after[a]!);
      similarities[cell] = share;
      const paired = share >= LEAST_SIMILARITY ? share + sums[cell + width + 1]! : 0;
      sums[cell] = Math.max(paired, sums[cell + width]!, sums[cell + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let b = 0, a = 0; b < before.length && a < after.length; ) {
    const cell = b * width + a;
    if (similarities[cell]! >= LEAST_SIMILARITY && sums[cell] === similarities[cell]! + sums[cell + width + 1]!)
      pairs.push([b++, a++]);
    else if (sums[cell] === sums[cell + width]) b++;
    else a++;
  }
  return pairs;
}
