import { lastAtMost } from './position.ts';

/**
 * Where each character of a derived text (a YAML value, a paragraph with its whitespace folded) stands in its source.
 *
 * Kept as break points, ascending in both lists: from `at[i]` on, characters follow their source one by one, starting at
 * `source[i]`. Ordinary prose needs one point a line, not one a character.
 */
export interface OffsetMap {
  at: number[];
  source: number[];
}

/** An empty map, to be filled from left to right by `noteOffset`. */
export function emptyOffsetMap(): OffsetMap {
  return { at: [], source: [] };
}

/** Notes that the derived character `at` stands at `source`. Adds a point only where the two have drifted. */
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
