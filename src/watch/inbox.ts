/** The watched folder in memory: every book with its state, and the one place where states change. */
import { dirname, join, relative } from 'node:path';
import type { ReportedFailure } from '../events.ts';
import { OWNER_MARK } from '../holders/abandoned.ts';
import { forgetBook } from './approval-file.ts';
import { bookId, readBookMemory, writeBookMemory } from './book-memory.ts';
import type { ClaimKeeper } from './claim.ts';
import { DailyBudget } from './daily-budget.ts';
import type { Drop } from './drop.ts';
import { eventsOfChange, rejectionOf, statusOfDrop } from './drop-status.ts';
import type { InboxEvent } from './events.ts';
import { isAddress, OWN_FOLDER, STOPPED_NOTICE } from './file-names.ts';
import { pauseText, rejectionFooter, type StatusLanguage } from './messages.ts';
import { DEFAULT_TIMINGS, type WatchOptions, type WatchTimings } from './options.ts';
import { Outage, outageNotice } from './outage.ts';
import { quietUntil } from './quiet-hours.ts';
import { type Action, type BookEvent, type PauseReason, transition } from './state-machine.ts';
import { StatusFiles } from './status-files.ts';
import { giveRoom } from './unpacked-room.ts';
import { diskWatcherStorage, type WatcherStorage } from './watcher-storage.ts';

/** Automatic retries of a failed book; after the last one only a change of its files helps. */
const MAX_RETRIES = 6;
/** How often to check at the end whether all work has ended, in milliseconds. */
const IDLE_POLL_MS = 20;

/** All books of a watched folder. Every change of a book's state goes through `dispatch`. */
export class Inbox {
  readonly options: WatchOptions;
  readonly timings: WatchTimings;
  readonly ownFolder: string;
  readonly drops = new Map<string, Drop>();
  readonly statusFiles: StatusFiles;
  readonly storage: WatcherStorage;
  readonly claims: ClaimKeeper;
  readonly outage: Outage;
  /** Replaced when the watcher has its ID. */
  budget: DailyBudget;
  /** Paths of the approval files in the folder. */
  approvals = new Set<string>();
  /** There is a file named PAUSE in the folder. */
  pauseFile = false;
  /** The watched folder itself is missing. */
  folderMissing = false;
  /** The book that runs to find out whether an outage is over. */
  probeDrop: Drop | undefined;
  /** When to check the claims of other watchers again. */
  nextClaimPollAtMs = 0;
  /** No book is checked before this time of `performance.now()`, because every check would fail in the same way. */
  checksPausedUntilMs = 0;
  /** Called when something may have become due. */
  wake: () => void = () => undefined;

  constructor(options: WatchOptions) {
    this.options = options;
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.ownFolder = join(options.folder, OWN_FOLDER);
    this.storage = options.storage ?? diskWatcherStorage(options.folder, this.timings.claim);
    this.claims = this.storage.claims;
    this.statusFiles = new StatusFiles({ storage: this.storage.statusStorage, notice: options.notice });
    this.outage = new Outage(this.timings.probe);
    this.budget = this.budgetOf('no-id');
  }

  /** The day's budget as the watcher of this ID sees it. */
  budgetOf(watcher: string): DailyBudget {
    const { isSimulation, paidSince } = this.options;
    const { records } = this.storage;
    return new DailyBudget({ records, watcher, now: () => this.now(), isSimulation, paidSince });
  }

  /** The time of day; for budgets and quiet hours only. */
  now(): Date {
    return this.options.now?.() ?? new Date();
  }

  /** Applies an event to a book: changes its state, performs the actions, updates the status file and emits events. */
  dispatch(drop: Drop, event: BookEvent): void {
    const before = drop.state;
    const { state, actions } = transition(before, event);
    drop.state = state;
    const work = actions.map((action) => this.#perform(drop, action));
    if (state === before) return;
    if (state.name === 'settling' && before.name !== 'settling') {
      drop.progress = undefined;
      if (this.#reportedPause === undefined) this.options.expectWork?.();
      // Two scans are needed from now on.
      drop.nextScanAtMs = 0;
    }
    if (state.name !== before.name || JSON.stringify(state) !== JSON.stringify(before)) {
      this.updateStatus(drop);
      const events = eventsOfChange(drop, { before: before.name, status: this.statusOf(drop) });
      // Events are emitted after the files are written, so that whoever receives one finds them.
      this.#emitting = this.#emitting.then(async () => {
        for (const done of await Promise.allSettled(work)) {
          // The folder may be read-only. Then a status is missing, or a delivered book is looked up in the store again.
          if (done.status === 'rejected') this.options.notice(`${drop.path}: ${done.reason}`);
        }
        await this.statusFiles.write(drop.file);
        for (const event of events) this.options.emit(event);
      });
      this.#runInBackground(this.#emitting);
    }
    this.wake();
  }

  /** Updates the status file after a change that is no change of state, such as progress. */
  updateStatus(drop: Drop): void {
    const status = this.statusOf(drop);
    if (status !== undefined) this.statusFiles.set(drop.file, status);
  }

  /** What the status file says, in the book's language or another; undefined while there is nothing worth saying. */
  statusOf(drop: Drop, language?: StatusLanguage): string | undefined {
    return statusOfDrop(drop, (reason, of) => this.whyPaused(reason, of), language);
  }

  /** Why the queue is paused, in the given language. */
  whyPaused(reason: PauseReason, language: StatusLanguage): string {
    const { quietHours } = this.options;
    return pauseText(reason, language, reason === 'quiet-hours' && quietHours ? quietUntil(quietHours) : undefined);
  }

  /** Removes the status files of a file that turned out not to be a book. */
  removeStatusFiles(drop: Drop): void {
    this.#runInBackground(this.statusFiles.remove(drop.file));
  }

  /** Removes the status and the rejection of a book that is gone. Files with other texts belong to somebody else and stay. */
  removeOrphan(path: string): void {
    this.#runInBackground(this.statusFiles.removeOurs(join(this.options.folder, path)));
  }

  /** Path of a book's claim. */
  claimPath(drop: Drop): string {
    return join(this.ownFolder, 'claims', `${bookId(drop.path)}.json`);
  }

  /** Name of the folder into which a book's archive is unpacked. */
  unpackedName(drop: Drop): string {
    return `${bookId(drop.path)}-${OWNER_MARK}`;
  }

  #emitting: Promise<void> = Promise.resolve();

  /** Emits an event after all earlier ones, when the files are written. */
  emitInOrder(event: InboxEvent): void {
    this.#emitting = this.#emitting.then(() => this.options.emit(event));
    this.#runInBackground(this.#emitting);
  }

  async #perform(drop: Drop, action: Action): Promise<void> {
    switch (action) {
      case 'check':
        // The main loop checks books that have settled.
        drop.checkedSignature = undefined;
        return;
      case 'stop':
        drop.runAbort?.abort();
        return;
      case 'write-rejection':
        await this.statusFiles.reject(
          drop.file,
          `${rejectionOf(drop, drop.references.language)?.trimEnd()}\n\n${rejectionFooter(drop.references.language)}\n`,
        );
        await this.#removeUnpacked(drop);
        return;
      case 'remove-rejection':
        drop.tries = 0;
        await this.statusFiles.unreject(drop.file);
        return;
      case 'remember':
        await this.#remember(drop);
        await this.#removeUnpacked(drop);
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
        // A book that was refused because of this one is retried at once.
        for (const other of this.drops.values()) if (other.title === drop.title) other.retryAtMs = 0;
        this.claims.forget(this.claimPath(drop));
        await this.#cleanUp(drop);
    }
  }

  async #remember(drop: Drop): Promise<void> {
    const { checkedSignature: signature, title, author, delivered, spent, granted } = drop;
    if (signature === undefined || title === undefined || delivered === undefined) return;
    const memory = await readBookMemory(this.storage.records, drop.path);
    await writeBookMemory(this.storage.records, {
      ...memory,
      delivered: {
        signature,
        title,
        author: author ?? '',
        ...delivered,
        ...(spent && { spent }),
        ...(granted && { granted }),
      },
    });
  }

  async #cleanUp(drop: Drop): Promise<void> {
    await this.statusFiles.remove(drop.file);
    await forgetBook(this, drop);
    await this.#removeUnpacked(drop);
  }

  /** Removes what was unpacked of an archive; nobody reads it when the book is delivered, refused or gone. */
  async #removeUnpacked(drop: Drop): Promise<void> {
    if (drop.kind !== 'archive') return;
    await giveRoom({ workFolder: this.options.workDir, name: this.unpackedName(drop) });
  }

  /** Tracks work that nobody waits for; failures, such as a read-only folder, become notices. */
  #runInBackground(work: Promise<unknown>): void {
    this.#background.add(work);
    work
      .catch((error: unknown) => this.options.notice(error instanceof Error ? error.message : String(error)))
      .finally(() => this.#background.delete(work));
  }

  readonly #background = new Set<Promise<unknown>>();
  /** Resolves when all background work has ended. */
  async backgroundIdle(): Promise<void> {
    while (this.#background.size > 0) await Promise.allSettled([...this.#background]);
  }

  /** Pauses the queue because every book would fail, and writes the notice. */
  beginOutage(cause: ReportedFailure): void {
    if (this.outage.begin(cause, performance.now())) {
      this.options.emit({ type: 'inbox.paused', hold: 'outage', why: cause.message, code: cause.code });
      this.#outageSince = this.now();
    }
    this.#runInBackground(this.#writeOutageNotice(outageNotice(cause, this.#outageSince)));
    this.wake();
  }

  /** Ends the outage after something was made. */
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

  /** Emits an event when the queue is paused or resumed. */
  reportPause(reason: PauseReason | undefined): void {
    const before = this.#reportedPause;
    if (reason === before) return;
    this.#reportedPause = reason;
    // `beginOutage` and `endOutage` emit their own events, with the cause.
    if (before !== undefined && before !== 'outage') this.options.emit({ type: 'inbox.resumed', hold: before });
    if (reason !== undefined && reason !== 'outage')
      this.options.emit({ type: 'inbox.paused', hold: reason, why: this.whyPaused(reason, 'en') });
  }

  /** Why the queue is paused, as last reported. */
  get pauseReason(): PauseReason | undefined {
    return this.#reportedPause;
  }

  #reportedPause: PauseReason | undefined;

  /** Resolves when no book is being checked or run. */
  async booksIdle(): Promise<void> {
    while ([...this.drops.values()].some(({ busy }) => busy))
      await new Promise((done) => setTimeout(done, IDLE_POLL_MS));
  }

  /** A finished book's folder for people: relative when it is inside the watched folder, or its address on S3. */
  displayFolder(folder: string): string {
    const { address } = this.options;
    if (address !== undefined && folder.startsWith(`${address}/`)) return folder.slice(address.length + 1);
    if (isAddress(folder)) return folder;
    const inside = relative(this.options.folder, folder);
    return inside === '' || inside.startsWith('..') ? folder : inside.replaceAll('\\', '/');
  }

  /** Whether a path is directly in the watched folder. */
  isAtRoot(path: string): boolean {
    return dirname(path) === this.options.folder;
  }
}
