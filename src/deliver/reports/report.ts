/** Writes report.json and report.html next to the files: what was made, and the result of every rule. */
import { readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunFinishedEvent } from '../../events.ts';
import type { Delivery } from '../../plan/draft.ts';
import type { DoubtfulLine, ParkedLine, RefusedLine } from '../../plan/lines-to-review.ts';
import { profileOf } from '../../qc/profiles.ts';
import type { BookRecord } from '../../store/books.ts';
import { type MasterRecord, partsOf } from '../../store/masters.ts';
import { findLink, refuseLinks } from '../../store/no-links.ts';
import type { SpendingSummary } from '../../store/spending/sums.ts';
import { type CompletenessNote, isComplete } from '../completeness.ts';
import type { Disclosed } from '../disclosure.ts';
import { deliverText, inFolder } from '../files.ts';
import { DISCLOSURE } from '../marks/read-disclosure.ts';
import type {
  Report,
  ReportChapter,
  ReportConsent,
  ReportDisclosure,
  ReportDoubt,
  ReportSound,
} from './report-json.ts';
import { reportPage } from './report-page.ts';
import { chapterSounds, takeSound } from './report-sound.ts';
import { reportLanguage } from './words/words.ts';

/** Name of the machine-readable report. Written after the files that it lists. */
export const REPORT = 'report.json';
const PAGE = 'report.html';

/**
 * Writes both reports. When everything was delivered, removes the files that only an earlier report lists: a renamed or removed
 * chapter, a failed edition. Never changes other files.
 */
export async function writeReports(
  folder: string,
  of: {
    title: string;
    /** ISO code of the book's language, which decides that of the page. Absent: English. */
    language?: string | undefined;
    /** ID of the store: the folder is updated by the same book of this store. */
    store?: string;
    finished: RunFinishedEvent;
    delivery: Delivery;
    /** By chapter number; chapters that were not delivered have none. */
    masters: ReadonlyMap<number, MasterRecord>;
    /** The delivered book file. Absent: none. */
    book?: BookRecord | undefined;
    doubtful: readonly DoubtfulLine[];
    refused: readonly RefusedLine[];
    parked?: readonly ParkedLine[];
    consent: readonly ReportConsent[];
    completeness?: CompletenessNote | undefined;
    disclosed?: Disclosed | undefined;
    spent?: SpendingSummary | undefined;
  },
): Promise<void> {
  await inFolder(folder, async () => {
    await refuseLinks(dirname(folder), folder);
    const before = await namesInReport(folder);
    const report = reportOf({ ...of, folder, before });
    await deliverText({ text: `${JSON.stringify(report, null, 2)}\n`, folder, name: REPORT });
    const page = reportPage(report, { ...deliveryProfile(of.delivery), language: reportLanguage(of.language) });
    await deliverText({ text: page, folder, name: PAGE });
    if (!report.complete) return;
    await removeEarlierFiles(
      folder,
      before.filter((name) => !report.files.includes(name)),
    );
  });
}

/** Removes files of earlier editions, and their line folders if those are empty; nothing behind a link. */
export async function removeEarlierFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if ((await findLink(folder, dirname(join(folder, name)))) === undefined)
      await rm(join(folder, name), { force: true });
  }
  for (const below of new Set(names.map((name) => dirname(name)).filter((name) => name !== '.'))) {
    await rmdir(join(folder, below)).catch(() => undefined);
  }
}

function deliveryProfile({ mastering, custom }: Delivery): {
  name: string;
  isChanged: boolean;
  targetLufs: number | null;
} {
  const { name, targetLufs } = profileOf({ profile: mastering, ...(custom && { custom }) });
  return { name, isChanged: custom !== undefined, targetLufs };
}

/** Its name in report.json. */
function profileName({ name, isChanged }: { name: string; isChanged: boolean }): string {
  return isChanged ? `${name}, changed` : name;
}

function reportOf(of: Parameters<typeof writeReports>[1] & { folder: string; before: readonly string[] }): Report {
  const { finished, folder, delivery, masters, before } = of;
  const named = (paths: readonly string[] = []): string[] =>
    paths.map((path) => path.slice(folder.length + 1).replaceAll('\\', '/'));
  const places = placesInBook(finished, of.book);
  const chapters = finished.chapters.map((chapter): ReportChapter => {
    const master = masters.get(chapter.index);
    const partSeconds = master === undefined ? [] : partsOf(master).map((part) => part.durationSeconds);
    const inBook = places.get(chapter.index);
    const sounds = chapterSounds({ files: named(chapter.files), partSeconds, inBook });
    return {
      ...chapter,
      files: named(chapter.files),
      extras: named(chapter.extras),
      checks: (master?.files ?? [])
        .filter(({ format }) => chapter.role === 'retail-sample' || delivery.formats.includes(format))
        .map(({ format, part, rules }) => ({ format, ...(part !== undefined && { part }), rules })),
      curves: master?.curves ?? { peaks: [], loudnessLufs: [] },
      ...(master?.parts && {
        partCurves: master.parts.map(({ durationSeconds, curves }) => ({ durationSeconds, curves })),
      }),
      ...(sounds.length > 0 && { sounds }),
    };
  });
  const { book, epub } = finished;
  const files = [
    ...chapters.flatMap((chapter) => [...chapter.files, ...chapter.extras]),
    ...named(book?.files),
    ...named(book?.extras),
    ...named(epub?.files),
  ];
  return {
    format: 'narration-report',
    version: 1,
    title: of.title,
    author: delivery.author,
    ...(of.store !== undefined && { store: of.store }),
    syntheticSpeech: true,
    simulated: finished.simulated,
    complete: isComplete(finished),
    ...(finished.partial && { partial: finished.partial }),
    profile: profileName(deliveryProfile(delivery)),
    files,
    kept: isComplete(finished) ? [] : before.filter((name) => !files.includes(name)),
    chapters,
    book: book === null ? null : { ...book, files: named(book.files) },
    ...(epub && { epub: { ...epub, files: named(epub.files) } }),
    segments: finished.segments,
    voices: finished.voices,
    billedCharacters: finished.billedCharacters,
    takesBilledCharacters: takesBilled(finished, masters),
    calls: finished.calls,
    doubtful: of.doubtful.map((line) => {
      const sounds = chapters.find(({ index }) => index === line.chapter)?.sounds ?? [];
      return doubtIn(masters.get(line.chapter), line, sounds);
    }),
    refused: of.refused.map(({ segment: _, ...line }) => line),
    parked: (of.parked ?? []).map(({ segment: _, ...line }) => line),
    consent: [...of.consent],
    ...(of.completeness && { completeness: of.completeness }),
    ...(of.disclosed && { disclosure: noteOf(of.disclosed) }),
    ...(of.spent && { spent: of.spent }),
    money: {
      planned: finished.planned,
      cost: finished.cost,
      billedDifference: finished.billedDifference,
      usage: finished.usage,
      unanswered: finished.unanswered,
      budget: finished.budget,
    },
  };
}

/** The files stay in disclosure.json: a book of single lines has thousands. */
function noteOf({ marks, ...disclosed }: Disclosed): ReportDisclosure {
  const { files, ...rest } = marks;
  return { file: DISCLOSURE, ...disclosed, marks: { ...rest, written: files.length, verified: files.length } };
}

/** A take that is used several times was billed once. */
function takesBilled({ chapters }: RunFinishedEvent, masters: ReadonlyMap<number, MasterRecord>): number | null {
  const byKey = new Map<string, number>();
  for (const { index } of chapters) {
    const positions = masters.get(index)?.positions ?? [];
    if (positions.length === 0) return null;
    for (const { take } of positions) {
      if (take?.triesBilledCharacters === undefined) return null;
      byKey.set(take.key, take.triesBilledCharacters);
    }
  }
  return [...byKey.values()].reduce((sum, characters) => sum + characters, 0);
}

/** The doubt with its time in the chapter file, and where its take is heard. */
function doubtIn(
  master: MasterRecord | undefined,
  { segment, ...line }: DoubtfulLine,
  sounds: readonly ReportSound[],
): ReportDoubt {
  const take = master?.positions[segment];
  if (master === undefined || take === undefined) return { ...line, atSeconds: null };
  const inTake = Math.min(line.doubts[0]?.atSeconds ?? 0, take.durationSeconds);
  const atSeconds = Math.round((take.startSeconds + inTake) * 1000) / 1000;
  const part = partsOf(master).findIndex(({ firstTake, takes }) => segment >= firstTake && segment < firstTake + takes);
  const chapter = sounds[part];
  return { ...line, atSeconds, ...(chapter && { sound: takeSound(take, chapter) }) };
}

/** By chapter number, its place in the delivered book file, which has no retail sample. */
function placesInBook({ book, chapters, folder }: RunFinishedEvent, record: BookRecord | undefined) {
  const places = new Map<number, ReportSound>();
  const [path] = book?.files ?? [];
  const bound = chapters.filter(({ role }) => role !== 'retail-sample');
  if (path === undefined || record?.chapters.length !== bound.length) return places;
  const file = path.slice(folder.length + 1);
  for (const [at, { index }] of bound.entries()) {
    const { startSeconds, endSeconds } = record.chapters[at]!;
    places.set(index, { file, startSeconds, endSeconds });
  }
  return places;
}

/** Names of delivered files; other names in an earlier report are ignored. */
const DELIVERED_NAME = /^([^/\\]+ - lines\/)?(?!\.)[^/\\]+\.(mp3|m4a|m4b|flac|wav|srt|vtt|lrc|cue|labels\.txt|epub)$/;

/** Names of delivered files in a folder's report; empty without a report. */
export async function namesInReport(folder: string): Promise<string[]> {
  try {
    const report: unknown = JSON.parse(await readFile(join(folder, REPORT), 'utf8'));
    if (typeof report !== 'object' || report === null || !('format' in report) || !('files' in report)) return [];
    if (report.format !== 'narration-report' || !Array.isArray(report.files)) return [];
    const kept: unknown[] = 'kept' in report && Array.isArray(report.kept) ? report.kept : [];
    // Anyone can edit a report: only names of delivered files are trusted.
    return [...report.files, ...kept].filter(
      (name): name is string => typeof name === 'string' && DELIVERED_NAME.test(name),
    );
  } catch {
    return [];
  }
}
