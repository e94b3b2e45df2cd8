/** What can be wrong with a review file. Pure. */
import type { z } from 'zod';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import type { FieldPath } from '../manifest/yaml/places.ts';
import { LAST_LINE } from './format.ts';
import { REVIEW_BYTES, REVIEW_VERSION } from './review.ts';

/** A problem without its place. */
export type Problem = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

/** A field that the schema refuses. */
export function problemOf(issue: z.core.$ZodIssue, path: FieldPath): Problem {
  const name = String(path.findLast((step) => typeof step === 'string') ?? 'review file');
  const item = path.findIndex((step) => typeof step === 'number');
  const place = item < 0 ? '' : ` in item ${Number(path[item]) + 1} of "${path[item - 1]}"`;
  const fix = 'docs/reference/review.md shows each field; to take a decision back, remove its line.';
  if (path.length === 0) return { code: 'review-wrong-value', message: 'This is no review file.', fix };
  if (issue.input === undefined)
    return { code: 'review-missing-field', message: `There is no "${name}"${place}.`, fix };
  const message =
    typeof path.at(-1) === 'number'
      ? `This item of "${name}" must be ${issue.message}.`
      : `"${name}"${place} must be ${issue.message}.`;
  return { code: 'review-wrong-value', message, fix };
}

/** A file of a newer version of the format. */
export function newer(version: number): Problem {
  const message = `This review file has version ${version}; this program reads up to version ${REVIEW_VERSION}.`;
  return { code: 'review-newer', message, fix: 'Use the version of the program that wrote it, or a newer one.' };
}

/** A file without its last line. */
export function incomplete(text: string): Problem {
  const message =
    text.trim() === ''
      ? 'This review file is empty.'
      : `This review file is incomplete: its last line is not "${LAST_LINE}".`;
  const fix = `Copy it again. If nothing is missing, write "${LAST_LINE}" as its last line; if it is not needed, delete it.`;
  return { code: 'review-incomplete', message, fix };
}

/** A file of more than `REVIEW_BYTES`. */
export function tooLarge(byteLength: number): Problem {
  const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '');
  const message = `This review file has ${megabytes(byteLength)} MB; the maximum is ${megabytes(REVIEW_BYTES)} MB.`;
  return { code: 'file-too-large', message, fix: 'Check that it is the review file of this book.' };
}

/** The warning for a field that is nearly the name of another one. */
export function mistyped(name: string, near: string): Problem {
  const message = `There is no field "${name.slice(0, 60)}" in a review file, so it has no effect.`;
  return { code: 'review-unknown-field', message, fix: `Did you mean "${near}"?` };
}

/** Conflict markers around what cannot be read. */
export function conflictMarkers(text: string): Problem {
  const line = text.slice(0, text.search(/^<{7}/m)).split('\n').length;
  const message = `This review file has merge conflict markers (line ${line}), and one of its two versions has errors.`;
  return { code: 'review-conflict', message, fix: 'Keep the right decisions, and remove the markers.' };
}

/** The warning for conflict markers around decisions that agree with each other. */
export function mergedConflict(): Problem {
  const message = 'This review file has merge conflict markers; the decisions of both versions are used.';
  const fix = 'The next decision that is made with the program writes it without the markers.';
  return { code: 'review-merged', message, fix };
}

/** Two versions that contradict each other. */
export function bothDecide(of: {
  file: string;
  at: string | undefined;
  field: string;
  ours: unknown;
  theirs: unknown;
}): Diagnostic {
  const { file, at, field, ours, theirs } = of;
  const message = `Both versions of this review file decide about ${at ?? 'the book'}: ${field} ${shown(ours)} or ${shown(theirs)}.`;
  const fix = 'Keep one of the two, and remove the conflict markers.';
  return { severity: 'error', file, code: 'review-conflict', message, fix };
}

/** Two items of one file that contradict each other. */
export function decidedTwice(of: { at: string; field: string; ours: unknown; theirs: unknown }): Problem {
  const { at, field, ours, theirs } = of;
  const message = `There are two decisions about ${at === '' ? 'this line' : at}: ${field} ${shown(ours)} and ${shown(theirs)}.`;
  return { code: 'review-decided-twice', message, fix: 'Keep one of the two.' };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none';
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
