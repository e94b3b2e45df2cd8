/**
 * Copies a finished book into an Audiobookshelf library in the layout that its scanner expects (audiobookshelf.org, "Book
 * Library Structure"): `Author/1999 - Title/` with the audio, `cover.jpg` and `metadata.json`. The scanner treats every audio
 * file in the folder as a part of the book, so the folder gets the M4B or the chapters, never both.
 */
import { createHash } from 'node:crypto';
import { copyFile, lstat, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Book } from '../book/load-book.ts';
import { PipelineError } from '../errors.ts';
import type { RunFinishedEvent } from '../events.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { bookFolderName } from '../plan/names.ts';
import { publishNewFile } from '../store/atomic-file.ts';
import { makeFolder } from '../store/make-folder.ts';
import { findLink, refuseLinks } from '../store/no-links.ts';
import { deliverText, deliverWritten, inFolder } from './files.ts';
import { type FolderOwner, isOurs } from './folder-owner.ts';

/** Records which book a folder belongs to and which files are ours; the scanner ignores names with a leading dot. */
const FOLDER_RECORD = '.narration.json';
const METADATA = 'metadata.json';
/** Most books with the same name. */
const MOST_NAMESAKES = 1_000;

/** What we have written to a folder. */
interface FolderRecord {
  format: 'narration-library';
  title: string;
  author: string;
  /** Names of the audio files and the cover. */
  files: string[];
  /** Hash of our metadata.json. Corrections in Audiobookshelf change the file; then it is not overwritten. */
  metadata: string;
  /** ID of the store that made the book. Absent in records of earlier versions. */
  store?: string | undefined;
}

/**
 * Copies the book and returns its folder. Writes each file atomically and removes those of an earlier edition afterwards; safe
 * to repeat. Never changes a folder that it did not create. Fails with `store-unwritable` or `disk-full`.
 */
export async function putIntoLibrary(of: {
  /** Absolute. */
  library: string;
  book: Pick<Book, 'manifest' | 'cover'>;
  finished: RunFinishedEvent;
  /** ID of the store that made it. */
  store?: string;
}): Promise<string> {
  const { library, book, finished, store } = of;
  return inFolder(library, async () => {
    const { folder, note } = await claimFolder(library, book.manifest, store);
    const audioFiles = audioFilesOf(finished);
    const cover = await coverOf(book);
    const names = [...audioFiles.map((file) => basename(file)), ...(cover === undefined ? [] : [cover.name])];
    // Written first, so that after a crash the incomplete folder is known as ours.
    const before = note.files;
    await writeFolderRecord(folder, book, {
      files: [...new Set([...before, ...names])],
      metadata: note.metadata,
      store,
    });
    for (const from of audioFiles) await copy(from, folder);
    if (cover !== undefined) await deliverText({ text: cover.bytes, folder, name: cover.name });
    const metadata = await writeMetadata(folder, `${JSON.stringify(metadataOf(book.manifest), null, 2)}\n`, note);
    await writeFolderRecord(folder, book, { files: names, metadata, store });
    for (const old of before) {
      if (!names.includes(old) && basename(old) === old) await rm(join(folder, old), { force: true });
    }
    return folder;
  });
}

async function writeFolderRecord(
  folder: string,
  { manifest: { title, author = '' } }: Pick<Book, 'manifest'>,
  rest: Pick<FolderRecord, 'files' | 'metadata' | 'store'>,
): Promise<void> {
  const note: FolderRecord = { format: 'narration-library', title, author, ...rest };
  await deliverText({ text: recordText(note), folder, name: FOLDER_RECORD });
}

function recordText(note: FolderRecord): string {
  return `${JSON.stringify(note, null, 2)}\n`;
}

/** The book's folder, with its record: an earlier one of this book, or one that is claimed now by a new record. */
async function claimFolder(
  library: string,
  manifest: Book['manifest'],
  store: string | undefined,
): Promise<{ folder: string; note: FolderRecord }> {
  const { title, author = '', year } = manifest;
  const us = { title, author, store };
  const name = `${year === undefined ? '' : `${year} - `}${bookFolderName(title)}`;
  const above = author === '' ? library : join(library, bookFolderName(author));
  const numbered = (number: number): string => join(above, number === 1 ? name : `${name} (${number})`);
  await refuseLinks(library, above);
  const existing = new Set(await readdir(above).catch(() => []));
  for (let number = 1; number <= MOST_NAMESAKES; number++) {
    const folder = numbered(number);
    if (!existing.has(basename(folder)) || (await findLink(above, folder)) !== undefined) continue;
    const note = await readFolderRecord(folder);
    if (note !== undefined && isOurs(note, us)) return { folder, note };
  }
  for (let number = 1; number <= MOST_NAMESAKES; number++) {
    const folder = numbered(number);
    if ((await findLink(above, folder)) !== undefined) continue;
    const note = (await readFolderRecord(folder)) ?? (await claimFree(folder, us));
    if (note !== undefined && isOurs(note, us)) return { folder, note };
  }
  const message = `In ${above}, every folder name for the book "${title}" is in use. Rename some folders there.`;
  throw new PipelineError({ code: 'store-unwritable', message, retry: 'never' });
}

/** Claims a folder without a record. Undefined when it has files of somebody else; another's record when that was faster. */
async function claimFree(folder: string, us: FolderOwner): Promise<FolderRecord | undefined> {
  const stats = await lstat(folder).catch(() => undefined);
  if (stats !== undefined && !(stats.isDirectory() && (await readdir(folder)).every((name) => name.startsWith('.'))))
    return undefined;
  await makeFolder(folder);
  const note: FolderRecord = { format: 'narration-library', ...us, files: [], metadata: '' };
  const temporary = join(folder, `.delivering-${temporaryName()}`);
  await writeFile(temporary, recordText(note), { flush: true });
  try {
    const isClaimed = await publishNewFile(temporary, join(folder, FOLDER_RECORD));
    return isClaimed ? note : await readFolderRecord(folder);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readFolderRecord(folder: string): Promise<FolderRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, FOLDER_RECORD), 'utf8'));
    const isNote =
      typeof value === 'object' && value !== null && 'format' in value && value.format === 'narration-library';
    return isNote && 'files' in value && Array.isArray(value.files) ? (value as FolderRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** The M4B if there is one, otherwise the chapter files of one format; the retail sample is not part of the book. */
function audioFilesOf({ book, chapters }: RunFinishedEvent): string[] {
  const bound = book?.files.filter((file) => extname(file) === '.m4b') ?? [];
  if (bound.length > 0) return bound;
  const parts = chapters.filter(({ role }) => role !== 'retail-sample');
  for (const ending of ['.mp3', '.m4a', '.flac', '.wav']) {
    const files = parts.flatMap(({ files }) => files.filter((file) => extname(file) === ending));
    if (files.length > 0) return files;
  }
  return [];
}

async function copy(from: string, folder: string): Promise<void> {
  const path = join(folder, basename(from));
  const [source, there] = [await stat(from), await stat(path).catch(() => undefined)];
  if (there !== undefined && there.size === source.size && Math.abs(there.mtimeMs - source.mtimeMs) < 2_000) return;
  await deliverWritten({ folder, path, madeAt: source.mtime, write: (temporary) => copyFile(from, temporary) });
}

async function coverOf({ cover }: Pick<Book, 'cover'>): Promise<{ name: string; bytes: Uint8Array } | undefined> {
  if (cover === undefined) return undefined;
  const bytes = await cover.read();
  return { name: bytes[0] === 0x89 ? 'cover.png' : 'cover.jpg', bytes };
}

/** The same fields that Audiobookshelf writes; it reads chapters from the files. */
function metadataOf({ title, author, narrator, year, genre, language }: Book['manifest']): object {
  return {
    tags: [],
    title,
    subtitle: null,
    authors: author === undefined ? [] : [author],
    narrators: narrator === undefined ? [] : [narrator],
    series: [],
    genres: genre === undefined ? [] : [genre],
    publishedYear: year === undefined ? null : String(year),
    publishedDate: null,
    publisher: null,
    description: null,
    isbn: null,
    asin: null,
    language,
    explicit: false,
    abridged: false,
  };
}

/** Writes metadata.json unless a user has changed it; returns the hash of what we wrote last. */
async function writeMetadata(folder: string, text: string, note: FolderRecord): Promise<string> {
  const before = await readFile(join(folder, METADATA)).catch(() => undefined);
  if (before !== undefined && note.metadata !== '' && hashOf(before) !== note.metadata) return note.metadata;
  await deliverText({ text, folder, name: METADATA });
  return hashOf(Buffer.from(text));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
