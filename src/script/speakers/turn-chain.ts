/** The probabilities of a chain of turns, in which each voice depends on the two before it. Pure. */
import { sameHints, turnBackHints } from './turn-hints.ts';
import type { Turn } from './turns.ts';
import type { Voice, Weighed } from './voice.ts';
import { weightOf } from './weights.ts';

/**
 * Probabilities of a chain in which each voice depends on the two before (forward-backward). `unary` are logarithms. What is
 * counted with are no logarithms, because those of a long chapter would cost a second a megabyte: the scores of a turn are one
 * array in which voice `a` at turn t-1 and voice `b` at turn t are at `a * voices + b`, and the largest is 1. None becomes too
 * small for a number, since any voice may follow any other.
 */
export function marginals(turns: readonly Turn[], voices: readonly Voice[][], unary: readonly number[][]): Weighed[][] {
  const joints = turns.map((turn, t): Joint => jointOf(turn, turns[t - 1]));
  const chain: Chain = { voices, fits: unary.map(fitsOf), joints };
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

/** How well each voice of a turn fits, the best 1. */
function fitsOf(logarithms: readonly number[]): Scores {
  let top = -Infinity;
  for (const one of logarithms) if (one > top) top = one;
  return Float64Array.from(logarithms, (one) => Math.exp(one - top));
}

function weighed(voices: readonly Voice[], forward: Scores, backward: Scores): Weighed[] {
  const size = voices.length;
  const sums = new Float64Array(size);
  let total = 0;
  for (let at = 0; at < forward.length; at++) {
    const score = forward[at]! * backward[at]!;
    sums[at % size]! += score;
    total += score;
  }
  return voices
    .map((voice, b): Weighed => ({ voice, probability: sums[b]! / total }))
    .sort((x, y) => y.probability - x.probability);
}

/** What the chain is made of, by turn. */
interface Chain {
  voices: readonly Voice[][];
  fits: readonly Scores[];
  joints: readonly Joint[];
}

/** How many times as likely it makes a turn that its voice is one before it. */
interface Joint {
  /** The voice of one turn before. Two turns of “somebody else” need not be one person. */
  same: number;
  sameOther: number;
  /** Any other voice. */
  else: number;
  /** The voice of two turns before with another one between, less 1. */
  back: number;
}

/** A quotation that goes on from the paragraph before hardly ever changes its speaker. */
const GOES_ON = Math.exp(6);

function jointOf(turn: Turn, before: Turn | undefined): Joint {
  if (before === undefined) return { same: 1, sameOther: 1, else: 1, back: 0 };
  const { continues, startsScene } = turn;
  const back = Math.expm1(weightOf(turnBackHints(turn, before)));
  if (continues) return { same: GOES_ON, sameOther: GOES_ON, else: 1 / GOES_ON, back };
  const same = startsScene ? 1 : Math.exp(weightOf(sameHints(turn, before)));
  return { same, sameOther: 1, else: 1, back };
}

function forwardScores({ voices, fits, joints }: Chain): Scores[] {
  const forward: Scores[] = [fits[0]!];
  for (let t = 1; t < voices.length; t++) {
    const joint = joints[t]!;
    const [two, ones, nows] = [t === 1 ? [] : voices[t - 2]!, voices[t - 1]!, voices[t]!];
    const [previous, fit, size] = [forward[t - 1]!, fits[t]!, ones.length];
    const sums = new Float64Array(size);
    for (let at = 0; at < previous.length; at++) sums[at % size]! += previous[at]!;
    const scores = new Float64Array(size * nows.length);
    for (let b = 0; b < nows.length; b++) {
      const now = nows[b]!;
      const row = two.indexOf(now) * size;
      for (let a = 0; a < size; a++) {
        const isSame = ones[a] === now;
        const from = isSame || row < 0 ? sums[a]! : raised(sums[a]!, previous[row + a]!, joint.back);
        scores[a * nows.length + b] = from * pairOf(joint, isSame, now) * fit[b]!;
      }
    }
    forward.push(largestOne(scores));
  }
  return forward;
}

/** The scores of all that follows turn `t`, from those of the turn after it. */
function backwardScores({ voices, fits, joints }: Chain, t: number, later: Scores | undefined): Scores {
  const nows = voices[t]!;
  const ones: readonly (Voice | undefined)[] = t === 0 ? [undefined] : voices[t - 1]!;
  const scores = new Float64Array(ones.length * nows.length).fill(1);
  const joint = joints[t + 1];
  if (!joint || !later) return scores;
  const [nexts, fit] = [voices[t + 1]!, fits[t + 1]!];
  const back = t === 0 ? 0 : joint.back;
  const atNext = ones.map((one) => (one === undefined ? -1 : nexts.indexOf(one)));
  const after = new Float64Array(nexts.length);
  for (let b = 0; b < nows.length; b++) {
    const now = nows[b]!;
    let sum = 0;
    for (let c = 0; c < nexts.length; c++) {
      const next = nexts[c]!;
      after[c] = pairOf(joint, now === next, next) * fit[c]! * later[b * nexts.length + c]!;
      sum += after[c]!;
    }
    for (let a = 0; a < ones.length; a++) {
      const at = ones[a] === now ? -1 : atNext[a]!;
      scores[a * nows.length + b] = at < 0 ? sum : raised(sum, after[at]!, back);
    }
  }
  return largestOne(scores);
}

/** A sum in which one part counts more, or less, by `by` times. */
function raised(sum: number, part: number, by: number): number {
  return Math.max(sum + part * by, sum * 1e-12);
}

function pairOf(joint: Joint, isSame: boolean, now: Voice): number {
  if (!isSame) return joint.else;
  return now === 'other' ? joint.sameOther : joint.same;
}

function largestOne(scores: Scores): Scores {
  let top = 0;
  for (let at = 0; at < scores.length; at++) if (scores[at]! > top) top = scores[at]!;
  for (let at = 0; at < scores.length; at++) scores[at]! /= top;
  return scores;
}
