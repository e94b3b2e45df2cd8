/**
 * Fits how certain the most probable speaker of a turn is (`src/script/speakers/certainty.ts`) to marked novels: logistic
 * regression by Newton's method. `npx tsx test/bench/fit-certainty.ts FOLDER NOVEL,NOVEL…`, after the weights of the hints.
 */
import { join } from 'node:path';
import type { AttributedTurn } from '../../src/script/speakers/attributed.ts';
import { certaintyHints } from '../../src/script/speakers/certainty.ts';
import { readMarkedNovel } from './dialogism-novels.ts';
import { readSpoken } from './speakers.ts';

/** What is seen of a turn, and whether its first candidate is right. */
export interface SeenTurn {
  hints: ReadonlyMap<string, number>;
  isRight: boolean;
}

/** The marked turns of a novel that have no name beside them. */
export function seenTurns(folder: string): SeenTurn[] {
  const novel = readMarkedNovel(folder);
  const { book, spoken, isSpeaker } = readSpoken(novel);
  const all = book.chapters.flatMap(({ turns }) => turns);
  const share = all.filter(({ sayer }) => sayer?.kind === 'name').length / Math.max(1, all.length);
  const places = new Map(
    book.chapters.flatMap(({ turns }) => turns.map((turn, index) => [turn, { turns, index }] as const)),
  );
  return novel.quotations.flatMap(({ spans, speaker }) => {
    const said = spoken.filter(({ start, end }) => spans.some(([from, to]) => start < to && end > from));
    return [...new Set(said.map(({ turn }) => turn))].flatMap((turn: AttributedTurn): SeenTurn[] => {
      const [first] = turn.candidates;
      const { turns, index } = places.get(turn)!;
      if (first === undefined || /^(?:beside|saysI|goesOn|describes)$/.test(first.rule)) return [];
      if (typeof first.voice === 'object' && first.voice.isDescribed) return [];
      const isRight = isSpeaker(first.voice, speaker);
      return [{ hints: new Map(certaintyHints(turns, index, share)), isRight }];
    });
  });
}

const ROUNDS = 12;
/** How strongly each is held at 0. */
const PRIOR = 3;

/** The weights that make the marks most probable. */
export function fitCertainty(turns: readonly SeenTurn[]): Record<string, number> {
  const names = [
    'always',
    ...new Set(turns.flatMap(({ hints }) => [...hints.keys()].filter((name) => name !== 'always'))),
  ];
  const rows = turns.map(({ hints }) => names.map((name) => hints.get(name) ?? 0));
  let weights: number[] = names.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const slope = weights.map((weight, i) => (i === 0 ? 0 : -PRIOR * weight));
    const curve = weights.map((_, i) => weights.map((_one, j): number => (i === j ? PRIOR : 0)));
    for (const [index, row] of rows.entries()) {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, i) => sum + value * weights[i]!, 0)));
      const miss = (turns[index]!.isRight ? 1 : 0) - p;
      for (const [i, value] of row.entries()) {
        slope[i] = slope[i]! + value * miss;
        for (const [j, other] of row.entries()) curve[i]![j] = curve[i]![j]! + value * other * p * (1 - p);
      }
    }
    const step = solved(curve, slope);
    weights = weights.map((weight, i) => weight + step[i]!);
  }
  return Object.fromEntries(names.map((name, i) => [name, Math.round(weights[i]! * 1000) / 1000]));
}

/** The solution of a set of linear equations, by elimination. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (const [i, pivot] of rows.entries()) {
    for (const row of rows) {
      if (row === pivot) continue;
      const by = row[i]! / pivot[i]!;
      for (let j = i; j < row.length; j++) row[j] = row[j]! - by * pivot[j]!;
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

if (process.argv[1]?.endsWith('fit-certainty.ts')) {
  const [folder = '', names = ''] = process.argv.slice(2);
  const turns = names.split(',').flatMap((name) => seenTurns(join(folder, name)));
  console.log(JSON.stringify(fitCertainty(turns), undefined, 1));
}
