import type { z } from 'zod';
import { headFinding } from '../fields/chapter-heads.ts';
import { unionFinding } from '../fields/credits-schema.ts';
import { disclosureFinding } from '../fields/disclosure.ts';
import { fieldsAt, nearestField, placeOfField } from '../fields/known-fields.ts';
import {
  AUDIO_FORMATS,
  CAPTION_UNITS,
  EXTRAS,
  LINE_FORMATS,
  OWN_ENGINES,
  PROFILE_NAMES,
  SUBTITLE_FORMATS,
} from '../manifest.ts';
import { oddSpaceIn } from '../yaml/odd-spaces.ts';
import type { FieldPath } from '../yaml/places.ts';
import { fieldsOf } from './context.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Finding } from './finding.ts';
import { nearestName } from './nearest.ts';

/** Turns the schema's issues into messages for an editor. */
export function* findingsOf(issues: readonly z.core.$ZodIssue[]): Generator<Finding> {
  for (const issue of issues) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys.slice(0, 20)) yield unknownField(path, { key, group: issue.input });
    } else {
      const finding = findingOf(issue, path);
      if (finding !== undefined) yield finding;
    }
  }
}

type Issue = Exclude<z.core.$ZodIssue, { code: 'unrecognized_keys' }>;

function findingOf(issue: Issue, path: FieldPath): Finding | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined || issue.input === null ? missing(path, issue.input) : wrongType(path, issue);
    case 'too_small':
      if (isNumber(issue)) return outOfRange(path, `at least ${issue.minimum}`, issue.input);
      return { path, on: 'value', code: 'empty-value', message: `"${last(path)}" is empty.`, fix: emptyFix(path) };
    case 'too_big':
      return isNumber(issue) ? outOfRange(path, `at most ${issue.maximum}`, issue.input) : tooLong(path, issue);
    case 'invalid_union':
      // parse.ts reports a wrong budget, with the same message as the command line.
      return path[0] === 'budget'
        ? undefined
        : (unionFinding(path) ?? headFinding(path) ?? disclosureFinding(path) ?? badItem(path, issue.input));
    case 'invalid_value':
      return unknownWord(path, issue);
    default:
      return { path, on: 'value', code: 'wrong-value', message: issue.message };
  }
}

/** Zod reports an integer that is too large to be exact with the origin `int`. */
function isNumber({ origin }: { origin: string }): boolean {
  return origin === 'number' || origin === 'int';
}

function outOfRange(path: FieldPath, wanted: string, input: unknown): Finding {
  const message = `${subject(path)} is ${input}; it must be ${wanted}.`;
  const fix =
    path[0] === 'pauses' ? 'Write seconds, such as 0.5.' : 'See docs/explanation/mastering.md for sensible values.';
  return { path, on: 'value', code: 'out-of-range', message, fix };
}

/** An item of a chapter's `lines` that is neither text nor `character: text`. */
function badItem(path: FieldPath, input: unknown): Finding {
  const message = `Item ${Number(path.at(-1)) + 1} of "lines" must be "character: text", but this is ${describe(input)}.`;
  const only = Object.values(fieldsOf(input));
  const scalar = only.length === 1 && ['number', 'boolean'].includes(typeof only[0]);
  const fix = scalar
    ? `Put the text in quotes: "${shorten(String(only[0]))}".`
    : 'Write "- narrator: The text."; put the text in quotes when it contains ": ".';
  return { path, on: 'value', code: 'wrong-type', message, fix };
}

/** The message for a word that is not among the allowed ones. `what` follows "no", as in "There is no format …". */
export function unknownChoice({
  what,
  word,
  known,
}: {
  what: string;
  word: string;
  known: readonly string[];
}): Pick<Diagnostic, 'message' | 'fix'> {
  const near = nearestName(word, known);
  const list = known.length === 0 ? '' : `Choose one of: ${known.join(', ')}.`;
  return {
    message: `There is no ${what} "${shorten(word)}".`,
    fix: near === undefined ? list : `Did you mean "${near}"? ${list}`,
  };
}

function unknownField(path: FieldPath, { key, group }: { key: string; group: unknown }): Finding {
  const known = fieldsAt(path);
  const near = nearestField(key, known);
  const list = `The fields here are: ${known.join(', ')}.`;
  const place = path.length === 0 ? 'a manifest' : `"${groupName(path)}"`;
  const finding = { path: [...path, key], on: 'key', code: 'unknown-field' } as const;
  const odd = oddSpaceIn(key);
  if (odd !== undefined) {
    const message = `The name of this field has a character that looks like a space and is none (${odd.code}).`;
    return { ...finding, message, fix: `Write "${shorten(odd.rest)}", and indent it with plain spaces.` };
  }
  return {
    ...finding,
    message: `There is no field "${shorten(key)}" in ${place}.`,
    fix:
      near === undefined
        ? withPlace({ path, key, value: fieldsOf(group)[key] }, list)
        : `Did you mean "${near}"? ${list}`,
  };
}

/** A field in the wrong group: where it belongs. */
function withPlace({ path, key, value }: { path: FieldPath; key: string; value: unknown }, list: string): string {
  const { sample, voice } = fieldsOf(value);
  const isCharacter = path.length === 0 && (sample !== undefined || voice !== undefined);
  if (isCharacter) return 'A character is written below "characters:", indented like the others.';
  const place = placeOfField(key);
  return place === undefined ? list : `Write it ${place}. ${list}`;
}

/** Fixes for missing or empty fields. */
const EXAMPLES: Record<string, string> = {
  manifest: 'A manifest has "book:", "characters:" and "chapters:"; `pipeline import` makes one from a manuscript.',
  book: 'Begin the manifest with "book:" and, indented below it, "title: …".',
  characters: 'Add "characters:" with at least "narrator:" and its "sample: voices/narrator.wav".',
  chapters: 'Add "chapters:" with a list of "- title: …", each with "file: …" or "text: …".',
  title: 'Add "title: …".',
  series: 'Write "series: {name: Lighthouses, number: 2}".',
  name: 'Add "name: …".',
  consent: 'Write "consent: {by: A Person, on: 2026-03-01}".',
  by: 'Add "by: …" with the name of the person who agreed.',
  on: 'Add "on: …" with the day, such as 2026-03-01.',
};

function missing(path: FieldPath, input: unknown): Finding {
  const field = last(path);
  const fix = EXAMPLES[field];
  if (input === null) {
    const message = typeof path.at(-1) === 'number' ? 'This item is empty.' : `"${shorten(field)}" has no value.`;
    return {
      path,
      on: 'key',
      code: 'missing-value',
      message,
      fix: fix ?? 'Write its value after the colon, or remove the line.',
    };
  }
  const place = path.length === 1 ? 'The manifest' : groupPhrase(path.slice(0, -1));
  return { path, on: 'key', code: 'missing-field', message: `${place} has no "${field}".`, ...(fix && { fix }) };
}

function wrongType(path: FieldPath, { expected, input }: { expected: string; input?: unknown }): Finding {
  const wanted = WANTED[expected] ?? expected;
  const fix = typeFix({ path, expected, input });
  const message = `${subject(path)} must be ${wanted}, but this is ${describe(input)}.`;
  return { path, on: 'value', code: 'wrong-type', message, fix };
}

const WANTED: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
  boolean: 'true or false',
};

function typeFix({ path, expected, input }: { path: FieldPath; expected: string; input: unknown }): string {
  const scalar = typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean';
  if (expected === 'number' && path[0] === 'pauses') return 'Write seconds without a unit, such as 0.5.';
  if (expected === 'boolean') return 'Write true or false.';
  if (expected === 'string' && scalar) return `Put it in quotes: "${shorten(String(input))}".`;
  if (expected === 'number') return 'Write a number after the colon, without a unit.';
  if (expected === 'string') return 'Write a single text after the colon.';
  if (expected === 'array' && scalar) return `Write it as a list: [${shorten(String(input))}].`;
  if (expected === 'array') return 'Begin each item with "- ".';
  if (path[0] === 'characters' && path.length === 2) return 'Write "sample: …" or "voice: …", indented below the name.';
  return EXAMPLES[last(path)] ?? 'Write its fields below it, indented, each as "field: value".';
}

function describe(input: unknown): string {
  if (Array.isArray(input)) return 'a list';
  if (input === null || input === undefined) return 'empty';
  if (typeof input === 'object') return 'a group of fields';
  if (typeof input === 'string') return 'text';
  if (typeof input === 'boolean') return `the ${input ? 'yes' : 'no'} value "${input}"`;
  return `the number ${input}`;
}

function tooLong(
  path: FieldPath,
  { origin, maximum, input }: { origin: string; maximum: number | bigint; input?: unknown },
): Finding {
  if (origin === 'array') {
    const count = Array.isArray(input) ? input.length : 'too many';
    const message = `${subject(path)} has ${count} items; the maximum is ${maximum}.`;
    return { path, on: 'key', code: 'too-many', message, fix: 'Divide the book into several manifests.' };
  }
  const message = `${subject(path)} is longer than ${maximum} characters.`;
  return { path, on: 'value', code: 'too-long', message, fix: 'Shorten it.' };
}

function unknownWord(path: FieldPath, { input, values }: { input?: unknown; values: readonly unknown[] }): Finding {
  // An item is named after its list.
  const field = String(typeof path.at(-1) === 'number' ? path.at(-2) : path.at(-1));
  const list: WordList = WORD_LISTS[field] ?? { what: 'word', known: values.map(String), code: 'unknown-word' };
  const { what, known, code, more = '' } = list;
  const { message, fix } = unknownChoice({ what, word: String(input), known });
  return { path, on: 'value', code, message, fix: fix + more };
}

interface WordList {
  what: string;
  known: readonly string[];
  code: string;
  /** What else to do, after the list. */
  more?: string;
}

/** Fields that accept one of a list of words. */
const WORD_LISTS: Record<string, WordList> = {
  engine: {
    what: 'engine',
    known: OWN_ENGINES,
    code: 'unknown-engine',
    more: ' For a model of the service, remove the line: "model:" chooses the engine.',
  },
  mastering: { what: 'mastering profile', known: PROFILE_NAMES, code: 'unknown-mastering' },
  formats: { what: 'format', known: AUDIO_FORMATS, code: 'unknown-format' },
  subtitles: { what: 'subtitle format', known: SUBTITLE_FORMATS, code: 'unknown-subtitles' },
  'subtitles-per': { what: 'subtitle unit', known: CAPTION_UNITS, code: 'unknown-subtitles-per' },
  lines: { what: 'line format', known: LINE_FORMATS, code: 'unknown-format' },
  also: { what: 'extra', known: EXTRAS, code: 'unknown-extra' },
};

function emptyFix(path: FieldPath): string {
  return EXAMPLES[last(path)] ?? 'Write its value, or remove the line.';
}

function subject(path: FieldPath): string {
  return path.length === 0
    ? 'A manifest'
    : typeof path.at(-1) === 'number'
      ? groupPhrase(path)
      : `"${shorten(last(path))}"`;
}

function groupPhrase(path: FieldPath): string {
  if (path.length === 2 && path[0] === 'chapters') return `Chapter ${Number(path[1]) + 1}`;
  if (typeof path.at(-1) === 'number')
    return `Item ${Number(path.at(-1)) + 1} of "${shorten(last(path.slice(0, -1)))}"`;
  return `"${shorten(last(path))}"`;
}

function groupName(path: FieldPath): string {
  return typeof path.at(-1) === 'number' ? last(path.slice(0, -1)) : shorten(last(path));
}

function last(path: FieldPath): string {
  return String(path.at(-1) ?? 'manifest');
}

function shorten(word: string): string {
  return word.length > 60 ? `${word.slice(0, 59)}…` : word;
}
