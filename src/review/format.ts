/** Writes a review file. Equal reviews give equal bytes; a decision is a block of its own, in the order of the book. Pure. */
import { Document } from 'yaml';
import { type LineName, parseLineName } from '../script/lines/line-name.ts';
import {
  type Approval,
  type ChapterDecision,
  type Comment,
  type Decision,
  REVIEW_VERSION,
  type Review,
  SOUND_FIELDS,
} from './review.ts';

/** The last line: a file without it was not written to its end. */
export const LAST_LINE = '...';

const HEADING = [
  '# What people decided about the lines of this book. The program reads and writes this file; people may edit it.',
  '# Keep "id" and "words" as they are, and the last line. The fields: docs/reference/review.md',
];

/**
 * The text of a review file. `chapterNumbers`: of all chapters of the book. Each gets a heading, so that git can merge
 * decisions about different chapters even where a chapter had none before.
 */
export function formatReview(
  review: Review,
  { chapterNumbers = [] }: { chapterNumbers?: readonly number[] } = {},
): string {
  const { book, approved, chapters, more } = review;
  const head = {
    version: REVIEW_VERSION,
    ...(book !== undefined && { book }),
    ...(approved && { approved: approvalValue(approved) }),
    ...more,
    ...(chapters.length > 0 && { chapters: chapters.map(chapterValue) }),
  };
  return [...HEADING, yamlOf(head), 'lines:', ...lineBlocks(review.lines, chapterNumbers), LAST_LINE, ''].join('\n');
}

function lineBlocks(decisions: readonly Decision[], chapterNumbers: readonly number[]): string[] {
  const placed = decisions.map((decision) => ({ decision, place: placeOf(decision) }));
  placed.sort((a, b) => comparePlaces(a.place, b.place) || (a.decision.id < b.decision.id ? -1 : 1));
  const numbers = new Set([...chapterNumbers, ...placed.map(({ place }) => place.chapter)]);
  return [...numbers]
    .sort((a, b) => a - b)
    .flatMap((number) => [
      ...(Number.isFinite(number) ? [`# chapter ${number}`] : []),
      ...placed
        .filter(({ place }) => place.chapter === number)
        .map(({ decision }) => yamlOf([decisionValue(decision)])),
    ]);
}

/** Decisions without a valid place come last. */
function placeOf({ at }: Decision): LineName {
  return parseLineName(at) ?? { chapter: Number.POSITIVE_INFINITY, line: 0 };
}

function comparePlaces(a: LineName, b: LineName): number {
  if (a.chapter !== b.chapter) return a.chapter < b.chapter ? -1 : 1;
  return a.line - b.line || (a.segment ?? 0) - (b.segment ?? 0);
}

function decisionValue(decision: Decision): object {
  const { id, at, words, before, after, occurrence, chapterTitle, comments, approved, more } = decision;
  const sound = SOUND_FIELDS.flatMap((field) => (decision[field] === undefined ? [] : [[field, decision[field]]]));
  return {
    ...(id !== '' && { id }),
    ...(at !== '' && { at }),
    words,
    ...Object.fromEntries(sound),
    ...notes(comments, approved),
    ...more,
    // Last, because nobody changes them: git merges a change in one block with a new block after it.
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(occurrence !== undefined && { occurrence }),
    ...(chapterTitle !== undefined && { chapterTitle }),
  };
}

function chapterValue({ title, comments, approved, more }: ChapterDecision): object {
  return { title, ...notes(comments, approved), ...more };
}

function notes(comments: readonly Comment[] = [], approved: Approval | undefined): object {
  return {
    ...(comments.length > 0 && { comments: comments.map(({ more, ...comment }) => ({ ...comment, ...more })) }),
    ...(approved && { approved: approvalValue(approved) }),
  };
}

function approvalValue({ more, ...approval }: Approval): object | true {
  const fields = { ...approval, ...more };
  return Object.keys(fields).length === 0 ? true : fields;
}

/** Each text in quotes and on one line: other programs then read the same, and a change is a change of one line. */
function yamlOf(value: object): string {
  const text = new Document(value, { aliasDuplicateObjects: false }).toString({
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    doubleQuotedAsJSON: true,
    doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
  });
  return text.trimEnd();
}
