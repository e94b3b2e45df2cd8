import { lastAtMost } from './position.ts';

/**
 * Maps the characters of a derived text (a YAML value, a paragraph with its whitespace folded) to their source.
 *
 * Stored as break points, ascending in both lists: from `at[i]` on, characters map to their source one by one, starting at
 * `source[i]`. Prose needs about one point per line.
 */
export interface OffsetMap {
  at: number[];
  source: number[];
}

/** An empty map; fill it from left to right with `noteOffset`. */
export function emptyOffsetMap(): OffsetMap {
  return { at: [], source: [] };
}

/** Maps the derived character `at` to `source`. Adds a point only where the difference changes. */
export function noteOffset(map: OffsetMap, at: number, source: number): void {
  const last = map.at.length - 1;
  if (last >= 0 && source - at === map.source[last]! - map.at[last]!) return;
  map.at.push(at);
  map.source.push(source);
}

/** The source offset of a derived offset. An empty map leaves the offset as it is. */
export function sourceOffset(map: OffsetMap, at: number): number {
  if (map.at.length === 0) return at;
  const point = lastAtMost(map.at, at);
  return map.source[point]! + (at - map.at[point]!);
}
