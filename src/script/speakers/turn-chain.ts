/** The probabilities of a chain of turns, in which each voice depends on the two before it. Pure. */
import { sameHints, turnBackHints } from './turn-hints.ts';
import type { Turn } from './turns.ts';
import type { Voice, Weighed } from './voice.ts';
import { weightOf } from './weights.ts';

/**
 * Probabilities of a chain in which each voice depends on the two before (forward-backward). `forward[t][a][b]` is the
 * logarithm for voice `a` at turn t-1 and voice `b` at turn t.
 */
export function marginals(turns: readonly Turn[], voices: readonly Voice[][], unary: readonly number[][]): Weighed[][] {
  const forward = forwardScores(turns, voices, unary);
  const backward = backwardScores(turns, voices, unary);
  return turns.map((_, t) => {
    const scores = voices[t]!.map((_voice, b) => logSum(forward[t]!.map((row, a) => row[b]! + backward[t]![a]![b]!)));
    const total = logSum(scores);
    return voices[t]!.map((voice, b) => ({ voice, probability: Math.exp(scores[b]! - total) })).sort(
      (x, y) => y.probability - x.probability,
    );
  });
}

function forwardScores(turns: readonly Turn[], voices: readonly Voice[][], unary: readonly number[][]): number[][][] {
  const forward: number[][][] = [[unary[0]!.slice()]];
  for (let t = 1; t < turns.length; t++) {
    const [turn, before] = [turns[t]!, turns[t - 1]!];
    const back = t === 1 ? 0 : turnBackScore(turn, before);
    const previous = forward[t - 1]!;
    const sums = voices[t - 1]!.map((_one, a) => logSum(previous.map((row) => row[a]!)));
    const places = t === 1 ? undefined : indexOf(voices[t - 2]!);
    forward.push(
      voices[t - 1]!.map((one, a) =>
        voices[t]!.map((now, b) => {
          const at = one === now ? undefined : places?.get(now);
          const from = at === undefined ? sums[a]! : raised(sums[a]!, previous[at]![a]!, back);
          return from + pairScore(turn, before, one, now) + unary[t]![b]!;
        }),
      ),
    );
  }
  return forward;
}

function backwardScores(turns: readonly Turn[], voices: readonly Voice[][], unary: readonly number[][]): number[][][] {
  const backward = new Array<number[][]>(turns.length);
  for (let t = turns.length - 1; t >= 0; t--) {
    const ones: readonly (Voice | undefined)[] = t === 0 ? [undefined] : voices[t - 1]!;
    const next = turns[t + 1];
    if (!next) {
      backward[t] = ones.map(() => voices[t]!.map(() => 0));
      continue;
    }
    const back = t === 0 ? 0 : turnBackScore(next, turns[t]!);
    const places = indexOf(voices[t + 1]!);
    const after = voices[t]!.map((now, b) =>
      voices[t + 1]!.map(
        (then, c) => pairScore(next, turns[t]!, now, then) + unary[t + 1]![c]! + backward[t + 1]![b]![c]!,
      ),
    );
    const sums = after.map(logSum);
    backward[t] = ones.map((one) =>
      voices[t]!.map((now, b) => {
        const at = one === undefined || one === now ? undefined : places.get(one);
        return at === undefined ? sums[b]! : raised(sums[b]!, after[b]![at]!, back);
      }),
    );
  }
  return backward;
}

function indexOf(voices: readonly Voice[]): Map<Voice, number> {
  return new Map(voices.map((voice, index) => [voice, index]));
}

/** A sum in which one part weighs more by `by`, all as logarithms. */
function raised(sum: number, part: number, by: number): number {
  return sum + Math.log1p(Math.max(Math.exp(part - sum) * Math.expm1(by), -1 + 1e-12));
}

/** The logarithm of a sum of parts that are given as logarithms. */
export function logSum(values: readonly number[]): number {
  let top = -Infinity;
  for (const value of values) if (value > top) top = value;
  if (top === -Infinity) return top;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

/** How well a voice follows the one before it. */
function pairScore(turn: Turn, before: Turn, one: Voice, now: Voice): number {
  if (turn.continues) return one === now ? GOES_ON : -GOES_ON;
  // Two turns of “somebody else” need not be one person.
  if (turn.startsScene || one !== now || now === 'other') return 0;
  return weightOf(sameHints(turn, before));
}

/** A quotation that goes on from the paragraph before hardly ever changes its speaker. */
const GOES_ON = 6;

/** How well a voice fits that spoke two turns before, another one between. */
function turnBackScore(turn: Turn, before: Turn): number {
  return weightOf(turnBackHints(turn, before));
}
