/** The probabilities of a chain of turns, in which each voice depends on the two before it. Pure. */
import { tellBack, tellSame } from './turn-hints.ts';
import type { Turn } from './turns.ts';
import type { Voice, WeighedTurn } from './voice.ts';
import { WEIGHTS, type Weigher, weigher } from './weights.ts';

/** Room for the numbers of a chapter, which the next one uses again: a book has ten thousand turns, and perhaps as many chapters. */
export interface ChainRoom {
  /** By turn, where its voices begin in `fits`; one more than turns. */
  at: number[];
  /** How well each voice of each turn fits: first as logarithms, then as factors, of which the best of a turn is 1. */
  fits: Float64Array;
  /** What a turn makes of the voices before it, see `Joint`: four numbers a turn. */
  joints: Float64Array;
  /** By turn, where its forward scores begin. */
  scoresAt: number[];
  forward: Float64Array;
  backward: Float64Array;
  later: Float64Array;
  sums: Float64Array;
  weigher: Weigher;
}

/** Empty room. */
export function chainRoom(): ChainRoom {
  const none = (): Float64Array => new Float64Array(64);
  const [fits, joints, forward, backward, later, sums] = [none(), none(), none(), none(), none(), none()];
  return { at: [], scoresAt: [], fits, joints, forward, backward, later, sums, weigher: weigher(WEIGHTS) };
}

/** Makes room for the voices of a chapter's turns: their `fits` are then to be written, as logarithms. */
export function makeRoom(room: ChainRoom, voices: readonly (readonly Voice[])[]): void {
  let [fits, scores, most] = [0, 0, 0];
  for (let t = 0; t < voices.length; t++) {
    const size = voices[t]!.length;
    const pairs = size * (t === 0 ? 1 : voices[t - 1]!.length);
    room.at[t] = fits;
    room.scoresAt[t] = scores;
    fits += size;
    scores += pairs;
    if (pairs > most) most = pairs;
  }
  room.at[voices.length] = fits;
  room.fits = atLeast(room.fits, fits);
  room.joints = atLeast(room.joints, 4 * voices.length);
  room.forward = atLeast(room.forward, scores);
  room.backward = atLeast(room.backward, most);
  room.later = atLeast(room.later, most);
  room.sums = atLeast(room.sums, most);
}

function atLeast(list: Float64Array, size: number): Float64Array {
  return list.length >= size ? list : new Float64Array(Math.max(size, 2 * list.length));
}

/**
 * Probabilities of a chain in which each voice depends on the two before (forward-backward); the most probable voice of a turn
 * first. What is counted with are no logarithms, because those of a long chapter would cost a second a megabyte: voice `a` at turn
 * t-1 and voice `b` at turn t have their score at `a * voices + b`, and the largest is 1. None becomes too small for a number,
 * since any voice may follow any other.
 *
 * @param room with the logarithms of `fits`
 */
export function marginals(
  turns: readonly Turn[],
  voices: readonly (readonly Voice[])[],
  room: ChainRoom,
): WeighedTurn[] {
  for (let t = 0; t < turns.length; t++) {
    fitsFrom(room, t);
    joinTurn(room, t, turns);
  }
  for (let t = 0; t < turns.length; t++) forwardScores(room, t, voices);
  const all = new Array<WeighedTurn>(turns.length);
  for (let t = turns.length - 1; t >= 0; t--) {
    [room.backward, room.later] = [room.later, room.backward];
    backwardScores(room, t, voices);
    all[t] = weighed(room, t, voices);
  }
  return all;
}

function fitsFrom({ fits, at }: ChainRoom, t: number): void {
  const [from, to] = [at[t]!, at[t + 1]!];
  let top = -Infinity;
  for (let one = from; one < to; one++) if (fits[one]! > top) top = fits[one]!;
  for (let one = from; one < to; one++) fits[one] = Math.exp(fits[one]! - top);
}

function weighed(room: ChainRoom, t: number, voices: readonly (readonly Voice[])[]): WeighedTurn {
  const { forward, backward, sums } = room;
  const now = voices[t]!;
  const size = now.length;
  const ones = t === 0 ? 1 : voices[t - 1]!.length;
  const from = room.scoresAt[t]!;
  let total = 0;
  for (let b = 0; b < size; b++) sums[b] = 0;
  for (let a = 0, at = 0; a < ones; a++)
    for (let b = 0; b < size; b++, at++) {
      const score = forward[from + at]! * backward[at]!;
      sums[b]! += score;
      total += score;
    }
  const sorted: WeighedTurn = { voices: [], probabilities: [] };
  for (let b = 0; b < size; b++) {
    const probability = sums[b]! / total;
    let at = b;
    for (; at > 0 && probability > sorted.probabilities[at - 1]!; at--) {
      sorted.voices[at] = sorted.voices[at - 1]!;
      sorted.probabilities[at] = sorted.probabilities[at - 1]!;
    }
    sorted.voices[at] = now[b]!;
    sorted.probabilities[at] = probability;
  }
  return sorted;
}

/**
 * How many times as likely it makes a turn that its voice is one before it: the voice of one turn before; the same where both are
 * “somebody else”, who need not be one person; any other voice; and the voice of two turns before with another one between, less 1.
 */
const Joint = { same: 0, sameOther: 1, else: 2, back: 3 } as const;

/** A quotation that goes on from the paragraph before hardly ever changes its speaker. */
const GOES_ON = Math.exp(6);

function joinTurn({ joints, weigher: { tell, take } }: ChainRoom, t: number, turns: readonly Turn[]): void {
  const [turn, before, at] = [turns[t]!, turns[t - 1], 4 * t];
  let [same, sameOther, other, back] = [1, 1, 1, 0];
  if (before !== undefined) {
    tellBack(turn, before, tell);
    back = Math.expm1(take());
    if (turn.continues) [same, sameOther, other] = [GOES_ON, GOES_ON, 1 / GOES_ON];
    else if (!turn.startsScene) {
      tellSame(turn, before, tell);
      same = Math.exp(take());
    }
  }
  joints[at + Joint.same] = same;
  joints[at + Joint.sameOther] = sameOther;
  joints[at + Joint.else] = other;
  joints[at + Joint.back] = back;
}

function forwardScores(room: ChainRoom, t: number, voices: readonly (readonly Voice[])[]): void {
  const { forward, fits, joints, sums } = room;
  const [to, fitAt, joint] = [room.scoresAt[t]!, room.at[t]!, 4 * t];
  const nows = voices[t]!;
  if (t === 0) {
    for (let b = 0; b < nows.length; b++) forward[to + b] = fits[fitAt + b]!;
    return;
  }
  const ones = voices[t - 1]!;
  const two = t === 1 ? NOBODY : voices[t - 2]!;
  const size = ones.length;
  const from = room.scoresAt[t - 1]!;
  const same = joints[joint + Joint.same]!;
  const sameOther = joints[joint + Joint.sameOther]!;
  const other = joints[joint + Joint.else]!;
  const back = joints[joint + Joint.back]!;
  for (let a = 0; a < size; a++) sums[a] = 0;
  for (let at = from; at < to; ) for (let a = 0; a < size; a++, at++) sums[a]! += forward[at]!;
  for (let b = 0; b < nows.length; b++) {
    const now = nows[b]!;
    const row = two.indexOf(now) * size;
    const fit = fits[fitAt + b]!;
    for (let a = 0; a < size; a++) {
      const isSame = ones[a] === now;
      const score = isSame || row < 0 ? sums[a]! : raised(sums[a]!, forward[from + row + a]!, back);
      const pair = isSame ? (now === 'other' ? sameOther : same) : other;
      forward[to + a * nows.length + b] = score * pair * fit;
    }
  }
  largestOne(forward, to, to + size * nows.length);
}

const NOBODY: readonly Voice[] = [];

/** Writes the scores of all that follows turn `t` into `backward`, from those of the turn after it in `later`. */
function backwardScores(room: ChainRoom, t: number, voices: readonly (readonly Voice[])[]): void {
  const { backward: scores, later, fits, joints, sums: after } = room;
  const nows = voices[t]!;
  const ones: readonly (Voice | undefined)[] = t === 0 ? NO_VOICE : voices[t - 1]!;
  const nexts = voices[t + 1];
  if (nexts === undefined) {
    scores.fill(1, 0, ones.length * nows.length);
    return;
  }
  const [fitAt, joint] = [room.at[t + 1]!, 4 * (t + 1)];
  const same = joints[joint + Joint.same]!;
  const sameOther = joints[joint + Joint.sameOther]!;
  const other = joints[joint + Joint.else]!;
  const back = t === 0 ? 0 : joints[joint + Joint.back]!;
  const size = nexts.length;
  for (let b = 0; b < nows.length; b++) {
    const now = nows[b]!;
    let sum = 0;
    for (let c = 0; c < size; c++) {
      const next = nexts[c]!;
      const pair = now === next ? (next === 'other' ? sameOther : same) : other;
      after[c] = pair * fits[fitAt + c]! * later[b * size + c]!;
      sum += after[c]!;
    }
    for (let a = 0; a < ones.length; a++) {
      const one = ones[a];
      const at = one === now || one === undefined ? -1 : nexts.indexOf(one);
      scores[a * nows.length + b] = at < 0 ? sum : raised(sum, after[at]!, back);
    }
  }
  largestOne(scores, 0, ones.length * nows.length);
}

const NO_VOICE: readonly undefined[] = [undefined];

/** A sum in which one part counts more, or less, by `by` times. */
function raised(sum: number, part: number, by: number): number {
  return Math.max(sum + part * by, sum * 1e-12);
}

function largestOne(scores: Float64Array, from: number, to: number): void {
  let top = 0;
  for (let at = from; at < to; at++) if (scores[at]! > top) top = scores[at]!;
  for (let at = from; at < to; at++) scores[at]! /= top;
}
