/**
 * One run of one book: plan, enrol the voices, let the queue speak and master, deliver each chapter when it is done.
 *
 * The store is asked first and last. What the queue says on the way is for progress and for failures; what is delivered is
 * what the store has.
 */
import { basename } from 'node:path';
import type { Account } from './account.ts';
import type { Book } from './book.ts';
import { consentOf } from './consent.ts';
import { type ProvenChapter, writeCompleteness } from './deliver/completeness.ts';
import { chooseFolder } from './deliver/folder.ts';
import { keepLock } from './deliver/lock-file.ts';
import { writeReports } from './deliver/report.ts';
import { openDeliveryFolder } from './deliver.ts';
import { PipelineError } from './errors.ts';
import type { Emit, RunFinishedEvent, Trouble } from './events.ts';
import type { HoldWatch } from './hold.ts';
import { type Draft, draftBook } from './plan/draft.ts';
import { type ChapterSound, type Edition, editionOf } from './plan/edition.ts';
import { missingSegments, type Plan, type PlannedChapter, planBook, planTotals } from './plan/plan.ts';
import type { CallCounts } from './plan/step.ts';
import type { QueueConnection } from './queue/connection.ts';
import type { Follower } from './queue/follow.ts';
import { speakingVoices, workInRounds } from './rounds.ts';
import { RunLog } from './run-log.ts';
import { dropRefusal } from './store/refusals.ts';
import { snapshotOf } from './store/snapshot.ts';
import type { Store } from './store/store.ts';

/** What a run works with. */
export interface RunParts {
  book: Book;
  store: Store;
  account: Account;
  /** The service is known to be a simulator before it is asked. */
  simulated: boolean;
  /** Absolute; the book gets a folder of its own in it. */
  outDir: string;
  /** Ask the service again for texts that it refused in an earlier run. Default: no. */
  retryRefused?: boolean;
  /** What the ids of its jobs begin with. Default: nothing. */
  jobPrefix?: string;
  /** Its segments go before those of other books. Default: no. */
  urgent?: boolean;
  /** Lets an operator hold the book up. */
  hold?: HoldWatch | undefined;
  /** Opens the queue and its workers. Called once, and only when something is to be done. */
  openWork(): Promise<Work>;
  emit: Emit;
  /** Aborts on Ctrl-C: what is under way gets a short grace, the rest is left for the next run. */
  signal: AbortSignal;
  /** Write the lock beside the manifest when everything was delivered. Default: no. */
  keepLock?: boolean;
  /** The edition to reproduce: files that are not byte for byte its own are not delivered. */
  locked?: Edition;
}

/** An open queue with workers on it. */
export interface Work {
  queue: QueueConnection;
  /** Names this process in the results of its workers. */
  workerId: string;
  /** Aborts, with a `PipelineError`, when this process may no longer work on the store. */
  lost?: AbortSignal | undefined;
  /** Calls that this process made to the service, failed tries included. */
  calls(): CallCounts;
  /** Stops this process's workers; see src/queue/workers.ts. */
  stopWorkers(options: { graceMs: number }): Promise<void>;
  /** Closes everything that `openWork` opened. */
  close(): Promise<void>;
}

/** How a run ended: its last event, and the failure that stopped it early, if one did. */
export interface RunOutcome {
  finished: RunFinishedEvent;
  /** Interrupted, or a failure after which going on would only repeat it (a refused key, a full disk). */
  stoppedBy: Trouble | undefined;
}

/** How long segments under way may take to end after Ctrl-C, in milliseconds: most takes end within it and are kept. */
const GRACE_MS = 5_000;

/** All steps of a loaded book. Pure. */
export function draftRun({ book, account }: Pick<RunParts, 'book' | 'account'>): Draft {
  return draftBook({
    manifest: book.manifest,
    chapters: book.chapters,
    samples: new Map([...book.samples].map(([name, { asset }]) => [name, asset])),
    ...(book.cover === undefined ? {} : { cover: book.cover.asset }),
    pickups: new Map([...book.pickups].map(([path, { asset }]) => [path, asset])),
    realm: account.realm,
  });
}

/** The edition that a draft makes; it knows no sound yet. */
export function editionOfDraft({ book, account }: Pick<RunParts, 'book' | 'account'>, draft: Draft): Edition {
  return editionOf({ ...headOf({ book, account }), simulated: false, chapters: draft.chapters });
}

/** What of a book is needed now. Reads the store, changes nothing. */
export async function planRun({ book, store, account }: Pick<RunParts, 'book' | 'store' | 'account'>): Promise<Plan> {
  const draft = draftRun({ book, account });
  return planBook(draft, await snapshotOf(store, draft, account.id));
}

/**
 * Runs a book. The last event it emits is `run.finished`, whatever happened on the way; safe to repeat at any time.
 *
 * Throws only what happens before anything was begun, such as an output folder that can not be written.
 */
export async function runBook(parts: RunParts): Promise<RunOutcome> {
  const { book, store, emit } = parts;
  const plan = await planRun(parts);
  const { title, author = '' } = book.manifest;
  const folder = await chooseFolder({ outDir: parts.outDir, title, author });
  await openDeliveryFolder(folder);
  emit({ type: 'run.planned', ...planTotals(plan) });

  if (parts.retryRefused) for (const chapter of plan.chapters) await askAgain(chapter, store);
  const log = new RunLog({ plan, store, folder, emit, simulated: parts.simulated, locked: parts.locked });
  for (const chapter of plan.chapters) if (chapter.master.need === 'reuse') log.deliveries.deliver(chapter);
  if (plan.book?.need === 'reuse') log.deliveries.deliverBook();
  let stoppedBy: RunOutcome['stoppedBy'];
  if (hasWork(plan)) {
    try {
      await doWork({ parts, plan, log });
    } catch (error) {
      stoppedBy = troubleOf(error);
    }
  }
  stoppedBy = (await log.deliveries.delivered()) ?? stoppedBy;
  const finished = log.finished();
  try {
    await report({ parts, plan, log, finished, folder });
  } catch (error) {
    stoppedBy ??= troubleOf(error);
  }
  emit(finished);
  return { finished, stoppedBy };
}

/** Forgets what was refused before, so that the workers, wherever they are, ask again. */
async function askAgain(chapter: PlannedChapter, store: Store): Promise<void> {
  for (const { key } of missingSegments(chapter)) await dropRefusal(store, key);
}

/** Writes what proves the edition: the map, the reports that name it, and the lock when everything was delivered. */
async function report(of: {
  parts: RunParts;
  plan: Plan;
  log: RunLog;
  finished: RunFinishedEvent;
  folder: string;
}): Promise<void> {
  const { parts, plan, log, finished, folder } = of;
  const { proven, bookRecord: book } = log.deliveries;
  const made = new Map([...proven].map(([number, chapter]) => [number, soundOf(chapter)]));
  const chapters = plan.chapters.map((chapter) => ({
    ...chapter,
    segments: chapter.segments.map(({ step }) => step),
    master: chapter.master.step,
  }));
  const { simulated } = finished;
  const edition = editionOf({ ...headOf(parts), simulated, chapters, made, book: book?.file.digest });
  const completeness = await writeCompleteness(folder, { plan, edition, finished, proven, book });
  const masters = new Map([...proven].map(([number, { master }]) => [number, master]));
  const lines = { doubtful: log.doubtful(), refused: log.refused(), consent: consentOf(parts.book) };
  await writeReports(folder, {
    title: plan.title,
    finished,
    delivery: plan.delivery,
    masters,
    completeness,
    ...lines,
  });
  if (!parts.keepLock || !finished.ok) return;
  const { trouble } = await keepLock(parts.book.folder, edition);
  if (trouble !== undefined) parts.emit({ type: 'notice', level: 'warning', message: trouble });
}

function soundOf({ master, takes }: ProvenChapter): ChapterSound {
  const files = Object.fromEntries(master.files.map(({ format, digest }) => [format, digest]));
  return { files, ffmpeg: master.ffmpeg ?? null, sounds: takes?.map(({ digest }) => digest) ?? [] };
}

function headOf({ book, account }: Pick<RunParts, 'book' | 'account'>) {
  const { manifest, manifestPath, wordsDigest } = book;
  return { manifest, manifestName: basename(manifestPath), realm: account.realm, wordsDigest };
}

/** A fault of the program stops the run like a failure of the world, but keeps its stack for whoever reports it. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function hasWork(plan: Plan): boolean {
  return plan.book?.need === 'make' || plan.chapters.some((chapter) => chapter.master.need === 'make');
}

async function doWork({ parts, plan, log }: { parts: RunParts; plan: Plan; log: RunLog }): Promise<void> {
  await keepAssets(parts, plan);
  const work = await parts.openWork();
  // One signal for "stop waiting": the caller's Ctrl-C, or a failure that every further step would only repeat.
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  log.onBlocked = (failure) => stop.abort(failure);
  work.lost?.addEventListener('abort', () => stop.abort(work.lost?.reason), { once: true });
  log.countCallsOf(work);
  let follower: Follower | undefined;
  try {
    const { jobPrefix: prefix = '', urgent = false, hold, emit } = parts;
    await workInRounds({ queue: work.queue, plan, log, prefix, urgent, hold, emit, signal }, (opened) => {
      follower = opened;
    });
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    await work.stopWorkers({ graceMs: signal.aborted ? GRACE_MS : 0 });
    // What ended within the grace was paid for and is kept, so it is counted too.
    if (signal.aborted) await follower?.catchUp();
    await follower?.close();
    await work.close();
  }
}

/** Puts the samples and the cover into the store, where a worker on another machine finds them. */
async function keepAssets({ book, store }: RunParts, plan: Plan): Promise<void> {
  // Samples of voices that exist are kept too: a voice that the service has lost is cloned again while speaking.
  const speaking = new Set(plan.chapters.flatMap(speakingVoices));
  const needed = new Set(
    plan.voices.filter(({ step }) => speaking.has(step.key)).map(({ step }) => step.sample.digest),
  );
  const assets = [...book.samples.values()].filter(({ asset }) => needed.has(asset.digest));
  if (book.cover !== undefined) assets.push(book.cover);
  const recordings = new Set(plan.chapters.flatMap(missingSegments).map(({ pickup }) => pickup?.digest));
  assets.push(...[...book.pickups.values()].filter(({ asset }) => recordings.has(asset.digest)));
  for (const { read } of assets) {
    // Even when it is there: writing it again heals one that was damaged, and it is small.
    await store.putBlob(await read());
  }
}
