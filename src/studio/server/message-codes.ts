/**
 * What the server says in English, as codes with values, so that the page can say it in another language. Codes and values are
 * added, never renamed; the page has a text for each code in each language, which its types hold.
 */
import type { ErrorCode } from '../../errors.ts';

/** A code with its values, which stand in the text. */
export interface CodedMessage<Code extends string = string> {
  code: Code;
  values?: Readonly<Record<string, string | number>>;
}

/** The codes of the studio's own problems, beside those of failures. */
export const PROBLEM_CODES = [
  'by-hand',
  'changed-since',
  'faults-open',
  'foreign-host',
  'foreign-origin',
  'handout-busy',
  'handout-too-large',
  'incomplete',
  'internal',
  'manifest',
  'merge-fields',
  'merge-narrator',
  'most-takes',
  'named-already',
  'no-chapter',
  'no-job',
  'no-line',
  'no-login',
  'no-proposal',
  'no-resource',
  'no-stretch',
  'no-studio',
  'no-token',
  'not-converted',
  'not-finished',
  'not-heard',
  'not-in-file',
  'not-json',
  'not-spoken',
  'not-wav',
  'nothing-changed',
  'nothing-to-hear',
  'nothing-to-undo',
  'other-line',
  'price-changed',
  'proposal-unfitting',
  'proposal-without-text',
  'recording',
  'recording-unusable',
  'request',
  'store-gone',
  'text-changed',
  'too-large',
  'too-many-pages',
  'undone-already',
  'unknown-speaker',
  'variation',
  'watched',
  'word',
  'word-known',
  'words-read-otherwise',
  'wrong-field',
  'wrong-setting',
  'wrong-token',
] as const;
/** The code of a problem. */
export type ProblemCode = (typeof PROBLEM_CODES)[number] | ErrorCode;

/** What a job is doing. */
export const JOB_CODES = [
  'waiting-apply',
  'waiting-line',
  'speaking',
  'speaking-line',
  'mastering',
  'binding',
  'made-chapters',
  'made-book',
  'takes',
  'converting',
  'converted',
  'stopped',
] as const;
/** The code of what a job is doing. */
export type JobCode = (typeof JOB_CODES)[number];

/** What was done, as undo names it. */
export const DONE_CODES = [
  'take',
  'back',
  'field-say',
  'field-pause',
  'field-direction',
  'field-speaker',
  'field-approved',
  'fields',
  'comment',
  'recording',
  'approval',
  'no-approval',
  'words',
  'pronunciation',
  'speakers',
  'merge',
  'proposal',
  'proposal-aside',
] as const;
/** The code of what was done. */
export type DoneCode = (typeof DONE_CODES)[number];

/** What a person should know about a book. */
export const NOTE_CODES = ['errors', 'orphan', 'orphan-nowhere', 'store-gone'] as const;
/** The code of a note. */
export type NoteCode = (typeof NOTE_CODES)[number];
