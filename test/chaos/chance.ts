/** Chance that can be repeated. */

/** Numbers by a seed; equal seeds give equal numbers. */
export interface Chance {
  /** From `least` up to but without `most`. */
  between(least: number, most: number): number;
  /** One of several, each as likely. */
  pick<T>(of: readonly T[]): T;
  /** The same things in another order. */
  shuffle<T>(of: readonly T[]): T[];
}

/** The mulberry32 generator: short, and good enough to choose faults. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + next() * (most - least);
  return {
    between,
    pick: (of) => {
      const one = of[Math.floor(next() * of.length)];
      if (one === undefined) throw new Error('There is nothing to choose from.');
      return one;
    },
    shuffle: (of) =>
      of
        .map((thing) => ({ thing, place: next() }))
        .sort((a, b) => a.place - b.place)
        .map(({ thing }) => thing),
  };
}
