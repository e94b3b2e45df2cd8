/** How paragraphs look, as far as it tells a heading from text. Pure. */
import type { Block } from '../imported.ts';

/** Styles that are based on one another, one behind the other: real documents have fewer than ten; a crafted one costs no more. */
export const MOST_STYLES_IN_A_ROW = 100;

/** How a paragraph of a document looks. */
export interface Look {
  /** Points; that of most letters. Undefined: the document does not say. */
  sizePoints: number | undefined;
  /** Nearly all letters are. */
  isBold: boolean;
  isCentered: boolean;
  /** Nearly all letters are small capitals or capitals by their style. */
  isCapitals: boolean;
  /** A page begins with it. */
  startsPage: boolean;
  /** Name of its style; empty for the default. */
  style: string;
}

/** A run of a paragraph. */
export interface LookOfRun {
  letters: number;
  sizePoints: number | undefined;
  isBold: boolean;
  isCapitals: boolean;
}

/** What most letters of a paragraph look like. */
export function lookOfRuns(runs: readonly LookOfRun[]): Pick<Look, 'sizePoints' | 'isBold' | 'isCapitals'> {
  let [all, bold, capitals] = [0, 0, 0];
  const bySize = new Map<number | undefined, number>();
  for (const { letters, sizePoints, isBold, isCapitals } of runs) {
    all += letters;
    if (isBold) bold += letters;
    if (isCapitals) capitals += letters;
    bySize.set(sizePoints, (bySize.get(sizePoints) ?? 0) + letters);
  }
  const [sizePoints] = [...bySize].reduce<[number | undefined, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    [undefined, 0],
  );
  return { sizePoints, isBold: all > 0 && bold >= all * 0.9, isCapitals: all > 0 && capitals >= all * 0.9 };
}

/** The looks of the first block of each paragraph. */
export function looksOf(blocks: readonly (readonly Block[])[], looks: readonly Look[]): Map<Block, Look> {
  return new Map(blocks.flatMap(([block], index) => (block === undefined ? [] : [[block, looks[index]!] as const])));
}
