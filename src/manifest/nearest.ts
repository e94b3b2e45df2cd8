/** Longer names are not compared: nobody mistypes them, and the comparison is quadratic in the length. */
const LONGEST_NAME = 64;

/**
 * The candidate that a mistyped name probably means; undefined when none is close. Case, width and the composition of
 * accents do not count. Allows one edit (a letter added, removed, changed, or two swapped) for every three letters, at
 * least one.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = comparable(name);
  if (wanted.length === 0 || wanted.length > LONGEST_NAME) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const given = comparable(candidate);
    if (given.length > LONGEST_NAME || Math.abs(given.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, given);
    // Short names with no letter in common are not similar.
    if (distance < bestDistance && distance < Math.max(wanted.length, given.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
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
