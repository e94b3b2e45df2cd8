/** Longer names are not compared: nobody mistypes them, and the comparison is quadratic in the length. */
const LONGEST_NAME = 64;

/** Most steps of one `NearestNames`, a step being one cell of an edit distance: about half a second. */
const MOST_STEPS = 20_000_000;

/**
 * The candidate that a mistyped name probably means; undefined when none is close. Case, width and the composition of
 * accents do not count. Allows one edit (a letter added, removed, changed, or two swapped) for every three letters, at
 * least one.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  return new NearestNames(candidates).to(name);
}

/**
 * `nearestName` for many names and the same candidates. Both sizes may be an author's, so their product is bounded: after
 * `mostSteps` steps the search answers undefined, and `isExhausted` is true.
 */
export class NearestNames {
  readonly #candidates: Iterable<string>;
  /** By their length, with their place in the order. Prepared at the first search. */
  #byLength: Map<number, Candidate[]> | undefined;
  readonly #found = new Map<string, string | undefined>();
  #stepsLeft: number;
  readonly #mostEdits: number;

  /** `mostEdits`: default one for every three letters. */
  constructor(candidates: Iterable<string>, { mostSteps = MOST_STEPS, mostEdits = Number.POSITIVE_INFINITY } = {}) {
    this.#candidates = candidates;
    this.#stepsLeft = mostSteps;
    this.#mostEdits = mostEdits;
  }

  /** No more names are compared. */
  get isExhausted(): boolean {
    return this.#stepsLeft <= 0;
  }

  /** The nearest candidate; of two equally near ones the first. */
  to(name: string): string | undefined {
    // Composition shortens a name at most four times (U+1F82 and its like).
    if (this.isExhausted || name.length > 4 * LONGEST_NAME) return undefined;
    if (!this.#found.has(name)) this.#found.set(name, this.#search(name));
    return this.#found.get(name);
  }

  #search(name: string): string | undefined {
    const wanted = comparable(name);
    if (wanted.length === 0 || wanted.length > LONGEST_NAME) return undefined;
    this.#byLength ??= byLength(this.#candidates);
    const most = Math.min(this.#mostEdits, Math.max(1, Math.floor(wanted.length / 3)));
    let best: Candidate | undefined;
    let bestDistance = most + 1;
    // The most similar lengths first: the closer the best one is, the fewer lengths are left.
    for (let difference = 0; difference <= Math.min(bestDistance, most); difference++) {
      for (const length of difference === 0
        ? [wanted.length]
        : [wanted.length - difference, wanted.length + difference]) {
        for (const candidate of this.#byLength.get(length) ?? []) {
          this.#stepsLeft -= 1 + wanted.length * length;
          const distance = editDistance(wanted, candidate.characters);
          // Short names with no letter in common are not similar.
          if (distance >= Math.max(wanted.length, length)) continue;
          const isNearer = distance < bestDistance;
          if (!isNearer && !(distance === bestDistance && best !== undefined && candidate.order < best.order)) continue;
          best = candidate;
          bestDistance = distance;
        }
        if (this.isExhausted) return best?.name;
      }
    }
    return best?.name;
  }
}

interface Candidate {
  name: string;
  characters: string[];
  order: number;
}

function byLength(names: Iterable<string>): Map<number, Candidate[]> {
  const groups = new Map<number, Candidate[]>();
  let order = 0;
  for (const name of names) {
    if (name.length > 4 * LONGEST_NAME) continue;
    const characters = comparable(name);
    const group = groups.get(characters.length) ?? [];
    group.push({ name, characters, order: order++ });
    groups.set(characters.length, group);
  }
  return groups;
}

function comparable(name: string): string[] {
  return [...name.normalize('NFKC').toLowerCase().trim()];
}

/** Edits between two names, a swap of neighbours counting one (optimal string alignment). */
function editDistance(a: string[], b: string[]): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const changed = a[row - 1] === b[column - 1] ? 0 : 1;
      let edits = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + changed);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, beforeLast[column - 2]! + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
