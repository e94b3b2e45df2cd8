/** Changes a chapter's text file at one place: every other byte stays, and a file that changed since it was read is left alone. */
import { createHash } from 'node:crypto';
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { PipelineError, systemCode } from '../../errors.ts';
import { hiddenBeside, temporaryBeside } from '../../holders/abandoned.ts';
import type { Hold } from '../../holders/file-hold.ts';
import { takeTurn } from '../../holders/turn.ts';
import { NARRATOR, nameKey } from '../../manifest/fields/names.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import { editOfLine, type TextEdit } from '../../script/lines/edit-line.ts';
import { namesInTags, readScript } from '../../script/text/read.ts';
import type { BookChapter } from '../chapters.ts';
import type { Book } from '../load-book.ts';
import { isInside } from './author-file.ts';

/** The edit of a chapter's text after which a line (0-based) has other words; undefined when there is none (`editOfLine`). */
export function editOfChapter(
  { manifest }: Pick<Book, 'manifest'>,
  of: { chapter: BookChapter; line: number; words: string },
): TextEdit | undefined {
  const { source } = of.chapter;
  if (source === undefined) return undefined;
  const { characters } = manifest;
  const names = namesInTags(characters);
  const narrator = characters.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  const read = (text: string) =>
    readScript({
      ...{ file: source.file, text, characters, names, narrator },
      markdown: source.kind === 'file' && /\.(?:md|markdown)$/i.test(source.file),
      locate: () => ({ line: 1, column: 1 }),
    });
  return editOfLine({ text: source.text, index: of.line, words: of.words, read });
}

/** A change of one file. */
export interface FileEdit {
  /** Absolute. */
  path: string;
  /** The text as it was read. */
  text: string;
  edit: TextEdit;
}

/**
 * Writes the edit, if the file still has the text; returns the bytes before and after, or undefined when it has another one by now.
 * The file is replaced by a complete one. Rejects with `input-unreadable` when it cannot be written.
 */
export async function editFile(
  of: FileEdit & { folder: string },
): Promise<{ before: Buffer; after: Buffer } | undefined> {
  const { text, edit } = of;
  return replaceFile(of, (before) => {
    const decoded = decodeText({ file: of.path, bytes: before });
    if (!('text' in decoded) || decoded.text !== text) return undefined;
    const mark = before.length - Buffer.byteLength(text);
    const at = (offset: number): number => mark + Buffer.byteLength(text.slice(0, offset));
    return Buffer.concat([before.subarray(0, at(edit.start)), Buffer.from(edit.insert), before.subarray(at(edit.end))]);
  });
}

/** How a change of a file is taken back: bytes, so that it does not matter how the file is read. */
export interface InverseEdit {
  /** Of the file as it became. */
  digest: string;
  /** Where the change is, and how many bytes were written there. */
  at: number;
  bytes: number;
  /** What was there, in base64. */
  removed: string;
}

/** The way back from a change. */
export function inverseEdit({ before, after }: { before: Buffer; after: Buffer }): InverseEdit {
  const most = Math.min(before.length, after.length);
  let at = 0;
  while (at < most && before[at] === after[at]) at++;
  let behind = 0;
  while (behind < most - at && before[before.length - 1 - behind] === after[after.length - 1 - behind]) behind++;
  const removed = before.subarray(at, before.length - behind).toString('base64');
  return { digest: digestOf(after), at, bytes: after.length - behind - at, removed };
}

/** Puts back what a file was, if it is still what it became. Returns whether it is. */
export async function takeBackEdit(of: { path: string; folder: string; edit: InverseEdit }): Promise<boolean> {
  const { digest, at, bytes, removed } = of.edit;
  const put = await replaceFile(of, (now) =>
    digestOf(now) === digest
      ? Buffer.concat([now.subarray(0, at), Buffer.from(removed, 'base64'), now.subarray(at + bytes)])
      : undefined,
  );
  return put !== undefined;
}

async function replaceFile(
  { path, folder }: { path: string; folder: string },
  change: (before: Buffer) => Buffer | undefined,
): Promise<{ before: Buffer; after: Buffer } | undefined> {
  try {
    const real = await realpath(path);
    if (!isInside(real, folder)) return undefined;
    if (isReadOnly((await stat(real)).mode)) throw readOnly(path);
    // Of two that read the same text, the second would write over what the first has changed.
    const hold = await takeTurn(hiddenBeside(real, 'turn.tmp'), { what: `waiting for ${basename(path)}` });
    try {
      return await replaceInTurn(real, { path, change, hold });
    } finally {
      await hold.release();
    }
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof PipelineError || code === undefined) throw error;
    const message = `${basename(path)} cannot be written (${code}). Nothing was changed. Check that you may write to its folder and that the disk is not full.`;
    throw new PipelineError({ code: 'input-unreadable', message, retry: 'never', cause: error });
  }
}

async function replaceInTurn(
  real: string,
  { path, change, hold }: { path: string; change: (before: Buffer) => Buffer | undefined; hold: Hold },
): Promise<{ before: Buffer; after: Buffer } | undefined> {
  const before = await readFile(real);
  const after = change(before);
  if (after === undefined) return undefined;
  const { mode } = await stat(real);
  if (isReadOnly(mode)) throw readOnly(path);
  const temporary = temporaryBeside(real);
  try {
    await writeFile(temporary, after, { flag: 'wx', flush: true });
    await chmod(temporary, mode & 0o777);
    // An editor may have saved it meanwhile, and another process may have taken over from one that was suspended.
    if (hold.lost.aborted || digestOf(await readFile(real)) !== digestOf(before)) return undefined;
    await rename(temporary, real);
  } finally {
    await rm(temporary, { force: true });
  }
  return { before, after };
}

/** Writes a file of our own whole: nobody sees half of it. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Nobody may write to it: a new file in its place would be a way around that. */
export function isReadOnly(mode: number): boolean {
  return (mode & 0o222) === 0;
}

function readOnly(path: string): PipelineError {
  const message = `${basename(path)} is read-only. Nothing was changed. Allow writing to the file, then try again.`;
  return new PipelineError({ code: 'input-unreadable', message, retry: 'never' });
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
