/** The watched folder in memory: every book with its state, and the one place where states change. */
import { rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Trouble } from '../events.ts';
import { bookId, deleteBookMemory, readBookMemory, writeBookMemory } from './book-memory.ts';
import type { ClaimKeeper } from './claim.ts';
import { DailyBudget } from './daily-budget.ts';
import type { Drop } from './drop.ts';
import { eventsOfChange, statusOfDrop } from './drop-status.ts';
import type { InboxEvent } from './events.ts';
import { isAddress, OWN_FOLDER, STOPPED_NOTICE } from './file-names.ts';
import { pauseText, rejectionFooter, type StatusLanguage } from './messages.ts';
import { DEFAULT_TIMINGS, type WatchOptions, type WatchTimings } from './options.ts';
import { Outage, outageNotice } from './outage.ts';
import { quietUntil } from './quiet-hours.ts';
import { type Action, type BookEvent, type PauseReason, transition } from './state-machine.ts';
import { StatusFiles } from './status-files.ts';
import { diskWatcherStorage, type WatcherStorage } from './watcher-storage.ts';

/** Tries of a book that fails by itself, before only a change of its files helps. */
const MAX_RETRIES = 6;
/** How often is asked at the end whether all work has ended, in milliseconds. */
const IDLE_POLL_MS = 20;

/** All books of a watched folder. Everything that happens to one goes through `happen`. */
export class Inbox {
  readonly options: WatchOptions;
  readonly timings: WatchTimings;
  readonly ownFolder: string;
  readonly drops = new Map<string, Drop>();
  readonly statusFiles: StatusFiles;
  readonly storage: WatcherStorage;
  readonly claims: ClaimKeeper;
  readonly outage: Outage;
  /** Set when the watcher has its seat. */
  budget: DailyBudget;
  /** Approvals that lie in the folder, by their paths in it. */
  approvals = new Set<string>();
  /** Somebody has put PAUSE into the folder. */
  pauseFile = false;
  /** The watched folder itself is not there. */
  folderMissing = false;
  /** The book by which is seen whether an outage is over. */
  probeDrop: Drop | undefined;
  /** When the books of other watchers are asked for again. */
  nextClaimPollAtMs = 0;
  /** Books are not read before this time of the watcher's clock: reading one has failed in a way that every one would. */
  checksPausedUntilMs = 0;
  /** Called when something may have become due. */
  wake: () => void = () => undefined;

  constructor(options: WatchOptions) {
    this.options = options;
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.ownFolder = join(options.folder, OWN_FOLDER);
    this.storage = options.storage ?? diskWatcherStorage(options.folder, this.timings.claim);
    this.claims = this.storage.claims;
    this.statusFiles = new StatusFiles({ signs: this.storage.statusStorage, notice: options.notice });
    this.outage = new Outage(this.timings.probe);
    this.budget = this.budgetOf('unseated');
  }

  budgetOf(watcher: string): DailyBudget {
    return new DailyBudget({ notes: this.storage.records, watcher, now: () => this.now() });
  }

  /** The clock on the wall; for days and quiet hours only. */
  now(): Date {
    return this.options.now?.() ?? new Date();
  }

  /** Lets something happen to a book: its state, what follows, its status file, its events. */
  dispatch(drop: Drop, event: BookEvent): void {
    const before = drop.state;
    const { state, actions } = transition(before, event);
    drop.state = state;
    const work = actions.map((action) => this.#perform(drop, action));
    if (state === before) return;
    if (state.name === 'settling' && before.name !== 'settling') {
      drop.progress = undefined;
      if (this.#reportedPause === undefined) this.options.expectWork?.();
      // Two looks are needed from now on.
      drop.nextScanAtMs = 0;
    }
    if (state.name !== before.name || JSON.stringify(state) !== JSON.stringify(before)) {
      this.updateStatus(drop);
      const events = eventsOfChange(drop, { before: before.name, status: this.statusOf(drop) });
      // Who hears of it finds the files as it says.
      this.#emitting = this.#emitting.then(async () => {
        for (const done of await Promise.allSettled(work)) {
          // The folder may be closed to us: that costs a status, or a look at the store for nothing.
          if (done.status === 'rejected') this.options.notice(`${drop.path}: ${done.reason}`);
        }
        await this.statusFiles.write(drop.file);
        for (const event of events) this.options.emit(event);
      });
      this.#runInBackground(this.#emitting);
    }
    this.wake();
  }

  /** Writes a book's status anew: its progress, or why the line stands, has changed. */
  updateStatus(drop: Drop): void {
    const status = this.statusOf(drop);
    if (status !== undefined) this.statusFiles.set(drop.file, status);
  }

  /** What the status file says; undefined while there is nothing worth saying. */
  statusOf(drop: Drop): string | undefined {
    return statusOfDrop(drop, (reason, language) => this.whyPaused(reason, language));
  }

  /** Why the queue is paused, in the words of a language. */
  whyPaused(reason: PauseReason, language: StatusLanguage): string {
    const { quietHours } = this.options;
    return pauseText(reason, language, reason === 'quiet-hours' && quietHours ? quietUntil(quietHours) : undefined);
  }

  /** Removes what was written beside a file that turns out to be no book. */
  removeStatusFiles(drop: Drop): void {
    this.#runInBackground(this.statusFiles.remove(drop.file));
  }

  /** Removes a status and a rejection of ours whose book is gone; what is not in our words is somebody else's and stays. */
  removeOrphan(path: string): void {
    this.#runInBackground(this.statusFiles.removeOurs(join(this.options.folder, path)));
  }

  /** Where a book's claim is. */
  claimPath(drop: Drop): string {
    return join(this.ownFolder, 'claims', `${bookId(drop.path)}.json`);
  }

  /** Where a book's archive is unpacked. */
  unpackedName(drop: Drop): string {
    return `${bookId(drop.path)}-${process.pid}`;
  }

  #emitting: Promise<void> = Promise.resolve();

  /** Tells something after all that was told before, so that the files are as it says. */
  emitInOrder(event: InboxEvent): void {
    this.#emitting = this.#emitting.then(() => this.options.emit(event));
    this.#runInBackground(this.#emitting);
  }

  async #perform(drop: Drop, action: Action): Promise<void> {
    switch (action) {
      case 'check':
        // Looked after by the loop: it reads what has settled.
        drop.checkedSignature = undefined;
        return;
      case 'stop':
        drop.runAbort?.abort();
        return;
      case 'write-rejection':
        await this.statusFiles.reject(
          drop.file,
          `${drop.rejection?.trimEnd()}\n\n${rejectionFooter(drop.references.language)}\n`,
        );
        return;
      case 'remove-rejection':
        drop.tries = 0;
        await this.statusFiles.unreject(drop.file);
        return;
      case 'remember':
        await this.#remember(drop);
        return;
      case 'schedule-retry':
        drop.tries += 1;
        drop.retryAtMs =
          drop.tries > MAX_RETRIES
            ? Number.POSITIVE_INFINITY
            : performance.now() + this.timings.retryMs * 2 ** (drop.tries - 1);
        return;
      case 'clean-up':
        this.drops.delete(drop.path);
        // One that was refused because of this one need not wait.
        for (const other of this.drops.values()) if (other.title === drop.title) other.retryAtMs = 0;
        this.claims.forget(this.claimPath(drop));
        await this.#cleanUp(drop);
    }
  }

  async #remember(drop: Drop): Promise<void> {
    const { checkedSignature: signature, title, author, delivered } = drop;
    if (signature === undefined || title === undefined || delivered === undefined) return;
    const memory = await readBookMemory(this.storage.records, drop.path);
    await writeBookMemory(this.storage.records, {
      ...memory,
      delivered: { signature, title, author: author ?? '', ...delivered },
    });
  }

  async #cleanUp(drop: Drop): Promise<void> {
    await this.statusFiles.remove(drop.file);
    await deleteBookMemory(this.storage.records, drop.path);
    await rm(join(this.options.workDir, this.unpackedName(drop)), { recursive: true, force: true });
  }

  /** Ours in the background; the folder may be gone or closed, which costs a status or a needless look at the store. */
  #runInBackground(work: Promise<unknown>): void {
    this.#background.add(work);
    work
      .catch((error: unknown) => this.options.notice(error instanceof Error ? error.message : String(error)))
      .finally(() => this.#background.delete(work));
  }

  readonly #background = new Set<Promise<unknown>>();

  /** Resolves when everything that was begun in the background has ended. */
  async backgroundIdle(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled([...this.#background]);
  }

  /** Nothing can be spoken: the line stands, and one notice says so. */
  beginOutage(cause: Trouble): void {
    if (this.outage.begin(cause, performance.now())) {
      this.options.emit({ type: 'inbox.paused', hold: 'outage', why: cause.message });
      this.#outageSince = this.now();
    }
    this.#runInBackground(this.#writeOutageNotice(outageNotice(cause, this.#outageSince)));
    this.wake();
  }

  /** Something was spoken, so the line goes. */
  endOutage(): void {
    if (!this.outage.end()) return;
    this.options.emit({ type: 'inbox.resumed', hold: 'outage' });
    this.#runInBackground(this.storage.statusStorage.remove(join(this.options.folder, STOPPED_NOTICE)));
    this.wake();
  }

  #outageSince = new Date(0);

  async #writeOutageNotice(text: string): Promise<void> {
    await this.storage.statusStorage.write(join(this.options.folder, STOPPED_NOTICE), text);
  }

  /** Tells once that the line stands or goes. */
  reportPause(reason: PauseReason | undefined): void {
    const before = this.#reportedPause;
    if (reason === before) return;
    this.#reportedPause = reason;
    // An outage tells of itself, with its reason.
    if (before !== undefined && before !== 'outage') this.options.emit({ type: 'inbox.resumed', hold: before });
    if (reason !== undefined && reason !== 'outage')
      this.options.emit({ type: 'inbox.paused', hold: reason, why: this.whyPaused(reason, 'en') });
  }

  /** Why the line stands, as was told last. */
  get pauseReason(): PauseReason | undefined {
    return this.#reportedPause;
  }

  #reportedPause: PauseReason | undefined;

  /** Resolves when no book is being read or spoken. */
  async booksIdle(): Promise<void> {
    while ([...this.drops.values()].some(({ busy }) => busy))
      await new Promise((done) => setTimeout(done, IDLE_POLL_MS));
  }

  /** A finished book's folder as people name it: from the watched folder, if it is below it; its address on S3. */
  displayFolder(folder: string): string {
    const { address } = this.options;
    if (address !== undefined && folder.startsWith(`${address}/`)) return folder.slice(address.length + 1);
    if (isAddress(folder)) return folder;
    const inside = relative(this.options.folder, folder);
    return inside === '' || inside.startsWith('..') ? folder : inside.replaceAll('\\', '/');
  }

  /** Whether a path of the watched folder is the folder itself or directly in it. */
  isAtRoot(path: string): boolean {
    return dirname(path) === this.options.folder;
  }
}
