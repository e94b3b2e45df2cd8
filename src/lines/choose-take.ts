/** A choice of a take as a decision in a review, and the way back. Pure. */
import type { Decision, Review } from '../review/review.ts';
import { anchorOf, type KnownLine, resolveAnchors } from '../script/lines/line-identity.ts';

/** The line that a decision is about, among all lines of its book. */
export interface DecidedLine {
  lines: readonly KnownLine[];
  /** 0-based. */
  index: number;
}

/** What is chosen. The number is of the takes of these words with this direction. */
export interface Choice {
  take: number;
  say?: string | undefined;
  direction?: string | undefined;
}

/** The review with the choice. What else is decided about the line, also what this version does not know, stays. */
export function withChoice(review: Review, line: DecidedLine, { take, say, direction }: Choice): Review {
  const chosen = { take, ...(say !== undefined && { say }), ...(direction !== undefined && { direction }) };
  const known = decisionsOf(review, line);
  if (known.size === 0)
    return { ...review, lines: [...review.lines, { ...anchorOf(line.lines, line.index), ...chosen }] };
  const anchor = anchorOf(line.lines, line.index);
  const [first] = known;
  // A take is of the words that it was chosen for, so the words are noted anew; the ID stays.
  const changed = (decision: Decision): Decision =>
    decision === first ? { ...decision, ...anchor, id: decision.id || anchor.id, ...chosen } : withoutTake(decision);
  return { ...review, lines: review.lines.flatMap((one) => (known.has(one) ? unlessEmpty(changed(one)) : [one])) };
}

/** The review without the choice of a take for the line, and without the words and the direction that belong to it. */
export function withoutChoice(review: Review, line: DecidedLine): Review {
  const known = decisionsOf(review, line);
  if (![...known].some(hasChoice)) return review;
  return {
    ...review,
    lines: review.lines.flatMap((one) => (known.has(one) ? unlessEmpty(withoutTake(one)) : [one])),
  };
}

/** The choice in a review for the line; undefined when there is none. */
export function choiceFor(review: Review, line: DecidedLine): Partial<Choice> | undefined {
  const found = [...decisionsOf(review, line)].filter(hasChoice);
  if (found.length === 0) return undefined;
  const { take, say, direction } = Object.assign({}, ...found) as Decision;
  return { ...(take !== undefined && { take }), say, direction };
}

/** The decisions in a review that are about the line. */
export function decisionsOf({ lines: decisions }: Review, { lines, index }: DecidedLine): Set<Decision> {
  const found = resolveAnchors(decisions, lines);
  return new Set(decisions.filter((_, at) => found[at] === index));
}

function hasChoice({ take, say, direction }: Decision): boolean {
  return take !== undefined || say !== undefined || direction !== undefined;
}

function withoutTake({ take: _take, say: _say, direction: _direction, ...rest }: Decision): Decision {
  return rest;
}

/** A decision that decides nothing is dropped. */
export function unlessEmpty(decision: Decision): Decision[] {
  const { id: _id, at: _at, words: _w, before: _b, after: _a, chapterTitle: _c, occurrence: _o, ...decided } = decision;
  return Object.values(decided).some((value) => value !== undefined) ? [decision] : [];
}
