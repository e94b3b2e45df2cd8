import type { Exclusion } from './line.ts';
import type { Segment } from './segments.ts';

/** Proof that a text is spoken whole: where each of its characters went. Counted in UTF-16 code units. */
export interface Coverage {
  sourceCharacters: number;
  /** In a segment. */
  spoken: number;
  /** In no segment, and why: by the kind of exclusion, and `space` for white space between segments. */
  excluded: Partial<Record<Exclusion['kind'] | 'space', number>>;
}

/** A stretch of text that is in no segment and no exclusion, or in two segments. Finding one is our mistake. */
export interface Uncovered {
  start: number;
  end: number;
}

/**
 * Accounts for each character of a chapter's source: it is in exactly one segment, in a named exclusion, or white space.
 * Answers the first place where that does not hold. Linear.
 */
export function proveCoverage({
  text,
  segments,
  exclusions,
}: {
  text: string;
  segments: readonly Segment[];
  exclusions: readonly Exclusion[];
}): { coverage: Coverage } | { uncovered: Uncovered } {
  const excluded = new Map<number, Exclusion['kind']>();
  for (const { kind, start, end } of exclusions) for (let at = start; at < end; at++) excluded.set(at, kind);
  const coverage: Coverage = { sourceCharacters: text.length, spoken: 0, excluded: {} };
  const count = (kind: keyof Coverage['excluded']): void => {
    coverage.excluded[kind] = (coverage.excluded[kind] ?? 0) + 1;
  };
  let at = 0;
  for (const { start, end } of [...segments, { start: text.length, end: text.length }]) {
    if (start < at) return { uncovered: { start, end: at } };
    for (; at < start; at++) {
      const kind = excluded.get(at) ?? (isBetween(text, at) ? 'space' : undefined);
      if (kind === undefined) return { uncovered: { start: at, end: start } };
      count(kind);
    }
    for (; at < end; at++) {
      const kind = excluded.get(at);
      if (kind === undefined) coverage.spoken++;
      else count(kind);
    }
  }
  return { coverage };
}

/** White space, or the backslash of `\[` that stands just before a segment. */
function isBetween(text: string, at: number): boolean {
  return /\s/.test(text[at]!) || (text[at] === '\\' && /[[\]【】]/.test(text[at + 1] ?? ''));
}
