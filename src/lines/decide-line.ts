/** A decision about a line, or about a chapter, in a review: field by field, with the way back. Pure. */
import type { Approval, Decision, Review } from '../review/review.ts';
import { anchorOf } from '../script/lines/line-identity.ts';
import { type DecidedLine, decisionsOf, unlessEmpty } from './choose-take.ts';

/** What can be decided about a line; null takes it back. */
export type DecidedFields = {
  [Field in 'take' | 'say' | 'pause' | 'recording' | 'direction' | 'speaker' | 'comments' | 'approved']?:
    | Decision[Field]
    | null;
};

/** These are of the words that they were decided for, so the words are noted anew with them. */
const OF_WORDS = ['take', 'say', 'recording'] as const;

/** The review with the fields. What else is decided about the line, also what this version does not know, stays. */
export function withDecided(review: Review, line: DecidedLine, fields: DecidedFields): Review {
  const known = decisionsOf(review, line);
  const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
  const anchor = anchorOf(line.lines, line.index);
  if (known.size === 0) {
    if (Object.keys(set).length === 0) return review;
    return { ...review, lines: [...review.lines, { ...anchor, ...set }] };
  }
  const [first] = known;
  const isOfWords = OF_WORDS.some((field) => set[field] !== undefined);
  const changed = (decision: Decision): Decision => {
    const rest = without(decision, Object.keys(fields));
    if (decision !== first) return rest;
    return isOfWords ? { ...rest, ...anchor, id: rest.id || anchor.id, ...set } : { ...rest, ...set };
  };
  return { ...review, lines: review.lines.flatMap((one) => (known.has(one) ? unlessEmpty(changed(one)) : [one])) };
}

/** What is decided about a line now, of these fields; null for what is not. */
export function decidedFields(review: Review, line: DecidedLine, names: readonly string[]): DecidedFields {
  const decision: Partial<Decision> = Object.assign({}, ...decisionsOf(review, line));
  return Object.fromEntries(names.map((name) => [name, decision[name as keyof Decision] ?? null]));
}

/** The review with the approval of a chapter, or without one. */
export function withApproval(review: Review, title: string, approved: Approval | null): Review {
  const known = review.chapters.find((chapter) => chapter.title === title);
  if (known === undefined)
    return approved === null ? review : { ...review, chapters: [...review.chapters, { title, approved }] };
  const { approved: _, ...rest } = known;
  const isEmpty = approved === null && Object.keys(rest).length === 1;
  const changed = isEmpty ? [] : [{ ...rest, ...(approved !== null && { approved }) }];
  return { ...review, chapters: review.chapters.flatMap((chapter) => (chapter === known ? changed : [chapter])) };
}

function without(decision: Decision, names: readonly string[]): Decision {
  return Object.fromEntries(Object.entries(decision).filter(([name]) => !names.includes(name))) as unknown as Decision;
}
