/**
 * Fits the weights of the hints at who speaks (`src/script/speakers/weights.ts`) to marked novels: by gradient ascent on the
 * likelihood of the true speakers in the chain of turns. `npx tsx test/bench/fit-speakers.ts FOLDER NOVEL,NOVEL…`
 */
import { join } from 'node:path';
import { isFirstPerson } from '../../src/script/speakers/attributed.ts';
import { ownWords } from '../../src/script/speakers/own-words.ts';
import {
  type Hint,
  hintList,
  hintsOfTurn,
  tellBack,
  tellHints,
  tellSame,
} from '../../src/script/speakers/turn-hints.ts';
import { voicesOf } from '../../src/script/speakers/turn-model.ts';
import { placesOf } from '../../src/script/speakers/turn-places.ts';
import type { Voice } from '../../src/script/speakers/voice.ts';
import { WEIGHTS } from '../../src/script/speakers/weights.ts';
import { readMarkedNovel } from './dialogism-novels.ts';
import { readSpoken } from './speakers.ts';

/** A turn with its voices, their hints, and which of them are true. */
export interface FitTurn {
  hints: Hint[][];
  /** Undefined: not marked. */
  isTrue: boolean[] | undefined;
  same: Hint[];
  back: Hint[];
  goesOn: boolean;
  /** For each voice, its index at the turn before, and at the one before that; -1: not there. */
  at1: number[];
  at2: number[];
  isOther: boolean[];
}

/** The turns of a novel, by chapter. */
export function fitTurns(folder: string): FitTurn[][] {
  const novel = readMarkedNovel(folder);
  const { book, spoken, isSpeaker } = readSpoken(novel);
  const { people } = book;
  const firstPerson = isFirstPerson(book.chapters.map(({ paragraphs }) => paragraphs));
  const speakerOf = new Map<unknown, string>();
  for (const { start, end, turn } of spoken)
    for (const { spans, speaker } of novel.quotations)
      if (spans.some(([from, to]) => start < to && end > from)) speakerOf.set(turn, speaker);
  const words = ownWords(book.chapters, people);
  return book.chapters.map(({ paragraphs, turns }) => {
    const places = placesOf({ turns, paragraphs, people, words });
    const all = turns.map((turn) => voicesOf(turn, places, people, firstPerson));
    return turns.map((turn, index): FitTurn => {
      const voices = all[index]!;
      const speaker = speakerOf.get(turn);
      const match = (voice: Voice): boolean => voice !== 'other' && isSpeaker(voice, speaker!);
      const found = speaker === undefined ? undefined : voices.map(match);
      const isTrue = found?.some(Boolean)
        ? found
        : speaker === undefined
          ? undefined
          : voices.map((one) => one === 'other');
      const at = (back: number): number[] => voices.map((voice) => all[index - back]?.indexOf(voice) ?? -1);
      const before = turns[index - 1];
      return {
        hints: voices.map((voice) =>
          hintList((tell) => tellHints({ ...hintsOfTurn({ turns, index, voices, places }), voice }, tell)),
        ),
        isTrue: isTrue?.some(Boolean) ? isTrue : undefined,
        same:
          before === undefined || turn.startsScene || turn.continues
            ? []
            : hintList((tell) => tellSame(turn, before, tell)),
        back: before === undefined || index < 2 ? [] : hintList((tell) => tellBack(turn, before, tell)),
        goesOn: turn.continues,
        at1: at(1),
        at2: at(2),
        isOther: voices.map((voice) => voice === 'other'),
      };
    });
  });
}

const GOES_ON = 6;

/** The gradient of the likelihood of a chapter's true speakers; returns the likelihood. */
function addGradient(turns: readonly FitTurn[], weights: Map<string, number>, gradient: Map<string, number>): number {
  const free = expectations(turns, weights, false);
  const bound = expectations(turns, weights, true);
  if (!Number.isFinite(bound.logZ)) return 0;
  const add = (hints: readonly Hint[], by: number): void => {
    if (by !== 0) for (const [name, strength] of hints) gradient.set(name, (gradient.get(name) ?? 0) + by * strength);
  };
  for (const [t, turn] of turns.entries()) {
    for (const [b, hints] of turn.hints.entries()) add(hints, bound.voice[t]![b]! - free.voice[t]![b]!);
    add(turn.same, bound.same[t]! - free.same[t]!);
    add(turn.back, bound.back[t]! - free.back[t]!);
  }
  return bound.logZ - free.logZ;
}

interface Expected {
  logZ: number;
  voice: number[][];
  same: number[];
  back: number[];
}

function expectations(turns: readonly FitTurn[], weights: ReadonlyMap<string, number>, bound: boolean): Expected {
  const sum = (hints: readonly Hint[]): number =>
    hints.reduce((all, [name, strength]) => all + (weights.get(name) ?? 0) * strength, 0);
  const unary = turns.map(({ hints, isTrue }) =>
    hints.map((one, b) => (bound && isTrue && !isTrue[b] ? -Infinity : sum(one))),
  );
  const same = turns.map((turn) => sum(turn.same));
  const back = turns.map((turn) => sum(turn.back));
  const pair = (t: number, a: number, b: number): number => {
    const { at1, isOther, goesOn } = turns[t]!;
    if (goesOn) return at1[b] === a ? GOES_ON : -GOES_ON;
    return at1[b] === a && !isOther[b] ? same[t]! : 0;
  };
  const size = turns.map(({ hints }) => hints.length);
  const forward: number[][][] = [[unary[0]!.slice()]];
  const sumsOf = (t: number): number[] =>
    Array.from({ length: size[t]! }, (_, a) => logSum(forward[t]!.map((row) => row[a]!)));
  const sums: number[][] = [];
  for (let t = 1; t < turns.length; t++) {
    sums[t] = sumsOf(t - 1);
    forward[t] = sums[t]!.map((from, a) =>
      unary[t]!.map((u, b) => raised(from, backPart(t, a, b), back[t]!) + pair(t, a, b) + u),
    );
  }
  function backPart(t: number, a: number, b: number): number {
    const { at1, at2 } = turns[t]!;
    return t < 2 || at2[b]! < 0 || at1[b] === a ? -Infinity : forward[t - 1]![at2[b]!]![a]!;
  }
  const last = turns.length - 1;
  const logZ = logSum(forward[last]!.flat());
  const backward: number[][][] = [];
  backward[last] = forward[last]!.map((row) => row.map(() => 0));
  for (let t = last - 1; t >= 0; t--) {
    const next = turns[t + 1]!;
    backward[t] = forward[t]!.map((row, c) =>
      row.map((_, a) =>
        logSum(
          unary[t + 1]!.map(
            (u, b) =>
              u +
              pair(t + 1, a, b) +
              backward[t + 1]![a]![b]! +
              (t > 0 && next.at2[b] === c && next.at1[b] !== a ? back[t + 1]! : 0),
          ),
        ),
      ),
    );
  }
  const expected: Expected = { logZ, voice: [], same: [], back: [] };
  for (let t = 0; t < turns.length; t++) {
    const { at1, at2, isOther } = turns[t]!;
    const voice = unary[t]!.map(() => 0);
    let [samePart, backSum] = [0, 0];
    for (const [a, row] of forward[t]!.entries())
      for (const [b, score] of row.entries()) {
        const p = Math.exp(score + backward[t]![a]![b]! - logZ);
        voice[b]! += p;
        if (t > 0 && at1[b] === a && !isOther[b]) samePart += p;
        if (t > 1 && at2[b]! >= 0 && at1[b] !== a)
          backSum += Math.exp(
            backPart(t, a, b) + back[t]! + pair(t, a, b) + unary[t]![b]! + backward[t]![a]![b]! - logZ,
          );
      }
    expected.voice.push(voice);
    expected.same.push(samePart);
    expected.back.push(backSum);
  }
  return expected;
}

function raised(sum: number, part: number, by: number): number {
  if (part === -Infinity || sum === -Infinity) return sum;
  return sum + Math.log1p(Math.max(Math.exp(part - sum) * Math.expm1(by), -1 + 1e-12));
}

/** The weights, after some rounds through all chapters. `prior`: how strongly each is held at 0, in turns. */
export function fitWeights(chapters: readonly FitTurn[][], rounds: number, prior = 2): Record<string, number> {
  const used = chapters.filter((turns) => turns.length > 0);
  const total = used.length;
  const weights = new Map(Object.entries(WEIGHTS));
  const [first, second] = [new Map<string, number>(), new Map<string, number>()];
  let step = 0;
  for (let round = 0; round < rounds; round++) {
    const rate = 0.08 / (1 + round);
    let likelihood = 0;
    // In an order that differs each round, the same on each machine.
    const order = used
      .map((_, index) => (index * 7919 + round * 104729) % 1_000_003)
      .map((key, index) => [key, index] as const)
      .sort((a, b) => a[0] - b[0]);
    for (const [, index] of order) {
      const gradient = new Map<string, number>();
      likelihood += addGradient(used[index]!, weights, gradient);
      step++;
      for (const name of new Set([...gradient.keys(), ...weights.keys()])) {
        const slope = (gradient.get(name) ?? 0) - (prior * (weights.get(name) ?? 0)) / total;
        const m = 0.9 * (first.get(name) ?? 0) + 0.1 * slope;
        const v = 0.99 * (second.get(name) ?? 0) + 0.01 * slope * slope;
        first.set(name, m);
        second.set(name, v);
        const change = (rate * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.99 ** step)) + 1e-6);
        weights.set(name, (weights.get(name) ?? 0) + change);
      }
    }
    console.error(`round ${round + 1}: ${likelihood.toFixed(0)}`);
  }
  return Object.fromEntries([...weights].map(([name, weight]) => [name, Math.round(weight * 100) / 100]));
}

if (process.argv[1]?.endsWith('fit-speakers.ts')) {
  const [folder = '', names = ''] = process.argv.slice(2);
  const chapters = names.split(',').flatMap((name) => fitTurns(join(folder, name)));
  console.log(JSON.stringify(fitWeights(chapters, 12), undefined, 1));
}

/** The logarithm of a sum of parts that are given as logarithms. */
function logSum(values: readonly number[]): number {
  let top = -Infinity;
  for (const one of values) if (one > top) top = one;
  if (top === -Infinity) return top;
  let sum = 0;
  for (const one of values) sum += Math.exp(one - top);
  return top + Math.log(sum);
}
