/** book.lock: an edition as text for git. One line for each segment; no time, machine or path; ends with a seal (a checksum). Pure. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { REALMS } from '../account.ts';
import type { Edition, EditionChapter, EditionSegment } from './edition.ts';

/** Raise it when an older program can no longer read the file. */
const LOCK_VERSION = 1;
const FORMAT = 'narration-lock';

/** What book.lock contains. */
export interface LockFile extends Edition {
  format: typeof FORMAT;
  version: typeof LOCK_VERSION;
  /** Checksum of everything before it. */
  seal: string;
}

/** The text of a lock. Equal editions give equal bytes. */
export function formatLock(edition: Edition): string {
  const { chapters, book, ...head } = edition;
  const fields = Object.entries({ format: FORMAT, version: LOCK_VERSION, ...head }).map(([name, value]) =>
    // One line for each voice and setting.
    isGroup(value)
      ? `  "${name}": {\n${Object.entries(value).map(fieldLine).join(',\n')}\n  }`
      : `  "${name}": ${JSON.stringify(value)}`,
  );
  const body = `{\n${fields.join(',\n')},\n  "chapters": [\n${chapters.map(chapterText).join(',\n')}\n  ],\n  "book": ${JSON.stringify(book)},\n`;
  return `${body}  "seal": "${sealOf(body)}"\n}\n`;
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function fieldLine([name, value]: [string, unknown]): string {
  return `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}

/** In the order of the file. */
const FIELDS: (keyof EditionSegment)[] = [
  'character',
  'text',
  'written',
  'direction',
  'retake',
  'goesOn',
  'head',
  'pauseMs',
  'take',
  'sound',
];

function chapterText({ segments, ...head }: EditionChapter): string {
  const fields = Object.entries(head).map(([name, value]) => `      "${name}": ${JSON.stringify(value)}`);
  const lines = segments.map((segment) => `        ${JSON.stringify(inOrder(segment))}`);
  return `    {\n${fields.join(',\n')},\n      "segments": [\n${lines.join(',\n')}\n      ]\n    }`;
}

/** Not by a list for `JSON.stringify`: once, in a process of many tests, V8 11.3 kept the segment's own order with one. */
function inOrder(segment: EditionSegment): Partial<EditionSegment> {
  return Object.fromEntries(FIELDS.flatMap((name) => (name in segment ? [[name, segment[name]]] : [])));
}

/** Ignores line ends, which git may change. */
function sealOf(body: string): string {
  return createHash('sha256').update(body.replaceAll('\r\n', '\n')).digest('hex');
}

/** Why a lock cannot be used. */
export type LockProblem = 'empty' | 'binary' | 'conflict' | 'broken' | 'foreign' | 'newer' | 'edited';

/** A lock as it was read. With the problem `edited` the edition is present: show it, but do not rely on it. */
export type ReadLock =
  | { edition: Edition; problem?: undefined; message?: undefined; looksSimulated?: undefined }
  | {
      edition?: Edition;
      problem: LockProblem;
      message: string;
      /** It seems to be of simulated speech, or of none: a simulated run may overwrite it. */
      looksSimulated?: boolean;
    };

/** Reads a lock's bytes. Reports every kind of damage, with what to do. Never throws. */
export function readLock(bytes: Uint8Array): ReadLock {
  const read = readBytes(bytes);
  if (read.problem !== 'conflict' && read.problem !== 'broken' && read.problem !== 'empty') return read;
  const text = Buffer.from(bytes).toString();
  const looksSimulated = text.trim() === '' || (/"simulated": true/.test(text) && !/"simulated": false/.test(text));
  return { ...read, looksSimulated };
}

function readBytes(bytes: Uint8Array): ReadLock {
  if (bytes.length === 0) return problemOf('empty', 'is empty.');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return problemOf('binary', 'is not a text file.');
  }
  if (text.includes('\0')) return problemOf('binary', 'is not a text file.');
  if (text.trim() === '') return problemOf('empty', 'is empty.');
  const conflict = /^(?:<{7}|={7}|>{7})(?: |\r?$)/m.exec(text);
  if (conflict !== null)
    return problemOf(
      'conflict',
      `has merge conflict markers (line ${text.slice(0, conflict.index).split('\n').length}). Resolve the conflict in the manifest and its texts; the next run writes the lock again.`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return problemOf('broken', `is damaged (${error instanceof Error ? error.message.slice(0, 200) : 'no JSON'}).`);
  }
  return readValue(value, text);
}

function readValue(value: unknown, text: string): ReadLock {
  const head = headSchema.safeParse(value);
  if (!head.success || head.data.format !== FORMAT) return problemOf('foreign', 'is not a lock of this program.');
  if (head.data.version > LOCK_VERSION)
    return problemOf(
      'newer',
      `has version ${head.data.version}; this program reads up to ${LOCK_VERSION}. Use the version of the program that wrote it.`,
    );
  const read = lockSchema.safeParse(value);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    return problemOf('broken', `is damaged at ${path.length === 0 ? 'the top level' : path.join('.')}: ${message}.`);
  }
  const { seal, format: _format, version: _version, ...edition } = read.data;
  const body = /^[\s\S]*\n(?= {2}"seal": "[0-9a-f]{64}"\r?\n\}\r?\n$)/.exec(text)?.[0];
  if (body !== undefined && sealOf(body) === seal) return { edition };
  return {
    edition,
    ...problemOf('edited', 'was changed by hand: its content does not match its seal.'),
  };
}

function problemOf(problem: LockProblem, message: string): { problem: LockProblem; message: string } {
  return { problem, message };
}

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');
const headSchema = z.object({ format: z.string(), version: z.number().int().min(1) });
const segmentSchema = z.object({
  character: z.string(),
  text: z.string(),
  written: z.string().optional(),
  direction: z.string().optional(),
  retake: z.number().optional(),
  goesOn: z.literal(true).optional(),
  head: z.literal(true).optional(),
  pauseMs: z.number(),
  take: digest,
  sound: digest.nullable(),
});
const lockSchema = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  title: z.string(),
  author: z.string(),
  manifest: z.string(),
  simulated: z.boolean(),
  realm: z.enum(REALMS),
  engine: z.enum(['openai-speech']).optional(),
  model: z.string(),
  models: z.record(z.string(), z.string()).optional(),
  language: z.string(),
  voices: z.record(z.string(), z.union([z.object({ voice: digest, sample: digest }), z.object({ id: z.string() })])),
  words: digest.nullable(),
  // Settings are only compared; the manifest defines what they mean.
  settings: z.record(z.string(), z.unknown()),
  chapters: z.array(
    z.object({
      title: z.string(),
      source: z.object({ file: z.string(), digest }).nullable(),
      files: z.record(z.string(), digest),
      marked: z.record(z.string(), digest).optional(),
      master: digest,
      ffmpeg: z.string().nullable(),
      segments: z.array(segmentSchema),
    }),
  ),
  book: digest.nullable(),
  binding: z.number().int().min(1).optional(),
  marks: z.object({ version: z.number().int().min(1), book: digest.nullable() }).optional(),
  seal: z.string(),
});
