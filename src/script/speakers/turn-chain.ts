/** The probabilities of a chain of turns, in which each voice depends on the two before it. Pure. */
import { sameHints, turnBackHints } from './turn-hints.ts';
import type { Turn } from './turns.ts';
import type { Voice, Weighed } from './voice.ts';
import { weightOf } from './weights.ts';

/**
 * Probabilities of a chain in which each voice depends on the two before (forward-backward). The scores of a turn are
 * logarithms in one array: voice `a` at turn t-1 and voice `b` at turn t are at `a * voices + b`.
 */
export function marginals(turns: readonly Turn[], voices: readonly Voice[][], unary: readonly number[][]): Weighed[][] {
  const joints = turns.map((turn, t): Joint => jointOf(turn, turns[t - 1]));
  const chain: Chain = { voices, unary, joints };
  const forward = forwardScores(chain);
  let backward: Scores | undefined;
  const all = new Array<Weighed[]>(turns.length);
  for (let t = turns.length - 1; t >= 0; t--) {
    backward = backwardScores(chain, t, backward);
    all[t] = weighed(voices[t]!, forward[t]!, backward);
    // A long chapter has many.
    forward.length = t;
  }
  return all;
}

type Scores = Float64Array;

function weighed(voices: readonly Voice[], forward: Scores, backward: Scores): Weighed[] {
  const size = voices.length;
  const ones = forward.length / size;
  const sums = voices.map((_voice, b) => logSumOf(ones, (a) => forward[a * size + b]! + backward[a * size + b]!));
  const total = logSum(sums);
  return voices
    .map((voice, b) => ({ voice, probability: Math.exp(sums[b]! - total) }))
    .sort((x, y) => y.probability - x.probability);
}

/** What the chain is made of, by turn. */
interface Chain {
  voices: readonly Voice[][];
  unary: readonly number[][];
  joints: readonly Joint[];
}

/** How well a turn's voice follows those before it. */
interface Joint {
  /** It is a quotation that goes on from the paragraph before. */
  goesOn: boolean;
  /** The same voice as one turn before, and as two turns before with another one between. */
  same: number;
  back: number;
}

function jointOf(turn: Turn, before: Turn | undefined): Joint {
  if (before === undefined) return { goesOn: false, same: 0, back: 0 };
  const { continues, startsScene } = turn;
  return {
    goesOn: continues,
    same: continues || startsScene ? 0 : weightOf(sameHints(turn, before)),
    back: weightOf(turnBackHints(turn, before)),
  };
}

function forwardScores({ voices, unary, joints }: Chain): Scores[] {
  const forward: Scores[] = [Float64Array.from(unary[0]!)];
  for (let t = 1; t < voices.length; t++) {
    const joint = joints[t]!;
    const [two, ones, nows] = [t === 1 ? [] : voices[t - 2]!, voices[t - 1]!, voices[t]!];
    const previous = forward[t - 1]!;
    const rows = previous.length / ones.length;
    const scores = new Float64Array(ones.length * nows.length);
    const atTwo = nows.map((now) => two.indexOf(now));
    for (const [a, one] of ones.entries()) {
      const sum = logSumOf(rows, (row) => previous[row * ones.length + a]!);
      for (const [b, now] of nows.entries()) {
        const at = one === now ? -1 : atTwo[b]!;
        const from = at < 0 ? sum : raised(sum, previous[at * ones.length + a]!, joint.back);
        scores[a * nows.length + b] = from + pairScore(joint, one, now) + unary[t]![b]!;
      }
    }
    forward.push(scores);
  }
  return forward;
}

/** The scores of all that follows turn `t`, from those of the turn after it. */
function backwardScores({ voices, unary, joints }: Chain, t: number, later: Scores | undefined): Scores {
  const nows = voices[t]!;
  const ones: readonly (Voice | undefined)[] = t === 0 ? [undefined] : voices[t - 1]!;
  const scores = new Float64Array(ones.length * nows.length);
  const joint = joints[t + 1];
  if (!joint || !later) return scores;
  const nexts = voices[t + 1]!;
  const back = t === 0 ? 0 : joint.back;
  const atNext = ones.map((one) => (one === undefined ? -1 : nexts.indexOf(one)));
  const after = new Float64Array(nexts.length);
  for (const [b, now] of nows.entries()) {
    for (const [c, next] of nexts.entries())
      after[c] = pairScore(joint, now, next) + unary[t + 1]![c]! + later[b * nexts.length + c]!;
    const sum = logSum(after);
    for (const [a, one] of ones.entries()) {
      const at = one === now ? -1 : atNext[a]!;
      scores[a * nows.length + b] = at < 0 ? sum : raised(sum, after[at]!, back);
    }
  }
  return scores;
}

/** A sum in which one part weighs more by `by`, all as logarithms. */
function raised(sum: number, part: number, by: number): number {
  return sum + Math.log1p(Math.max(Math.exp(part - sum) * Math.expm1(by), -1 + 1e-12));
}

/** The logarithm of a sum of parts that are given as logarithms. */
export function logSum(values: ArrayLike<number>): number {
  return logSumOf(values.length, (index) => values[index]!);
}

function logSumOf(size: number, at: (index: number) => number): number {
  let top = -Infinity;
  for (let index = 0; index < size; index++) top = Math.max(top, at(index));
  if (top === -Infinity) return top;
  let sum = 0;
  for (let index = 0; index < size; index++) sum += Math.exp(at(index) - top);
  return top + Math.log(sum);
}

/** How well a voice follows the one before it. Two turns of “somebody else” need not be one person. */
function pairScore({ goesOn, same }: Joint, one: Voice, now: Voice): number {
  if (goesOn) return one === now ? GOES_ON : -GOES_ON;
  return one !== now || now === 'other' ? 0 : same;
}

/** A quotation that goes on from the paragraph before hardly ever changes its speaker. */
const GOES_ON = 6;
