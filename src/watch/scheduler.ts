/** The scheduler: which book of the queue runs next, and what follows from the end of its run. */
import type { PipelineEvent, ReportedFailure } from '../events.ts';
import { withJoinedSignal } from '../signals.ts';
import { guard } from '../store/disk-failure.ts';
import { type Agreement, ensureApproved, spendApproval } from './approvals.ts';
import { readBookMemory, rememberedDelivery } from './book-memory.ts';
import type { ReadyBook, RunEnd } from './book-work.ts';
import { readDrop } from './check-drops.ts';
import type { Claim } from './claim.ts';
import { type DayMoney, openDayMoney } from './day-money.ts';
import { byQueueOrder, type Drop } from './drop.ts';
import { fingerprintBook } from './file-fingerprint.ts';
import type { Inbox } from './inbox.ts';
import { failureOf, outageCause, type RunProblems } from './outage.ts';
import { readSpent, readSpentAtTimes } from './read-spent.ts';
import type { Scanner } from './scanner.ts';
import {
  type BookFailure,
  type Reasons,
  reasonsOf,
  reasonsOfDay,
  reasonsOfDuplicate,
  reasonsOfRun,
} from './why-incomplete.ts';

/**
 * Starts the books that are due while there is room. `onEnd` is called when one of them ends; the next book then starts at
 * once, without waiting for the next round.
 */
export function startDueBooks(inbox: Inbox, scanner: Scanner, onEnd: () => void): void {
  if (inbox.options.signal.aborted || inbox.folderMissing) return;
  let running = 0;
  for (const { busy } of inbox.drops.values()) if (busy === 'run') running += 1;
  for (;;) {
    const drop = nextInQueue(inbox);
    // One more for an urgent book, so that it never waits for a long book that is not urgent.
    if (drop === undefined || running >= inbox.options.booksAtOnce + (drop.urgent ? 1 : 0)) return;
    if (inbox.outage.cause !== undefined && running > 0) return;
    running += 1;
    drop.busy = 'run';
    void claimAndRun(inbox, scanner, drop).finally(() => {
      drop.busy = undefined;
      startDueBooks(inbox, scanner, onEnd);
      onEnd();
    });
  }
}

function nextInQueue({ drops }: Inbox): Drop | undefined {
  let first: Drop | undefined;
  const now = performance.now();
  for (const drop of drops.values()) {
    // A book with a scan due has just changed.
    if (drop.state.name !== 'queued' || drop.busy || drop.nextScanAtMs <= now) continue;
    if (first === undefined || byQueueOrder(drop, first) < 0) first = drop;
  }
  return first;
}

async function claimAndRun(inbox: Inbox, scanner: Scanner, drop: Drop): Promise<void> {
  let claim: Claim | undefined;
  try {
    claim = await guard(inbox.ownFolder, () => inbox.claims.take(inbox.claimPath(drop))).catch((error: unknown) => {
      // The watched folder cannot be written. Without claims two watchers would run every book twice.
      inbox.beginOutage(failureOf(error));
      throw error;
    });
    if (claim === undefined) {
      inbox.dispatch(drop, { type: 'claimed-elsewhere' });
      return;
    }
    await runClaimed(inbox, scanner, drop, claim);
  } catch (error) {
    onIncomplete(inbox, drop, failureOf(error), { made: 0, failures: [] });
  } finally {
    // Records must be on disk before another watcher can claim the book.
    await inbox.backgroundIdle();
    await claim?.release().catch(() => undefined);
    inbox.outage.probeAgain(performance.now());
  }
}

async function runClaimed(inbox: Inbox, scanner: Scanner, drop: Drop, claim: Claim): Promise<void> {
  const { signature, gone } = await fingerprintBook(drop.file, drop.references, inbox.storage.fingerprintOf);
  if (gone || signature !== drop.stability?.signature) {
    drop.nextScanAtMs = 0;
    return;
  }
  const memory = await readBookMemory(inbox.storage.records, drop.path);
  if (memory.delivered?.signature === signature) {
    Object.assign(drop, rememberedDelivery(memory.delivered));
    inbox.dispatch(drop, { type: 'already-delivered' });
    return;
  }
  const book = await readDrop(inbox, scanner, drop);
  // A check that was cut off says nothing about the book.
  if (inbox.options.signal.aborted) return;
  if (book === 'incomplete-file' || book === 'retry-later' || 'type' in book) {
    inbox.dispatch(drop, typeof book === 'string' ? { type: 'changed' } : book);
    return;
  }
  // Changed, removed or paused while it was checked.
  if (drop.state.name !== 'queued') return;
  const duplicate = duplicateOf(inbox, drop);
  if (duplicate !== undefined) {
    inbox.dispatch(drop, { type: 'failed', ...reasonsOfDuplicate(duplicate.path) });
    return;
  }
  const { isApproved, agreement } = await ensureApproved(inbox, drop, book);
  if (!isApproved) return;
  const day = await reserve(inbox, drop, book);
  if (day === undefined) return;
  if (drop.state.name !== 'queued') return await day.settle(0);
  drop.checkedSignature = signature;
  await runDrop({ inbox, drop, book, claim, day, agreement });
}

/** An earlier book of the same title and author, which would be delivered into the same folder. */
function duplicateOf(inbox: Inbox, drop: Drop): Drop | undefined {
  return [...inbox.drops.values()].find((other) => {
    if (other === drop || other.missingSinceMs !== undefined || other.title !== drop.title) return false;
    if ((other.author ?? '') !== (drop.author ?? '')) return false;
    const { name } = other.state;
    if (['delivered', 'speaking', 'delivering', 'elsewhere'].includes(name)) return true;
    return (name === 'queued' || name === 'paused') && other.path < drop.path;
  });
}

/** The day's budget as one run sees it; undefined where nothing limits the day. */
interface DayShare {
  money: DayMoney | undefined;
  settle(amount: number): Promise<void>;
}

/** Reserves the price in the day's budget. Undefined when too little is left; the book's state then says so. */
async function reserve(inbox: Inbox, drop: Drop, book: ReadyBook): Promise<DayShare | undefined> {
  const { budgetPerDay: limit, emit } = inbox.options;
  const { budget } = inbox;
  const { price } = book;
  if (price === null || price.amount === 0) {
    await budget.settleKilledRuns(drop.path);
    return { money: undefined, settle: async () => undefined };
  }
  const { amount, currency } = price;
  const day = await budget.reserve(drop.path, amount, { title: book.title, author: book.author });
  // Reserve before counting: of two watchers at the same moment, each then counts the other's reservation.
  const spent = await budget.spent();
  if (limit !== undefined && amount > 0 && spent > limit) {
    await budget.settle(drop.path, { day, amount: 0 });
    if (amount > limit) {
      inbox.dispatch(drop, { type: 'failed', ...reasonsOfDay({ amount, limit, currency }) });
    } else inbox.dispatch(drop, { type: 'paused', reason: 'budget' });
    return undefined;
  }
  const money = limit === undefined ? undefined : openDayMoney({ budget, book: drop.path, day, limit });
  return {
    money,
    settle: async (billed) => {
      await (money === undefined ? budget.settle(drop.path, { day, amount: billed }) : money.settle(billed));
      if (billed === 0) return;
      const spent = { amount: await budget.spentSoFar(), currency };
      const simulated = inbox.options.isSimulation ? { simulated: true as const } : {};
      emit({ type: 'inbox.budget', day: budget.today(), spent, limit: limit ?? null, ...simulated });
    },
  };
}

async function runDrop(of: {
  inbox: Inbox;
  drop: Drop;
  book: ReadyBook;
  claim: Claim;
  day: DayShare;
  agreement: Agreement | undefined;
}): Promise<void> {
  const { inbox, drop, book, claim, day, agreement } = of;
  drop.runAbort = new AbortController();
  drop.progress = undefined;
  inbox.dispatch(drop, { type: 'started' });
  const problems: { made: number; failures: BookFailure[] } = { made: 0, failures: [] };
  let changed = 0;
  let isOverBudget = false;
  const emit = (event: PipelineEvent): void => {
    if (event.type === 'progress') onProgress(inbox, drop, event);
    if (event.type === 'budget.reached') isOverBudget = true;
    if (event.type === 'segment.done' || event.type === 'voice.ready') problems.made += 1;
    if (event.type === 'segment.failed' || event.type === 'voice.failed' || event.type === 'chapter.failed')
      problems.failures.push(failureAt(event));
    if ((event.type === 'chapter.delivered' || event.type === 'book.delivered') && event.outcome !== 'unchanged')
      changed += event.files.length;
    if (event.type === 'notice' && event.level === 'warning') inbox.options.notice(`${drop.path}: ${event.message}`);
  };
  let end: RunEnd;
  try {
    const retryRefused = drop.retryRefused;
    drop.retryRefused = false;
    end = await withJoinedSignal([inbox.options.signal, drop.runAbort.signal, claim.lost], (signal) =>
      book.run({ emit, signal, urgent: drop.urgent, retryRefused, further: day.money, agreement }),
    );
  } finally {
    drop.runAbort = undefined;
  }
  const billed = billedAmount(book, end);
  await day.settle(billed);
  await spendApproval(inbox, drop, billed);
  await readSpent(inbox, drop);
  const { finished, stoppedBy } = end;
  drop.delivered = { chapters: finished.chapters.length, folder: inbox.displayFolder(finished.folder) };
  if (isOverBudget && stoppedBy === undefined && day.money?.isUsedUp) {
    await pauseUntilTomorrow(inbox, drop);
    return;
  }
  if (!finished.ok || stoppedBy !== undefined) {
    onIncomplete(inbox, drop, stoppedBy, problems, reasonsOfRun(end));
    return;
  }
  inbox.endOutage();
  inbox.dispatch(drop, { type: 'finished' });
  const { folder, chapters, billedCharacters } = finished;
  const version = drop.checkedSignature === undefined ? {} : { version: drop.checkedSignature };
  const details = { path: drop.path, title: book.title, ...version, folder, changed, billedCharacters };
  inbox.emitInOrder({ type: 'inbox.delivered', ...details, chapters: chapters.length });
}

/** The failure with its place. A voice has none: its characters are in its message. */
function failureAt(
  event: Extract<PipelineEvent, { type: 'segment.failed' | 'voice.failed' | 'chapter.failed' }>,
): BookFailure {
  const { code, message } = event;
  if (event.type === 'voice.failed') return { code, message };
  if (event.type === 'chapter.failed') return { code, message, chapter: event.index };
  // A line, not a segment of it: that is where a person goes.
  const number = event.number?.replace(/\.\d+$/, '');
  return { code, message, chapter: event.chapter, ...(number !== undefined && { number }) };
}

/** The run has spent what was left of the day: it continues when there is more. */
async function pauseUntilTomorrow(inbox: Inbox, drop: Drop): Promise<void> {
  const { budget, options } = inbox;
  drop.usedUp = { day: budget.today(), left: (options.budgetPerDay ?? 0) - (await budget.spent()) };
  inbox.dispatch(drop, { type: 'paused', reason: 'budget' });
  inbox.dispatch(drop, { type: 'stopped' });
}

function onProgress(inbox: Inbox, drop: Drop, event: Extract<PipelineEvent, { type: 'progress' }>): void {
  const { segments, secondsLeft } = event;
  const { done: segmentsDone, total: segmentsTotal } = segments;
  drop.progress = { segmentsDone, segmentsTotal, secondsLeft: secondsLeft ?? undefined };
  if (drop.state.name === 'speaking' && segmentsDone === segmentsTotal) inbox.dispatch(drop, { type: 'spoken' });
  else inbox.updateStatus(drop);
  readSpentAtTimes(inbox, drop);
  inbox.wake();
}

/** What a run cost: the amount that it reports, or else the billed share of the planned price. */
function billedAmount({ price, billedCharacters }: ReadyBook, { finished }: RunEnd): number {
  if (finished.cost !== null) return finished.cost.amount;
  if (price === null) return 0;
  if (billedCharacters === 0) return finished.voices.enrolled > 0 ? price.amount : 0;
  return (price.amount * finished.billedCharacters) / billedCharacters;
}

/** Handles a run that did not deliver everything or was stopped: only this book has a problem, or every book would. */
function onIncomplete(
  inbox: Inbox,
  drop: Drop,
  stoppedBy: ReportedFailure | undefined,
  problems: RunProblems & { failures: readonly BookFailure[] },
  reasons: Reasons = stoppedBy === undefined ? { reason: '', reasonZh: '' } : reasonsOf(stoppedBy),
): void {
  // Whatever failed while the watcher was being stopped (a Ctrl-C reaches ffmpeg, too) is tried again at the next start.
  if (inbox.options.signal.aborted) {
    inbox.dispatch(drop, { type: 'stopped' });
    return;
  }
  drop.failures = [...problems.failures, ...(stoppedBy === undefined ? [] : [stoppedBy])];
  const cause = outageCause(stoppedBy, problems);
  if (drop.state.name === 'queued' && inbox.outage.cause !== undefined && stoppedBy?.code === inbox.outage.cause.code) {
    inbox.dispatch(drop, { type: 'paused', reason: 'outage' });
    return;
  }
  if (cause !== undefined) {
    inbox.beginOutage(cause);
    inbox.dispatch(drop, { type: 'paused', reason: 'outage' });
    inbox.dispatch(drop, { type: 'stopped' });
    return;
  }
  // A run that stopped before its first request tells nothing about an outage.
  if (problems.made > 0) inbox.endOutage();
  if (stoppedBy?.code === 'interrupted') inbox.dispatch(drop, { type: 'stopped' });
  else inbox.dispatch(drop, { type: 'failed', ...reasons });
}
