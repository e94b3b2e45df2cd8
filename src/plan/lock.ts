/** book.lock: an edition as a text for git. One line a segment, no clock, no machine, no path; closed by a seal. Pure. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Edition, EditionChapter, EditionSegment } from './edition.ts';

/** Raised when an older program could not read what we write. */
const LOCK_VERSION = 1;
const FORMAT = 'narration-lock';

/** The text of a lock. Equal editions give equal bytes. */
export function formatLock(edition: Edition): string {
  const { chapters, book, ...head } = edition;
  const fields = Object.entries({ format: FORMAT, version: LOCK_VERSION, ...head }).map(([name, value]) =>
    // One line a voice and a setting.
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

/** In the order in which they are written. */
const FIELDS: (keyof EditionSegment)[] = [
  'character',
  'text',
  'written',
  'direction',
  'retake',
  'goesOn',
  'pauseMs',
  'take',
  'sound',
];

function chapterText({ segments, ...head }: EditionChapter): string {
  const fields = Object.entries(head).map(([name, value]) => `      "${name}": ${JSON.stringify(value)}`);
  const lines = segments.map((segment) => `        ${JSON.stringify(segment, FIELDS)}`);
  return `    {\n${fields.join(',\n')},\n      "segments": [\n${lines.join(',\n')}\n      ]\n    }`;
}

/** Git may have changed the line ends, and nothing else. */
function sealOf(body: string): string {
  return createHash('sha256').update(body.replaceAll('\r\n', '\n')).digest('hex');
}

/** Why a lock can not be used as it is. */
export type LockProblem = 'empty' | 'binary' | 'conflict' | 'broken' | 'foreign' | 'newer' | 'edited';

/** A lock as it was read. With the problem `edited` the edition is there too: it can be looked at, but not relied on. */
export type ReadLock =
  | { edition: Edition; problem?: undefined; message?: undefined; looksSimulated?: undefined }
  | {
      edition?: Edition;
      problem: LockProblem;
      message: string;
      /** As far as can be seen it was of simulated speech, or of none: a simulated run may write it anew. */
      looksSimulated?: boolean;
    };

/** Reads a lock's bytes. Every kind of damage is named, with the way out. Never throws. */
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
      `has the marks of a merge conflict (line ${text.slice(0, conflict.index).split('\n').length}). Solve the conflict in the manifest and its texts; the next run writes the lock anew.`,
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
    return problemOf('broken', `is damaged at ${path.length === 0 ? 'its top' : path.join('.')}: ${message}.`);
  }
  const { seal, format: _format, version: _version, ...edition } = read.data;
  const body = /^[\s\S]*\n(?= {2}"seal": "[0-9a-f]{64}"\r?\n\}\r?\n$)/.exec(text)?.[0];
  if (body !== undefined && sealOf(body) === seal) return { edition };
  return {
    edition,
    ...problemOf('edited', 'was changed by hand: it is not what the program wrote (its seal does not fit).'),
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
  realm: z.enum(['dashscope', 'local']),
  model: z.string(),
  language: z.string(),
  voices: z.record(z.string(), z.union([z.object({ voice: digest, sample: digest }), z.object({ id: z.string() })])),
  words: digest.nullable(),
  // What a setting means is the manifest's business; here it is only compared.
  settings: z.record(z.string(), z.unknown()),
  chapters: z.array(
    z.object({
      title: z.string(),
      source: z.object({ file: z.string(), digest }).nullable(),
      files: z.record(z.string(), digest),
      master: digest,
      ffmpeg: z.string().nullable(),
      segments: z.array(segmentSchema),
    }),
  ),
  book: digest.nullable(),
  seal: z.string(),
});
