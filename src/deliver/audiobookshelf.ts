/**
 * Copies a finished book into an Audiobookshelf library in the layout that its scanner expects (audiobookshelf.org, "Book
 * Library Structure"): `Author/1999 - Title/` with the audio, `cover.jpg` and `metadata.json`. The scanner treats every audio
 * file in the folder as a part of the book, so the folder gets the M4B or the chapters, never both.
 */
import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Book } from '../book/load-book.ts';
import type { RunFinishedEvent } from '../events.ts';
import { bookFolderName } from '../plan/names.ts';
import { makeFolder } from '../store/make-folder.ts';
import { deliverText, deliverWritten, inFolder } from './files.ts';

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
}): Promise<string> {
  const { library, book, finished } = of;
  const { folder, note } = await chooseFolder(library, book.manifest);
  return inFolder(folder, async () => {
    await makeFolder(folder);
    const audioFiles = audioFilesOf(finished);
    const cover = await coverOf(book);
    const names = [...audioFiles.map((file) => basename(file)), ...(cover === undefined ? [] : [cover.name])];
    // Written first, so that after a crash the incomplete folder is known as ours.
    const before = note?.files ?? [];
    await writeFolderRecord(folder, book, {
      files: [...new Set([...before, ...names])],
      metadata: note?.metadata ?? '',
    });
    for (const from of audioFiles) await copy(from, folder);
    if (cover !== undefined) await deliverText({ text: cover.bytes, folder, name: cover.name });
    const metadata = await writeMetadata(folder, `${JSON.stringify(metadataOf(book.manifest), null, 2)}\n`, note);
    await writeFolderRecord(folder, book, { files: names, metadata });
    for (const old of before) {
      if (!names.includes(old) && basename(old) === old) await rm(join(folder, old), { force: true });
    }
    return folder;
  });
}

async function writeFolderRecord(
  folder: string,
  { manifest: { title, author = '' } }: Pick<Book, 'manifest'>,
  rest: Pick<FolderRecord, 'files' | 'metadata'>,
): Promise<void> {
  const note: FolderRecord = { format: 'narration-library', title, author, ...rest };
  await deliverText({ text: `${JSON.stringify(note, null, 2)}\n`, folder, name: FOLDER_RECORD });
}

async function chooseFolder(
  library: string,
  manifest: Book['manifest'],
): Promise<{ folder: string; note?: FolderRecord }> {
  const { title, author = '', year } = manifest;
  const name = `${year === undefined ? '' : `${year} - `}${bookFolderName(title)}`;
  const above = author === '' ? library : join(library, bookFolderName(author));
  for (let number = 1; number <= MOST_NAMESAKES; number++) {
    const folder = join(above, number === 1 ? name : `${name} (${number})`);
    const note = await readFolderRecord(folder);
    if (note?.title === title && note.author === author) return { folder, note };
    if (note === undefined && (await stat(folder).catch(() => undefined)) === undefined) return { folder };
  }
  return { folder: join(above, `${name} (${MOST_NAMESAKES + 1})`) };
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
async function writeMetadata(folder: string, text: string, note: FolderRecord | undefined): Promise<string> {
  const before = await readFile(join(folder, METADATA)).catch(() => undefined);
  if (before !== undefined && note !== undefined && note.metadata !== '' && hashOf(before) !== note.metadata)
    return note.metadata;
  await deliverText({ text, folder, name: METADATA });
  return hashOf(Buffer.from(text));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
