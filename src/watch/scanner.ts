/** Finds out what has changed in the watched folder: by sweeps over the whole folder and by scans of single books. */
import { lstat, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type Drop, newDrop } from './drop.ts';
import { FileEvents } from './file-events.ts';
import { fingerprintBook } from './file-fingerprint.ts';
import { isScannedFolder, kindOfName, OWN_FOLDER, sameName } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { OtherFiles } from './other-files.ts';
import { NO_REFERENCES, readReferences } from './references.ts';
import { isListed, walkInbox } from './walk.ts';
import { finishedAt, isWriteFinished, MIN_STABLE_MS, withObservation } from './write-finished.ts';

/** How long a missing file may take to come back, in milliseconds: some editors remove a file before they save it. */
const GRACE_MS = 1_000;
/** With more hints than this at once, a sweep is cheaper. */
const MAX_HINTS = 500;
const CONCURRENT_SCANS = 16;
/** Sweeps may take this share of one processor's time. */
const MAX_CPU_SHARE = 0.003;
/** Longest time between two sweeps, in milliseconds, however many books there are. */
const MAX_SWEEP_INTERVAL_MS = 300_000;
/** A status file without a book is checked a second time after this, in milliseconds, before it is removed. */
const ORPHAN_RECHECK_MS = 3_000;
/** How often to look for a missing watched folder, in milliseconds. */
const MISSING_FOLDER_RETRY_MS = 1_000;

/** So many links and the like are told of. */
const MOST_IRREGULAR = 50;

/** Keeps the books of an inbox in step with the files in the folder. */
export class Scanner {
  /** When the next sweep is due; 0: now. */
  nextSweepAtMs = 0;

  readonly #inbox: Inbox;
  readonly #fileEvents: FileEvents;
  readonly #otherFiles: OtherFiles;
  readonly #hinted = new Set<string>();
  /** The books that name a file, by the file's normalized path. */
  readonly #dropsByReference = new Map<string, Set<Drop>>();
  #reportedEventFailure = false;
  #reportedTruncation = false;
  readonly #reportedIrregular = new Set<string>();

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
    this.#otherFiles = new OtherFiles(inbox, (file) => (this.#dropsByReference.get(sameName(file))?.size ?? 0) > 0);
    this.#fileEvents = new FileEvents((path) => this.#hint(path));
  }

  close(): void {
    this.#fileEvents.close();
  }

  /** Scans what is due. Returns when something is due again, in milliseconds of `performance.now()`. */
  async scan(): Promise<number> {
    const hinted = [...this.#hinted];
    this.#hinted.clear();
    if (hinted.length > MAX_HINTS) this.nextSweepAtMs = 0;
    if (performance.now() >= this.nextSweepAtMs) await this.#sweep();
    else for (const path of hinted) await this.#scanHinted(path);
    const now = performance.now();
    const due = [...this.#inbox.drops.values()].filter((drop) => drop.nextScanAtMs <= now);
    for (let start = 0; start < due.length; start += CONCURRENT_SCANS) {
      await Promise.all(due.slice(start, start + CONCURRENT_SCANS).map((drop) => this.#scanDrop(drop)));
    }
    let next = Math.min(this.nextSweepAtMs, await this.#answerOthers());
    for (const { nextScanAtMs } of this.#inbox.drops.values()) next = Math.min(next, nextScanAtMs);
    return this.#hinted.size > 0 ? 0 : next;
  }

  /** Sets the files that a book's manifest names. */
  setReferences(drop: Drop, references: Drop['references']): void {
    for (const file of [...drop.references.files, ...drop.references.optional])
      this.#dropsByReference.get(sameName(file))?.delete(drop);
    drop.references = references;
    for (const file of [...references.files, ...references.optional]) {
      const name = sameName(file);
      const named = this.#dropsByReference.get(name) ?? new Set();
      named.add(drop);
      this.#dropsByReference.set(name, named);
    }
  }

  /** Whether another book names this file. */
  isPartOfBook(drop: Drop): boolean {
    const by = this.#dropsByReference.get(sameName(drop.file));
    return by !== undefined && [...by].some((book) => book !== drop && !book.partOfBook);
  }

  /** Scans a file without waiting for an event: where there are no events, only the next sweep would find it. */
  scanSoon(path: string): void {
    this.#hint(path);
  }

  #hint(path: string): void {
    const { options, ownFolder } = this.#inbox;
    const name = basename(path);
    if (name === OWN_FOLDER || path.startsWith(ownFolder) || path === options.outDir) return;
    const kind = kindOfName(name, { atRoot: this.#inbox.isAtRoot(path) });
    if (kind === 'ours' || kind === 'temporary') return;
    this.#hinted.add(path);
    this.#inbox.wake();
  }

  /** Scans the path of a hint. Only what is there now counts. */
  async #scanHinted(path: string): Promise<void> {
    const inbox = this.#inbox;
    const relativePath = relative(inbox.options.folder, path).split(sep).join('/');
    const kind = kindOfName(basename(path), { atRoot: inbox.isAtRoot(path) });
    const now = performance.now();
    const known = inbox.drops.get(relativePath);
    if (known !== undefined) known.nextScanAtMs = now;
    for (const drop of this.#dropsByReference.get(sameName(path)) ?? []) drop.nextScanAtMs = now;
    if (known !== undefined || (this.#dropsByReference.get(sameName(path))?.size ?? 0) > 0) return;
    const stats = await lstat(path).catch(() => undefined);
    if (kind === 'pause') inbox.pauseFile = stats?.isFile() ?? false;
    else if (kind === 'approval') {
      if (stats?.isFile()) inbox.approvals.add(relativePath);
      else inbox.approvals.delete(relativePath);
    } else if (kind === 'manifest' || kind === 'archive') {
      if (stats?.isFile()) this.#add(relativePath, kind, now);
    } else if (stats?.isFile()) this.#otherFiles.see(relativePath);
    else if (stats === undefined || stats.isDirectory()) {
      // A folder appeared or disappeared, with everything in it.
      if (isScannedFolder(basename(path))) this.nextSweepAtMs = Math.min(this.nextSweepAtMs, now);
    }
  }

  async #sweep(): Promise<void> {
    const inbox = this.#inbox;
    const { options, timings } = inbox;
    const cpu = process.cpuUsage();
    const from = performance.now();
    const walk = await walkInbox(options.folder, { skip: [options.outDir, options.workDir] });
    if (walk === undefined) {
      // The folder was deleted or its share is unavailable. Nobody removed a book, so nothing is cancelled.
      if (!inbox.folderMissing) options.notice(`${options.folder} is missing. Waiting until it is there again.`);
      inbox.folderMissing = true;
      this.nextSweepAtMs = performance.now() + MISSING_FOLDER_RETRY_MS;
      return;
    }
    if (inbox.folderMissing) options.notice(`${options.folder} is back.`);
    inbox.folderMissing = false;
    await inbox.storage.prepare().catch(() => undefined);
    inbox.pauseFile = walk.paused;
    inbox.approvals = walk.approvals;
    for (const [path, kind] of walk.books) this.#add(path, kind, from);
    // A file that appeared after its folder was read and before it was watched causes no event: sweep once more.
    const again = timings.events && this.#fileEvents.watchFolders(walk.folders);
    for (const drop of inbox.drops.values()) {
      // There is no event when a locked file becomes readable.
      if (drop.state.name === 'waiting-files') drop.checkedSignature = undefined;
      drop.notListed = !walk.truncated && !walk.books.has(drop.path);
    }
    await this.#scanAll();
    const staysFor = await this.#otherFiles.sweep(walk.others, { complete: !walk.truncated });
    const newOrphans = this.#removeOrphans(new Set([...walk.booksWithStatus].filter((path) => !staysFor(path))));
    this.#reportLimits(walk.truncated);
    this.#reportIrregular(walk.irregular);
    const { user, system } = process.cpuUsage(cpu);
    // While books are spoken, most of the processor time is theirs; the elapsed time is then the better estimate.
    const costMs = Math.min((user + system) / 1000, performance.now() - from);
    const least =
      timings.events && this.#fileEvents.failed === undefined ? timings.sweepMs : timings.sweepWithoutEventsMs;
    const pauseMs = Math.min(Math.max(least, costMs / MAX_CPU_SHARE), MAX_SWEEP_INTERVAL_MS);
    this.nextSweepAtMs = performance.now() + (again ? 0 : newOrphans ? Math.min(pauseMs, ORPHAN_RECHECK_MS) : pauseMs);
  }

  /** Tells once of each that it is ignored; of one that went and came back, again. */
  #reportIrregular(paths: ReadonlySet<string>): void {
    const told = this.#reportedIrregular;
    for (const path of told) if (!paths.has(path)) told.delete(path);
    for (const path of paths) {
      if (told.has(path) || told.size >= MOST_IRREGULAR) continue;
      told.add(path);
      this.#inbox.options.notice(`"${path}" is a link, or not a file, and is ignored. Put the file itself here.`);
    }
  }

  /** Answers files that are no books; without the watched folder there are none. */
  async #answerOthers(): Promise<number> {
    return this.#inbox.folderMissing ? Number.POSITIVE_INFINITY : this.#otherFiles.answer();
  }

  async #scanAll(): Promise<void> {
    const drops = [...this.#inbox.drops.values()];
    for (let start = 0; start < drops.length; start += CONCURRENT_SCANS) {
      await Promise.all(drops.slice(start, start + CONCURRENT_SCANS).map((drop) => this.#scanDrop(drop)));
    }
  }

  #reportLimits(truncated: boolean): void {
    const { options } = this.#inbox;
    if (this.#fileEvents.failed !== undefined && !this.#reportedEventFailure) {
      this.#reportedEventFailure = true;
      options.notice(
        `File system events are not available for every folder (${this.#fileEvents.failed}). Changes are found by a scan every few seconds instead. On Linux, raise fs.inotify.max_user_watches.`,
      );
    }
    if (truncated && !this.#reportedTruncation) {
      this.#reportedTruncation = true;
      options.notice(`${options.folder} has too many files or too many nested folders. Some of them are not scanned.`);
    }
  }

  /** Removes status files whose book disappeared while no watcher ran, or whose folder was moved. Returns whether some are new. */
  #removeOrphans(booksWithStatus: ReadonlySet<string>): boolean {
    const orphans = new Set([...booksWithStatus].filter((path) => !this.#inbox.drops.has(path)));
    // Found by two sweeps: the files of a book that was just removed are being cleaned up anyway.
    for (const path of orphans) if (this.#orphans.has(path)) this.#inbox.removeOrphan(path);
    const hasNew = [...orphans].some((path) => !this.#orphans.has(path));
    this.#orphans = orphans;
    return hasNew;
  }

  #orphans: ReadonlySet<string> = new Set();

  #add(path: string, kind: Drop['kind'], nowMs: number): void {
    const { drops, options } = this.#inbox;
    if (drops.has(path)) return;
    drops.set(path, newDrop({ path, file: join(options.folder, path), kind, nowMs }));
  }

  async #scanDrop(drop: Drop): Promise<void> {
    const inbox = this.#inbox;
    drop.nextScanAtMs = Number.POSITIVE_INFINITY;
    if (drop.state.name === 'seen' && drop.kind === 'manifest') {
      this.setReferences(drop, (await readReferences(drop.file, inbox.options.readReferences)) ?? NO_REFERENCES);
    }
    const { signature, gone } = await fingerprintBook(drop.file, drop.references, inbox.storage.fingerprintOf);
    const now = performance.now();
    if (gone || (drop.notListed && !(await isListed(inbox.options.folder, drop.path))))
      return await this.#scanMissing(drop, now);
    drop.notListed = false;
    drop.missingSinceMs = undefined;
    const before = drop.stability?.signature;
    drop.stability = withObservation(drop.stability, signature, now);
    if (before !== undefined && before !== signature) {
      drop.incompleteSinceMs = undefined;
      drop.tries = 0;
      drop.stability = { ...drop.stability, longestGapMs: isWaiting(drop) ? drop.stability.longestGapMs : 0 };
      inbox.dispatch(drop, { type: 'changed' });
      inbox.updateStatus(drop);
    }
    if (drop.state.name === 'seen') inbox.dispatch(drop, { type: 'scanned' });
    if (isWaiting(drop) && drop.checkedSignature !== signature) {
      if (isWriteFinished(drop.stability, now)) inbox.wake();
      else drop.nextScanAtMs = Math.max(finishedAt(drop.stability), now + MIN_STABLE_MS / 10);
    }
  }

  async #scanMissing(drop: Drop, now: number): Promise<void> {
    if (this.#inbox.folderMissing) return;
    drop.missingSinceMs ??= now;
    if (now - drop.missingSinceMs < GRACE_MS) {
      drop.nextScanAtMs = drop.missingSinceMs + GRACE_MS;
      return;
    }
    if ((await stat(this.#inbox.options.folder).catch(() => undefined)) === undefined) {
      // Not this book is missing but the whole folder. The sweep reports it.
      this.nextSweepAtMs = 0;
      return;
    }
    this.setReferences(drop, NO_REFERENCES);
    this.#inbox.dispatch(drop, { type: 'removed' });
  }
}

/** Whether a book waits until its files stop changing, or for missing files. */
function isWaiting({ state }: Drop): boolean {
  return state.name === 'settling' || state.name === 'waiting-files' || state.name === 'seen';
}
