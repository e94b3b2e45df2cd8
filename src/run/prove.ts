/** Phase 8, prove: completeness.json, the reports, and the lock of the delivered edition. */
import { basename } from 'node:path';
import type { Account } from '../account.ts';
import { consentOf } from '../book/consent.ts';
import type { Book } from '../book/load-book.ts';
import { type ProvenChapter, writeCompleteness } from '../deliver/completeness.ts';
import { type Disclosed, writeDisclosure } from '../deliver/disclosure.ts';
import { disclosureFacts } from '../deliver/disclosure-facts.ts';
import { removeMark } from '../deliver/folder.ts';
import { updateLock } from '../deliver/lock-file.ts';
import { MARKS_VERSION } from '../deliver/marks/file-tags.ts';
import type { Marks } from '../deliver/marks/marks.ts';
import { writeReports } from '../deliver/reports/report.ts';
import type { ReportedFailure, RunFinishedEvent } from '../events.ts';
import type { Draft } from '../plan/draft.ts';
import { type ChapterSound, type Edition, editionOf, fileKey } from '../plan/edition.ts';
import { spokenChapters } from '../plan/plan.ts';
import { foldSpending, readSpending } from '../store/spending/read-spending.ts';
import { type SpendingSummary, spendingSummary } from '../store/spending/sums.ts';
import { recordEdition } from './record-edition.ts';
import { reportedFailure } from './reported-failure.ts';
import { hasWork, type Run, UNMARKED_EDITION } from './run.ts';

/** The book and the account of an edition. */
interface EditionOwner {
  book: Book;
  account: Account;
}

/** The edition of a draft; it has no sound yet. */
export function editionOfDraft(owner: EditionOwner, draft: Draft): Edition {
  return editionOf({ ...headOf(owner), simulated: false, chapters: spokenChapters(draft) });
}

/** Writes completeness.json, the reports, and, if wanted and everything was delivered, the lock. Returns what failed. */
export async function writeProof(run: Run, finished: RunFinishedEvent): Promise<ReportedFailure | undefined> {
  try {
    await write(run, finished);
    return undefined;
  } catch (error) {
    return reportedFailure(error);
  }
}

async function write(run: Run, finished: RunFinishedEvent): Promise<void> {
  const { options, plan, folder, tally, deliveries } = run;
  const { proven, bookRecord: book } = deliveries;
  const made = new Map([...proven].map(([number, chapter]) => [number, soundOf(chapter)]));
  // Without the retail sample, which repeats part of its chapter.
  const chapters = spokenChapters(plan).map((chapter) => ({
    ...chapter,
    segments: chapter.segments.map(({ step }) => step),
    master: chapter.master.step,
  }));
  const { simulated } = finished;
  const { marks } = deliveries;
  const edition = editionOf({
    ...{
      ...headOf(options),
      simulated,
      chapters,
      made,
      book: book && { digest: book.file.digest, binding: book.binding },
    },
    marks: marks && { version: MARKS_VERSION, marked: digestsOf(marks) },
  });
  const completeness = await writeCompleteness(folder, {
    ...{ plan, edition, finished, proven, book },
    ...(marks && { marked: marks.delivered }),
  });
  const disclosed = await disclose(run, { edition, finished });
  const masters = new Map([...proven].map(([number, { master }]) => [number, master]));
  await writeReports(folder, {
    title: plan.title,
    language: edition.language,
    store: options.store.id,
    finished,
    delivery: plan.delivery,
    masters,
    book,
    completeness,
    disclosed,
    doubtful: tally.segments.doubtful(),
    refused: tally.segments.refused(),
    parked: tally.segments.parked(),
    consent: consentOf(options.book),
    spent: await spentOn(run),
  });
  await removeMark(folder);
  // Some chapters are no edition.
  if (!finished.ok || finished.partial !== undefined) return;
  const warn = (message: string): void => options.emit({ type: 'notice', level: 'warning', message });
  const lock = options.keepLock ? await updateLock(options.book.folder, edition) : undefined;
  if (lock?.warning !== undefined) warn(lock.warning);
  const unrecorded = await recordEdition(options.store, {
    ...{ edition, finished, hasLock: lock?.written ?? false },
    isNew: hasWork(run),
  });
  if (unrecorded !== undefined) warn(unrecorded);
}

/** Writes disclosure.json: who speaks in the delivered files, and how they say it. */
async function disclose(
  { folder, options, plan, deliveries: { marks } }: Run,
  of: { edition: Edition; finished: RunFinishedEvent },
): Promise<Disclosed> {
  return writeDisclosure(folder, {
    facts: disclosureFacts({ book: options.book, plan, edition: of.edition }),
    finished: of.finished,
    delivered: marks?.delivered ?? new Map(),
    earlier: marks?.earlier ?? new Map(),
    isPart: of.finished.partial !== undefined,
    ...(marks === undefined && { whyUnmarked: UNMARKED_EDITION }),
  });
}

/** The digests of the marked files, by those of the stored ones. */
function digestsOf({ delivered }: Marks): Map<string, string> {
  return new Map([...delivered.values()].map(({ unmarked, digest }) => [unmarked, digest]));
}

/** What all runs paid for the book. The report is worth more than this sum: undefined when it cannot be read. */
async function spentOn({ options: { store }, plan }: Run): Promise<SpendingSummary | undefined> {
  const book = { title: plan.title, author: plan.delivery.author };
  const month = new Date().toISOString().slice(0, 7);
  await foldSpending(store, book, month).catch(() => undefined);
  return spendingSummary((await readSpending(store, book).catch(() => ({ calls: [] }))).calls);
}

function soundOf({ master, takes }: ProvenChapter): ChapterSound {
  const files = Object.fromEntries(master.files.map((file) => [fileKey(file), file.digest]));
  return { files, ffmpeg: master.ffmpeg ?? null, sounds: takes?.map(({ digest }) => digest) ?? [] };
}

function headOf({ book, account }: EditionOwner) {
  const { manifest, manifestPath, wordsDigest } = book;
  return { manifest, manifestName: basename(manifestPath), realm: account.realm, wordsDigest };
}
