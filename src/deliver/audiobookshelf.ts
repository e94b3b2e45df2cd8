/**
 * Puts a finished book into an Audiobookshelf library, the way its scanner reads folders (audiobookshelf.org, "Book Library
 * Structure"): `Author/1999 - Title/` with one edition of the sound, `cover.jpg` and `metadata.json`. Everything in such a
 * folder that sounds is taken for a part of the book, so the M4B goes there or the chapters, never both.
 */
import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Book } from '../book/load-book.ts';
import type { RunFinishedEvent } from '../events.ts';
import { bookFolderName } from '../plan/names.ts';
import { makeFolder } from '../store/make-folder.ts';
import { deliverText, deliverWritten, inFolder } from './files.ts';

/** Says whose a folder is and what of it is ours; the scanner does not look at names with a dot in front. */
const NOTE = '.narration.json';
const METADATA = 'metadata.json';
/** So many books of one name are told apart. */
const MOST_NAMESAKES = 1_000;

/** What we have put into a folder. */
interface Note {
  format: 'narration-library';
  title: string;
  author: string;
  /** Names of the sound files and the cover. */
  files: string[];
  /** Hash of our metadata.json. A person who corrects the book in Audiobookshelf changes the file, and then it is theirs. */
  metadata: string;
}

/**
 * Puts the book there and answers its folder. Each file appears whole; those of an earlier edition go when the new ones are
 * there; safe to repeat. A folder that somebody else has made is left alone. Fails with `store-unwritable` or `disk-full`.
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
    const sounds = soundsOf(finished);
    const cover = await coverOf(book);
    const names = [...sounds.map((file) => basename(file)), ...(cover === undefined ? [] : [cover.name])];
    // First: a folder that a crash leaves half filled is known as ours.
    const before = note?.files ?? [];
    await writeNote(folder, book, { files: [...new Set([...before, ...names])], metadata: note?.metadata ?? '' });
    for (const from of sounds) await copy(from, folder);
    if (cover !== undefined) await deliverText({ text: cover.bytes, folder, name: cover.name });
    const metadata = await keepMetadata(folder, `${JSON.stringify(metadataOf(book.manifest), null, 2)}\n`, note);
    await writeNote(folder, book, { files: names, metadata });
    for (const old of before) {
      if (!names.includes(old) && basename(old) === old) await rm(join(folder, old), { force: true });
    }
    return folder;
  });
}

async function writeNote(
  folder: string,
  { manifest: { title, author = '' } }: Pick<Book, 'manifest'>,
  rest: Pick<Note, 'files' | 'metadata'>,
): Promise<void> {
  const note: Note = { format: 'narration-library', title, author, ...rest };
  await deliverText({ text: `${JSON.stringify(note, null, 2)}\n`, folder, name: NOTE });
}

async function chooseFolder(library: string, manifest: Book['manifest']): Promise<{ folder: string; note?: Note }> {
  const { title, author = '', year } = manifest;
  const name = `${year === undefined ? '' : `${year} - `}${bookFolderName(title)}`;
  const above = author === '' ? library : join(library, bookFolderName(author));
  for (let number = 1; number <= MOST_NAMESAKES; number++) {
    const folder = join(above, number === 1 ? name : `${name} (${number})`);
    const note = await noteOf(folder);
    if (note?.title === title && note.author === author) return { folder, note };
    if (note === undefined && (await stat(folder).catch(() => undefined)) === undefined) return { folder };
  }
  return { folder: join(above, `${name} (${MOST_NAMESAKES + 1})`) };
}

async function noteOf(folder: string): Promise<Note | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, NOTE), 'utf8'));
    const isNote =
      typeof value === 'object' && value !== null && 'format' in value && value.format === 'narration-library';
    return isNote && 'files' in value && Array.isArray(value.files) ? (value as Note) : undefined;
  } catch {
    return undefined;
  }
}

/** The M4B when there is one, or else one kind of chapter files; a retail sample is no part of the book. */
function soundsOf({ book, chapters }: RunFinishedEvent): string[] {
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

/** Field for field what Audiobookshelf writes itself; chapters it reads from the files. */
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

/** Writes it unless somebody has changed the one that is there; answers the hash of what we wrote last. */
async function keepMetadata(folder: string, text: string, note: Note | undefined): Promise<string> {
  const before = await readFile(join(folder, METADATA)).catch(() => undefined);
  if (before !== undefined && note !== undefined && note.metadata !== '' && hashOf(before) !== note.metadata)
    return note.metadata;
  await deliverText({ text, folder, name: METADATA });
  return hashOf(Buffer.from(text));
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
