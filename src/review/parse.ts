/** Reads a review file and reports all of its errors. Untrusted input: bounded in size, depth and number. Never throws. */
import type { z } from 'zod';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { DiagnosticList } from '../manifest/diagnostics/diagnostic-list.ts';
import { nearestName } from '../manifest/diagnostics/nearest.ts';
import { decodeText } from '../manifest/yaml/decode.ts';
import { type FieldPath, placesIn } from '../manifest/yaml/places.ts';
import { lineIndex, type TextRange } from '../manifest/yaml/position.ts';
import { readYaml } from '../manifest/yaml/yaml.ts';
import { LAST_LINE } from './format.ts';
import { conflictOf } from './git-conflict.ts';
import { decisionKey, joinDecisions, mergeReviews } from './merge.ts';
import {
  bothDecide,
  conflictMarkers,
  decidedTwice,
  incomplete,
  mergedConflict,
  mistyped,
  newer,
  type Problem,
  problemOf,
  tooLarge,
} from './problems.ts';
import {
  type Approval,
  type ChapterDecision,
  type Comment,
  type Decision,
  EMPTY_REVIEW,
  REVIEW_BYTES,
  REVIEW_VERSION,
  type Review,
} from './review.ts';
import { chapterDecisionSchema, decisionSchema, reviewSchema } from './schema.ts';

/** A review file as it was read. */
export interface ReadReview {
  /** Absent when the file has an error: then nothing of it counts. */
  review?: Review;
  diagnostics: Diagnostic[];
  /** For messages; absent when it is not text. */
  text?: string;
  /** Where the decision of this key (`decisionKey`) has a field; undefined where it cannot be said. */
  placeOf(key: string, field?: string): TextRange | undefined;
}

/** Reads the bytes of a review file; `file` is its name in diagnostics. */
export function parseReview({ file, bytes }: { file: string; bytes: Uint8Array }): ReadReview {
  const nowhere = { placeOf: () => undefined };
  const refuse = (problem: Problem): ReadReview => ({
    diagnostics: [{ severity: 'error', file, ...problem }],
    ...nowhere,
  });
  if (bytes.length > REVIEW_BYTES) return refuse(tooLarge(bytes.length));
  const decoded = decodeText({ file, bytes });
  if ('diagnostic' in decoded) return { diagnostics: [decoded.diagnostic], ...nowhere };
  const { text } = decoded;
  const conflict = conflictOf(text);
  if (conflict === undefined) return readText(file, text);
  const [ours, theirs] = [readText(file, conflict.ours), readText(file, conflict.theirs)];
  const base = conflict.base === undefined ? undefined : readText(file, conflict.base).review;
  if (ours.review === undefined || theirs.review === undefined) return { ...refuse(conflictMarkers(text)), text };
  const { review, conflicts } = mergeReviews(base, ours.review, theirs.review);
  const diagnostics = conflicts.map((one) => bothDecide({ file, ...one }));
  if (diagnostics.length > 0) return { diagnostics, text, ...nowhere };
  const merged: Diagnostic = { severity: 'warning', file, ...mergedConflict() };
  return { review, diagnostics: [merged, ...ours.diagnostics], text, ...nowhere };
}

function readText(file: string, text: string): ReadReview {
  const lines = lineIndex(text);
  const found = new DiagnosticList();
  const { document, value, diagnostics } = readYaml({
    file,
    text,
    lines,
    what: 'review file',
    mostTokens: MOST_TOKENS,
  });
  found.add(...diagnostics);
  const places = document && placesIn(document, lines);
  const note = (
    path: FieldPath,
    on: 'key' | 'value',
    problem: Problem,
    severity: Diagnostic['severity'] = 'error',
  ): void => found.add({ severity, file, ...problem, ...places?.[on](path) });
  const nowhere: ReadReview = { diagnostics: found.all, text, placeOf: () => undefined };
  // First of all: an incomplete file has errors that are not the author's, and a newer one has none that count.
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > REVIEW_VERSION) {
    note(['version'], 'value', newer(version));
    return nowhere;
  }
  if (!new RegExp(`(?:^|\\n)${LAST_LINE.replaceAll('.', '\\.')}\\s*$`).test(text))
    return { ...nowhere, diagnostics: [{ severity: 'error', file, ...incomplete(text) }] };
  if (document === undefined || found.hasErrors) return nowhere;
  const parsed = reviewSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      note(path, issue.input === undefined ? 'key' : 'value', problemOf(issue, path));
    }
    return nowhere;
  }
  noteNearFields(value, (path, problem) => note(path, 'key', problem, 'warning'));
  const indexes = new Map<string, number[]>();
  const decisions = new Map<string, Decision>();
  for (const [index, given] of (parsed.data.lines ?? []).entries()) {
    const decision = decisionOf(given, rawItem(value, 'lines', index));
    const key = decisionKey(decision);
    const other = decisions.get(key);
    indexes.set(key, [...(indexes.get(key) ?? []), index]);
    if (other === undefined) decisions.set(key, decision);
    else {
      const { decision: joined, conflicts } = joinDecisions(other, decision);
      for (const { field, ours, theirs } of conflicts)
        note(['lines', index, field], 'value', decidedTwice({ at: decision.at, field, ours, theirs }));
      decisions.set(key, joined);
    }
  }
  if (found.hasErrors) return nowhere;
  const { book, approved, chapters } = parsed.data;
  const more = unknownOf(value, reviewSchema.shape);
  const review: Review = {
    ...EMPTY_REVIEW,
    ...(book !== undefined && { book }),
    ...(approved !== undefined && { approved: approvalOf(approved) }),
    chapters: (chapters ?? []).map((chapter, index) => chapterOf(chapter, rawItem(value, 'chapters', index))),
    lines: [...decisions.values()],
    ...(more && { more }),
  };
  return {
    review,
    diagnostics: found.all,
    text,
    placeOf(key, field) {
      const all = indexes.get(key) ?? [];
      const index =
        all.find((one) => field === undefined || Object.hasOwn(rawItem(value, 'lines', one), field)) ?? all[0];
      if (index === undefined) return undefined;
      return places?.[field === undefined ? 'key' : 'value'](['lines', index, ...(field === undefined ? [] : [field])]);
    },
  };
}

/** A decision has about 60 tokens. */
const MOST_TOKENS = 1_500_000;

type Fields = Record<string, unknown>;

function rawItem(value: unknown, list: 'lines' | 'chapters', index: number): Fields {
  return ((value as Record<string, Fields[]>)[list]?.[index] ?? {}) as Fields;
}

function decisionOf(given: z.output<typeof decisionSchema>, raw: Fields): Decision {
  const {
    id = '',
    at = '',
    words,
    before,
    after,
    occurrence,
    chapterTitle,
    take,
    say,
    pause,
    recording,
    direction,
    speaker,
  } = given;
  const fields = { before, after, occurrence, chapterTitle, take, say, pause, recording, direction, speaker };
  return { id, at, words, ...present(fields), ...notesOf(given, raw, decisionSchema.shape) };
}

function chapterOf(given: z.output<typeof chapterDecisionSchema>, raw: Fields): ChapterDecision {
  return { title: given.title, ...notesOf(given, raw, chapterDecisionSchema.shape) };
}

function notesOf(
  given: Pick<z.output<typeof decisionSchema>, 'comment' | 'comments' | 'approved'>,
  raw: Fields,
  shape: object,
): Pick<Decision, 'comments' | 'approved' | 'more'> {
  const { comment, comments = [], approved } = given;
  const all: Comment[] = [...(comment === undefined ? [] : [{ text: comment }]), ...comments.map(commentOf)];
  const more = unknownOf(raw, shape);
  return {
    ...(all.length > 0 && { comments: all }),
    ...(approved !== undefined && { approved: approvalOf(approved) }),
    ...(more && { more }),
  };
}

function commentOf({ text, about, until, untilId, by, on, ...rest }: Comment & Fields): Comment {
  return withMore({ text, ...present({ about, until, untilId, by, on }) }, rest);
}

function approvalOf(approved: true | (Approval & Fields)): Approval {
  if (approved === true) return {};
  const { by, on, of, ...rest } = approved;
  return withMore(present({ by, on, of }), rest);
}

function withMore<Item extends object>(item: Item, rest: Fields): Item {
  return Object.keys(rest).length === 0 ? item : { ...item, more: rest };
}

function present<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** The fields that this version does not know; undefined when there are none. */
function unknownOf(raw: unknown, shape: object): Fields | undefined {
  const unknown = Object.entries(raw as Fields).filter(([name]) => !Object.hasOwn(shape, name) && name !== '__proto__');
  return unknown.length === 0 ? undefined : Object.fromEntries(unknown);
}

/** Warns of unknown fields that are probably mistyped ones; others may be a newer version's. */
function noteNearFields(value: unknown, note: (path: FieldPath, problem: Problem) => void): void {
  const look = (raw: Fields, shape: object, path: FieldPath): void => {
    for (const name of Object.keys(unknownOf(raw, shape) ?? {})) {
      const near = nearestName(name, Object.keys(shape));
      if (near !== undefined) note([...path, name], mistyped(name, near));
    }
  };
  look(value as Fields, reviewSchema.shape, []);
  const lists = [
    ['lines', decisionSchema.shape],
    ['chapters', chapterDecisionSchema.shape],
  ] as const;
  for (const [list, shape] of lists)
    for (const [index, raw] of ((value as Record<string, Fields[] | null>)[list] ?? []).entries())
      look(raw, shape, [list, index]);
}
