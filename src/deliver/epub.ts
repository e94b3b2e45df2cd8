/** The EPUB 3 of a book: its text with synchronized audio, made from the plan and the records. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ChapterDocuments, chapterDocuments, type ReadTake } from '../captions/epub-chapter.ts';
import { type EpubPackage, type EpubText, packageFiles } from '../captions/epub-package.ts';
import { bookFileStem } from '../plan/names.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import { type MasterFile, type MasterPart, type MasterRecord, partsOf } from '../store/masters.ts';
import type { Store } from '../store/store.ts';
import { markedStem } from './file-names.ts';
import { deliverWritten } from './files.ts';
import { type MarkedAs, partTags } from './marks/book-tags.ts';
import { tagsDigest } from './marks/deliver-marked.ts';
import { markedSound } from './marks/marked-sound.ts';
import type { Marks } from './marks/marks.ts';
import { spokenTakes } from './sidecars.ts';
import { writeZip, type ZipEntry, zipComment } from './zip.ts';

/** A delivered EPUB. */
export interface DeliveredEpub {
  path: string;
  durationSeconds: number;
  /** Whether it was written: it was missing or outdated. */
  written: boolean;
}

/**
 * Delivers `Title.epub` with all chapters and the times of all sentences. Leaves an EPUB that was made from the same texts and
 * audio. Writes atomically. Fails with `store-unwritable`, `disk-full`, `store-damaged`, or `input-unreadable` when it would be
 * larger than readers support.
 *
 * @param chapters all spoken chapters of the book with their records, in order
 */
export async function deliverEpub(of: {
  store: Store;
  plan: Plan;
  chapters: readonly { chapter: PlannedChapter; master: MasterRecord }[];
  verdict: MasterRecord['verdict'];
  folder: string;
  /** Absent: its sounds are as they are in the store, without marks. */
  marks?: Marks | undefined;
}): Promise<DeliveredEpub> {
  const { store, plan, chapters, verdict, folder, marks } = of;
  const made = chapters.map(({ chapter, master }, index) => makeChapter({ plan, chapter, master, index, marks }));
  const cover = coverOf(plan);
  const narrator = plan.delivery.narrator ?? plan.delivery.tradeNarrator;
  const book: EpubPackage = {
    ...{ title: plan.title, author: plan.delivery.author, language: languageOf(plan), modifiedAt: '' },
    ...(narrator !== undefined && { narrator }),
    ...(plan.delivery.publication && { publication: plan.delivery.publication }),
    identifier: `urn:uuid:${uuidOf(plan)}`,
    simulated: chapters.some(({ master }) => master.simulated),
    chapters: made.map(({ name, title, documents, sounds }) => ({
      ...{ name, title, durationSeconds: documents.durationSeconds },
      sounds: sounds.map((sound) => sound.name),
    })),
    ...(cover && { cover }),
  };
  const documents = made.flatMap(documentFiles);
  const sounds = made.flatMap((chapter) => chapter.sounds);
  const digests = sounds.map(({ file, marked }) => file.digest + (marked ? tagsDigest(marked.tags) : ''));
  const contentOf = (texts: readonly EpubText[]) =>
    digestOf([packageFiles(book), texts, digests, cover?.digest ?? null]);
  const comment = contentOf(documents);
  const texts = [...packageFiles({ ...book, modifiedAt: releaseTime(plan, comment) }), ...documents];
  const path = join(folder, `${markedStem(bookFileStem(plan.title), { verdict })}.epub`);
  const durationSeconds = book.chapters.reduce((sum, chapter) => sum + chapter.durationSeconds, 0);
  const known = await zipComment(path, comment.length);
  if (known === comment || (known !== undefined && earlierFiles(made).some((earlier) => known === contentOf(earlier))))
    return { path, durationSeconds, written: false };
  const entries = entriesOf({ texts, sounds, cover, store });
  const write = (temporary: string): Promise<void> => writeZip({ path: temporary, entries, comment });
  await deliverWritten({ folder, path, madeAt: latest(chapters.map(({ master }) => master)), write });
  return { path, durationSeconds, written: true };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function latest(masters: readonly MasterRecord[]): Date {
  return new Date(Math.max(0, ...masters.map(({ madeAt }) => Date.parse(madeAt))));
}

/**
 * EPUB asks when a book was modified, and reading apps tell editions apart by it. No clock says it, so that the same edition has the
 * same bytes wherever it is made: the day is that of publication, the time of day comes from the content.
 */
function releaseTime({ delivery, chapters }: Plan, content: string): string {
  const year = chapters[0]?.master.step.tags.year;
  const [given = '', month = '01', day = '01'] = (delivery.publication?.date ?? String(year ?? '')).split('-');
  const date = /^\d{4}$/.test(given) ? `${given}-${month}-${day}` : UNKNOWN_DAY;
  const second = Number.parseInt(content.slice(0, 8), 16) % SECONDS_OF_DAY;
  return new Date(Date.parse(date) + 1000 * second).toISOString();
}

const UNKNOWN_DAY = '1970-01-01T00:00:00.000Z';
const SECONDS_OF_DAY = 86_400;

interface MadeChapter {
  name: string;
  title: string;
  documents: ChapterDocuments;
  sounds: { name: string; file: MasterFile; marked: MarkedAs | undefined }[];
}

function makeChapter(of: {
  plan: Plan;
  chapter: PlannedChapter;
  master: MasterRecord;
  index: number;
  marks: Marks | undefined;
}): MadeChapter {
  const { plan, chapter, master, index, marks } = of;
  const name = `c${String(index + 1).padStart(4, '0')}`;
  const parts = partsOf(master);
  const sounds = parts.map((part, partIndex) => {
    const file = soundOf(part);
    const marked = marks && partTags({ plan, chapter, master, part, digest: file.digest });
    return { name: `${name}-${partIndex + 1}.${file.format}`, file, marked, durationSeconds: part.durationSeconds };
  });
  const takes = spokenTakes(chapter, master.positions).map((take, takeIndex): ReadTake => {
    const written = chapter.segments[takeIndex]?.step.written;
    const part = parts.findIndex(({ firstTake, takes: count }) => takeIndex < firstTake + count);
    const sceneAfter = chapter.scenes?.includes(takeIndex) ?? false;
    return { ...take, ...(written !== undefined && { text: written }), file: Math.max(0, part), sceneAfter };
  });
  const documents = chapterDocuments({ title: chapter.title, takes, sounds }, { name, language: languageOf(plan) });
  return { name, title: chapter.title, documents, sounds };
}

/** Both formats are core media types of EPUB 3. */
function soundOf({ files }: MasterPart): MasterFile {
  const file = files.find(({ format }) => format === 'mp3') ?? files.find(({ format }) => format === 'm4a');
  if (file === undefined) throw new Error('Internal error: a chapter of an EPUB was mastered without an MP3 or M4A.');
  return file;
}

/** As earlier versions wrote them, each at once: such an EPUB stays as it is. */
function earlierFiles(made: readonly MadeChapter[]): EpubText[][] {
  const smils = made.map(({ documents }) => documents.earlierSmils());
  return (smils[0] ?? []).map((_, version) =>
    made.flatMap((chapter, index) =>
      documentFiles({ ...chapter, documents: { ...chapter.documents, smil: smils[index]![version]! } }),
    ),
  );
}

function documentFiles({ name, documents }: MadeChapter): EpubText[] {
  return [
    { name: `EPUB/text/${name}.xhtml`, text: documents.xhtml },
    { name: `EPUB/overlay/${name}.smil`, text: documents.smil },
  ];
}

function* entriesOf(of: {
  texts: readonly EpubText[];
  sounds: MadeChapter['sounds'];
  cover: ReturnType<typeof coverOf>;
  store: Store;
}): Generator<ZipEntry> {
  // Must be the first entry and uncompressed: it identifies an EPUB (OCF 3.3, 4.2).
  yield { name: 'mimetype', text: 'application/epub+zip', packed: false };
  for (const { name, text } of of.texts) yield { name, text, packed: true };
  if (of.cover !== undefined) yield { name: `EPUB/${of.cover.name}`, bytes: of.store.openBlob(of.cover.digest) };
  for (const { name, file, marked } of of.sounds) {
    const stored = of.store.openBlob(file.digest);
    const { format, byteLength } = file;
    const bytes = marked === undefined ? stored : markedSound(stored, { format, byteLength, tags: marked.tags });
    yield { name: `EPUB/audio/${name}`, bytes };
  }
}

function coverOf({ chapters }: Plan): { name: string; mediaType: string; digest: string } | undefined {
  const cover = chapters[0]?.master.step.cover;
  if (cover === undefined) return undefined;
  const { mediaType, digest } = cover;
  return { name: mediaType === 'image/png' ? 'cover.png' : 'cover.jpg', mediaType, digest };
}

function languageOf({ delivery }: Plan): string {
  return delivery.language ?? 'en';
}

/** The same for every edition of a book, so that reading apps recognize it. */
function uuidOf({ title, delivery }: Plan): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(['epub', title, delivery.author]))
    .digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `8${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
