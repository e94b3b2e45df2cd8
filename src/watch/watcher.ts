/** The watcher's main loop: scans, checks and scheduling, one round after the other, until it is stopped. */
import { applyApprovals } from './approvals.ts';
import { readBookMemory, rememberedDelivery } from './book-memory.ts';
import { startChecks } from './check-drops.ts';
import type { Claim } from './claim.ts';
import { byQueueOrder, type Drop } from './drop.ts';
import { WATCHER_IDS } from './file-names.ts';
import { Inbox } from './inbox.ts';
import { openInboxView } from './open-view.ts';
import type { WatchOptions } from './options.ts';
import { isQuiet } from './quiet-hours.ts';
import { Scanner } from './scanner.ts';
import { startDueBooks } from './scheduler.ts';
import type { PauseReason } from './state-machine.ts';
import { claimWatcherId, sweepWatcherIds } from './watcher-identity.ts';

/** Shortest time between two rounds, in milliseconds, so that a thousand events are one round. */
const MIN_ROUND_MS = 50;
/** Longest sleep, in milliseconds: quiet hours and the daily budget depend on the time of day. */
const MAX_SLEEP_MS = 15_000;
/** How often to check the claims of other watchers, in milliseconds. */
const CLAIM_POLL_MS = 5_000;
/** Delay after a failed round, in milliseconds. */
const FAILED_ROUND_DELAY_MS = 2_000;

/**
 * Watches until the signal aborts; then lets the segments under way end and updates the status files. Rejects only when the
 * folder cannot be written at the start; later failures are reported and retried.
 */
export async function watchFolder(options: WatchOptions): Promise<void> {
  const inbox = new Inbox(options);
  const scanner = new Scanner(inbox);
  const watcher = await claimWatcherId(inbox);
  inbox.budget = inbox.budgetOf(watcher.name);
  await inbox.budget.settleKilledRuns();
  const timer = new WakeableTimer();
  inbox.wake = () => timer.wake();
  options.onOpen?.(openInboxView(inbox, (path) => scanner.scanSoon(path)));
  const onAbort = (): void => timer.wake();
  options.signal.addEventListener('abort', onAbort);
  let sweepDueAtMs = 0;
  try {
    while (!options.signal.aborted) {
      sweepDueAtMs = await sweepWatcherIds(inbox, watcher.name, sweepDueAtMs).catch(
        () => performance.now() + MAX_SLEEP_MS,
      );
      const next = await round(inbox, scanner).catch((error: unknown) => {
        options.notice(`Scanning ${options.folder} failed: ${error instanceof Error ? error.message : error}`);
        return performance.now() + FAILED_ROUND_DELAY_MS;
      });
      await timer.sleepUntil(Math.min(next, performance.now() + MAX_SLEEP_MS));
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    scanner.close();
    await shutDown(inbox, watcher.claim);
  }
}

/** Waits for the work under way and writes the last status files. */
async function shutDown(inbox: Inbox, watcher: Claim): Promise<void> {
  await inbox.booksIdle();
  await inbox.backgroundIdle();
  await inbox.statusFiles.flush({ all: true });
  await watcher.release();
}

/** One round. Returns when the next one is due. */
async function round(inbox: Inbox, scanner: Scanner): Promise<number> {
  let next = await scanner.scan();
  if (!inbox.folderMissing) {
    next = Math.min(next, pauseOrResume(inbox), await pollOtherWatchers(inbox), retryDue(inbox));
    await applyApprovals(inbox);
    await resumeWithinBudget(inbox);
    startChecks(inbox, scanner, () => inbox.wake());
    startDueBooks(inbox, scanner, () => inbox.wake());
    if (inbox.checksPausedUntilMs > 0) next = Math.min(next, inbox.checksPausedUntilMs);
  }
  const flushAt = await inbox.statusFiles.flush();
  return Math.min(next, flushAt ?? next);
}

/** Why no book may start now. A person's request comes before an outage. */
function currentPauseReason(inbox: Inbox): PauseReason | undefined {
  if (inbox.pauseFile) return 'pause-file';
  const { quietHours } = inbox.options;
  if (quietHours !== undefined && isQuiet(quietHours, inbox.now())) return 'quiet-hours';
  return inbox.outage.cause === undefined ? undefined : 'outage';
}

/** Pauses or resumes the queue. During an outage one book at a time is resumed as a probe. Returns when the next probe is due. */
function pauseOrResume(inbox: Inbox): number {
  const pauseReason = currentPauseReason(inbox);
  inbox.reportPause(pauseReason);
  const paused: Drop[] = [];
  for (const drop of inbox.drops.values()) {
    const { state } = drop;
    if (state.name === 'paused' && state.reason === 'budget') continue;
    if (pauseReason === undefined) {
      if (state.name === 'paused') inbox.dispatch(drop, { type: 'resumed' });
      continue;
    }
    if (drop === inbox.probeDrop && pauseReason === 'outage' && (drop.busy || state.name === 'queued')) continue;
    if (state.name === 'paused' ? state.reason !== pauseReason : !drop.busy || pauseReason !== 'outage')
      inbox.dispatch(drop, { type: 'paused', reason: pauseReason });
    if (drop.state.name === 'paused') paused.push(drop);
  }
  if (pauseReason !== 'outage') return Number.POSITIVE_INFINITY;
  const first = paused.sort(byQueueOrder)[0];
  if (performance.now() < inbox.outage.probeAtMs || first === undefined) return inbox.outage.probeAtMs;
  inbox.outage.probing();
  inbox.probeDrop = first;
  inbox.dispatch(first, { type: 'resumed' });
  return Number.POSITIVE_INFINITY;
}

/** Finds books that other watchers have finished or abandoned. Returns when to poll again. */
async function pollOtherWatchers(inbox: Inbox): Promise<number> {
  const drops = [...inbox.drops.values()].filter(({ state }) => POLLED_STATES.has(state.name));
  if (drops.length === 0) return Number.POSITIVE_INFINITY;
  const now = performance.now();
  if (now < inbox.nextClaimPollAtMs) return inbox.nextClaimPollAtMs;
  const alone = (await inbox.storage.records.list(WATCHER_IDS)).length < 2;
  for (const drop of drops) {
    if (drop.state.name === 'elsewhere') {
      if (!(await inbox.claims.isTaken(inbox.claimPath(drop)))) inbox.dispatch(drop, { type: 'claim-released' });
    } else if (!alone && !drop.busy) await adoptDelivered(inbox, drop);
  }
  // Polling thousands of books takes a while; the interval grows with it, so that polling stays a small share.
  const tookMs = performance.now() - now;
  inbox.nextClaimPollAtMs = now + Math.min(CLAIM_POLL_MS, inbox.timings.claim.staleMs / 8) + tookMs * 20;
  return inbox.nextClaimPollAtMs;
}

const POLLED_STATES: ReadonlySet<string> = new Set(['elsewhere', 'queued', 'paused']);

async function adoptDelivered(inbox: Inbox, drop: Drop): Promise<void> {
  const { delivered } = await readBookMemory(inbox.storage.records, drop.path);
  if (delivered === undefined || delivered.signature !== drop.stability?.signature || drop.busy) return;
  Object.assign(drop, rememberedDelivery(delivered));
  inbox.dispatch(drop, { type: 'already-delivered' });
}

function retryDue(inbox: Inbox): number {
  let next = Number.POSITIVE_INFINITY;
  const now = performance.now();
  for (const drop of inbox.drops.values()) {
    if (drop.state.name !== 'needs-you') continue;
    if (drop.retryAtMs > now) {
      next = Math.min(next, drop.retryAtMs);
      continue;
    }
    drop.retryAtMs = Number.POSITIVE_INFINITY;
    inbox.dispatch(drop, { type: 'retry' });
  }
  return next;
}

/** Resumes the books whose price fits into what is left of the daily budget. */
async function resumeWithinBudget(inbox: Inbox): Promise<void> {
  const waiting = [...inbox.drops.values()].filter(({ state }) => state.name === 'paused' && state.reason === 'budget');
  if (waiting.length === 0) return;
  let left = (inbox.options.budgetPerDay ?? Number.POSITIVE_INFINITY) - (await inbox.budget.spent());
  for (const drop of waiting.sort(byQueueOrder)) {
    const price = drop.price?.amount ?? 0;
    if (price > left) continue;
    // What was left when its run stopped was too little for the next step of it, whatever the plan says.
    const { usedUp } = drop;
    if (usedUp?.day === inbox.budget.today() && left <= usedUp.left) continue;
    left -= price;
    inbox.dispatch(drop, { type: 'resumed' });
  }
}

/** A sleep that can be ended early. */
class WakeableTimer {
  #woken = false;
  #end: (() => void) | undefined;

  wake(): void {
    this.#woken = true;
    this.#end?.();
  }

  /** Sleeps until `atMs` of `performance.now()` or until `wake`, but for `MIN_ROUND_MS` at least. */
  async sleepUntil(atMs: number): Promise<void> {
    await new Promise((done) => setTimeout(done, MIN_ROUND_MS));
    const leftMs = atMs - performance.now();
    if (!this.#woken && leftMs > 0) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, leftMs);
        this.#end = () => {
          clearTimeout(timer);
          done();
        };
      });
      this.#end = undefined;
    }
    this.#woken = false;
  }
}
