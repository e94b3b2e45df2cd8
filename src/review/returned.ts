/**
 * Joins what a reviewer without the program has decided (a file of `pipeline review --export`) with the review of the book, so
 * that no decision of anybody is lost. Pure.
 */
import type { KnownLine } from '../script/lines/line-identity.ts';
import { linesOfDecisions } from './apply.ts';
import { type MergeConflict, mergeReviews } from './merge.ts';
import { type Comment, type Decision, type Review, SOUND_FIELDS } from './review.ts';

/** The field by which a decision in such a file says what it replaces. */
const REPLACES = 'replaces';

/** The result of a merge. */
export interface ReturnedReview {
  review: Review;
  /** Decisions in the returned file. */
  decisions: number;
  /** Of these, how many the book did not have yet. */
  taken: number;
  /** What both have decided differently: that of the book stays, and the other one is kept as a comment. */
  conflicts: MergeConflict[];
  /** Decisions whose line is gone: they are kept, and applied to nothing. */
  withoutLine: Decision[];
}

/** Whether the file is of another book: it has another title, and most of its lines are not in this one. */
export function isOfOtherBook(
  returned: Review,
  { title, lines }: { title: string; lines: readonly KnownLine[] },
): boolean {
  if (returned.book === undefined || returned.book === title) return false;
  const lost = linesOfDecisions(returned.lines, lines).filter((index) => index === undefined).length;
  return lost * 2 > returned.lines.length;
}

/** The merged review; `own` itself when it has everything already. `lines`: of the book as it is now. */
export function mergeReturned(own: Review, returned: Review, lines: readonly KnownLine[]): ReturnedReview {
  const places = linesOfDecisions(returned.lines, lines);
  const known = ownByLine(own, lines);
  const theirs = returned.lines.map((decision, at): Decision => {
    const index = places[at];
    const mine = index === undefined ? undefined : known.get(index);
    // Both are about one line: then they are one decision, with the name that the book's own file has for it.
    return mine === undefined ? decision : { ...decision, id: mine.id, at: mine.at, words: mine.words };
  });
  const base: Review = { chapters: [], lines: theirs.flatMap(replacedBy) };
  const clean: Review = {
    ...(returned.approved && { approved: returned.approved }),
    chapters: returned.chapters,
    lines: theirs.map(withoutReplaces),
  };
  const { review, conflicts } = mergeReviews(base, own, clean);
  const noted = withRejected(review, conflicts, clean);
  const before = new Map(own.lines.map((decision) => [keyOf(decision), JSON.stringify(decision)]));
  const after = new Map(noted.lines.map((decision) => [keyOf(decision), JSON.stringify(decision)]));
  const taken = clean.lines.filter((decision) => before.get(keyOf(decision)) !== after.get(keyOf(decision))).length;
  const merged = { ...noted, lines: noted.lines.map((decision) => ofTheirWords(decision, clean, returned)) };
  return {
    review: JSON.stringify(noted) === JSON.stringify(own) ? own : merged,
    decisions: returned.lines.length,
    taken,
    conflicts: conflicts.filter(({ field }) => field !== 'approved'),
    withoutLine: returned.lines.filter((_, at) => places[at] === undefined),
  };
}

function ownByLine(own: Review, lines: readonly KnownLine[]): Map<number, Decision> {
  const found = linesOfDecisions(own.lines, lines);
  const byLine = new Map<number, Decision>();
  for (const [at, decision] of own.lines.entries()) {
    const index = found[at];
    if (index !== undefined && !byLine.has(index)) byLine.set(index, decision);
  }
  return byLine;
}

function keyOf({ id, at, words }: Decision): string {
  return id === '' ? `${at} ${words}` : id;
}

/** What the reviewer had before the eyes; only of fields that the decision changes, because others are not removed by it. */
function replacedBy(decision: Decision): Decision[] {
  const replaced = decision.more?.[REPLACES];
  if (typeof replaced !== 'object' || replaced === null) return [];
  const fields = [...SOUND_FIELDS, 'approved' as const].filter(
    (field) => decision[field] !== undefined && Object.hasOwn(replaced, field),
  );
  const { id, at, words } = decision;
  return [{ id, at, words, ...Object.fromEntries(fields.map((field) => [field, (replaced as never)[field]])) }];
}

function withoutReplaces({ more, ...decision }: Decision): Decision {
  const { [REPLACES]: _, ...rest } = more ?? {};
  return Object.keys(rest).length === 0 ? decision : { ...decision, more: rest };
}

/** A take is of the words that it was chosen for: those that the reviewer has heard. */
function ofTheirWords(decision: Decision, clean: Review, returned: Review): Decision {
  const at = clean.lines.findIndex((one) => keyOf(one) === keyOf(decision));
  const heard = returned.lines[at];
  if (heard?.take === undefined || heard.take !== decision.take || heard.words === decision.words) return decision;
  const { words, before, after, chapterTitle, occurrence } = heard;
  const { before: _b, after: _a, chapterTitle: _c, occurrence: _o, ...rest } = decision;
  return {
    ...rest,
    ...{ id: decision.id || heard.id, at: heard.at, words },
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(chapterTitle !== undefined && { chapterTitle }),
    ...(occurrence !== undefined && { occurrence }),
  };
}

/** The review with a comment for each decision that did not win. Equal comments are there once, so a second merge adds none. */
function withRejected(review: Review, conflicts: readonly MergeConflict[], theirs: Review): Review {
  const about = conflicts.filter(({ field }) => field !== 'more');
  if (about.length === 0) return review;
  const notesFor = (decision: Decision): Comment[] => {
    const other = theirs.lines.find((one) => keyOf(one) === keyOf(decision));
    if (other === undefined) return [];
    return about.flatMap(({ at, field, theirs: value }): Comment[] => {
      if (at !== decision.at) return [];
      const { by, on } = other.approved ?? other.comments?.[0] ?? {};
      const text =
        field === 'approved'
          ? 'approved, too'
          : `${field}: ${String(value)} (not applied: the book has ${field}: ${String(decision[field as never])})`;
      return [{ text, ...(by !== undefined && { by }), ...(on !== undefined && { on }) }];
    });
  };
  return {
    ...review,
    lines: review.lines.map((decision) => {
      const has = new Set((decision.comments ?? []).map(({ text, by }) => `${by} ${text}`));
      const notes = notesFor(decision).filter(({ text, by }) => !has.has(`${by} ${text}`));
      return notes.length === 0 ? decision : { ...decision, comments: [...(decision.comments ?? []), ...notes] };
    }),
  };
}
