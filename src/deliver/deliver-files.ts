/** Delivers finished chapters and the book to the output folder; leaves files that are already correct. */
import { dirname, join } from 'node:path';
import { removeAbandoned } from '../holders/abandoned.ts';
import { bookFileStem } from '../plan/names.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import type { BookRecord } from '../store/books.ts';
import { makeFolder } from '../store/make-folder.ts';
import { type MasterRecord, partsOf } from '../store/masters.ts';
import { refuseLinks } from '../store/no-links.ts';
import type { Store } from '../store/store.ts';
import { chapterStem, markedStem, namedFiles } from './file-names.ts';
import { deliverStored, deliverText, inFolder, proveWritable, TEMPORARY } from './files.ts';
import { deliverLines } from './lines.ts';
import { bookTags, type MarkedAs, partTags } from './marks/book-tags.ts';
import { deliverMarked } from './marks/deliver-marked.ts';
import type { Marks } from './marks/marks.ts';
import { bookSidecars, chapterSidecars, type Sidecar } from './sidecars.ts';

/** The result of a delivery. */
export interface Delivered {
  /** Paths of the audio files. */
  files: string[];
  /** Paths of subtitles, labels and other extra files. */
  extras: string[];
  /** Number of files written: missing or changed ones. */
  written: number;
}

/** A temporary file that nobody has changed for so long was left by a crash, even if that cannot be proved. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Creates the folder, checks that it is writable before anything is paid for, and removes temporary files of a crashed
 * delivery. Fails with `store-unwritable` or `disk-full`.
 */
export async function openDeliveryFolder(folder: string): Promise<void> {
  await inFolder(folder, async () => {
    await makeFolder(folder);
    await proveWritable(folder);
    await removeAbandoned(folder, { afterMs: ABANDONED_AFTER_MS, isTemporary: (name) => TEMPORARY.test(name) });
  });
}

/**
 * Delivers a chapter's files, such as `03 - The Storm.mp3`. A chapter that fails its check gets a marked name and does not
 * replace an earlier good edition. Writes each file atomically; safe to repeat.
 *
 * Fails with `store-unwritable`, `disk-full` or `store-damaged`.
 */
export async function deliverChapter(of: {
  store: Store;
  plan: Plan;
  chapter: PlannedChapter;
  master: MasterRecord;
  folder: string;
  /** Absent: the files are delivered as they are in the store, without marks. */
  marks?: Marks | undefined;
}): Promise<Delivered> {
  const { store, plan, chapter, master, folder, marks } = of;
  await refuseLinks(dirname(folder), folder);
  const madeAt = new Date(master.madeAt);
  const delivered: Delivered = { files: [], extras: [], written: 0 };
  for (const { file, name, part } of namedFiles(plan, chapter, master)) {
    const marked = marks && partTags({ plan, chapter, master, part, digest: file.digest });
    const one = { store, file, format: file.format, folder, name, madeAt };
    if (await deliverSound(one, marked, marks)) delivered.written += 1;
    delivered.files.push(join(folder, name));
  }
  const parts = partsOf(master);
  for (const part of parts) {
    const which = part.number === 0 ? undefined : { number: part.number, of: parts.length };
    const stem = markedStem(chapterStem(plan, chapter, which), master);
    const sidecars = chapterSidecars({ plan, chapter, part, positions: master.positions, stem });
    delivered.written += await deliverSidecars(sidecars, folder);
    delivered.extras.push(...paths(sidecars, folder));
  }
  const lines = await deliverLines({ store, plan, chapter, master, folder, marks });
  return {
    files: delivered.files,
    extras: [...delivered.extras, ...lines.paths],
    written: delivered.written + lines.written,
  };
}

/** Delivers the book file as `Title.m4b`, like `deliverChapter`. */
export async function deliverBook(of: {
  store: Store;
  plan: Plan;
  book: BookRecord;
  folder: string;
  marks?: Marks | undefined;
}): Promise<Delivered> {
  const { store, plan, book, folder, marks } = of;
  await refuseLinks(dirname(folder), folder);
  const stem = markedStem(bookFileStem(plan.title), book);
  const name = `${stem}.m4b`;
  const one = { store, file: book.file, format: 'm4b' as const, folder, name, madeAt: new Date(book.madeAt) };
  const isNew = await deliverSound(one, marks && bookTags({ plan, book }), marks);
  const sidecars = bookSidecars({ plan, book, stem });
  const written = (isNew ? 1 : 0) + (await deliverSidecars(sidecars, folder));
  return { files: [join(folder, name)], extras: paths(sidecars, folder), written };
}

/** Delivers a stored file, with its marks where there are any. Returns whether it was written. */
async function deliverSound(
  of: Omit<Parameters<typeof deliverMarked>[0], 'marked' | 'earlier' | 'wanted'>,
  marked: MarkedAs | undefined,
  marks: Marks | undefined,
): Promise<boolean> {
  if (marked === undefined || marks === undefined) return deliverStored(of);
  const wanted = marks.wanted?.get(of.file.digest);
  const delivered = await deliverMarked({ ...of, marked, wanted, earlier: marks.earlier.get(of.name) });
  marks.delivered.set(of.name, delivered.marked);
  return delivered.written;
}

async function deliverSidecars(sidecars: readonly Sidecar[], folder: string): Promise<number> {
  let written = 0;
  for (const sidecar of sidecars) if (await deliverText({ ...sidecar, folder })) written += 1;
  return written;
}

function paths(sidecars: readonly Sidecar[], folder: string): string[] {
  return sidecars.map(({ name }) => join(folder, name));
}
