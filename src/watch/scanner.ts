/** Finding out what has changed in the watched folder: sweeps over all of it, and looks at single books. */
import { lstat, stat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type Drop, newDrop } from './drop.ts';
import { FileEvents } from './file-events.ts';
import { lookAt } from './file-fingerprint.ts';
import { isLookedInto, kindOfName, OWN_FOLDER, sameName } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { NO_REFERENCES, readReferences } from './references.ts';
import { isListed, walkInbox } from './walk.ts';
import { finishedAt, isWriteFinished, LEAST_STABLE_MS, observed } from './write-finished.ts';

/** A book whose file is gone is given this long to come back, in milliseconds: some editors save by removing first. */
const GONE_MS = 1_000;
/** More hints than this at once are a sweep. */
const MOST_HINTS = 500;
/** Looks at once. */
const AT_ONCE = 16;
/** A sweep may take this part of one processor's time. */
const SHARE_OF_TIME = 0.003;
/** Longest pause between sweeps, in milliseconds, however many books there are. */
const LONGEST_SWEEP_PAUSE_MS = 300_000;
/** A status without its book is looked at again after this, in milliseconds, before it is removed. */
const ORPHAN_MS = 3_000;
/** Looks again so soon, in milliseconds, when the watched folder is not there. */
const AWAY_MS = 1_000;

/** Keeps an inbox's books up to date with what lies in the folder. */
export class Scanner {
  /** When the next sweep is due; 0: now. */
  sweepAtMs = 0;

  readonly #inbox: Inbox;
  readonly #hints: FileEvents;
  readonly #hinted = new Set<string>();
  /** File → the books that name it. */
  readonly #namedBy = new Map<string, Set<Drop>>();
  #toldOfHints = false;
  #toldOfDepth = false;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
    this.#hints = new FileEvents((path) => this.#hint(path));
  }

  close(): void {
    this.#hints.close();
  }

  /** Looks at what is due, and answers when something is due again, in milliseconds of the watcher's clock. */
  async scan(): Promise<number> {
    const hinted = [...this.#hinted];
    this.#hinted.clear();
    if (hinted.length > MOST_HINTS) this.sweepAtMs = 0;
    if (performance.now() >= this.sweepAtMs) await this.#sweep();
    else for (const path of hinted) await this.#follow(path);
    const now = performance.now();
    const due = [...this.#inbox.drops.values()].filter((drop) => drop.lookAtMs <= now);
    for (let start = 0; start < due.length; start += AT_ONCE) {
      await Promise.all(due.slice(start, start + AT_ONCE).map((drop) => this.#lookAt(drop)));
    }
    let next = this.sweepAtMs;
    for (const { lookAtMs } of this.#inbox.drops.values()) next = Math.min(next, lookAtMs);
    return this.#hinted.size > 0 ? 0 : next;
  }

  /** The names in a book's manifest have been read. */
  setReferences(drop: Drop, references: Drop['references']): void {
    for (const file of drop.references.files) this.#namedBy.get(sameName(file))?.delete(drop);
    drop.references = references;
    for (const file of references.files) {
      const name = sameName(file);
      const named = this.#namedBy.get(name) ?? new Set();
      named.add(drop);
      this.#namedBy.set(name, named);
    }
  }

  /** Whether another book names this file as a part of itself. */
  isPartOfBook(drop: Drop): boolean {
    const by = this.#namedBy.get(sameName(drop.file));
    return by !== undefined && [...by].some((book) => book !== drop && !book.partOfBook);
  }

  /** Looks at a file without waiting for an event: where there are none, it would be found by the next sweep only. */
  lookSoon(path: string): void {
    this.#hint(path);
  }

  #hint(path: string): void {
    const { options: parts, own } = this.#inbox;
    const name = basename(path);
    if (name === OWN_FOLDER || path.startsWith(own) || path === parts.outDir) return;
    const kind = kindOfName(name, { atRoot: this.#inbox.isAtRoot(path) });
    if (kind === 'ours' || kind === 'temporary') return;
    this.#hinted.add(path);
    this.#inbox.wake();
  }

  /** Looks where a hint points. What it means is seen from what is there now. */
  async #follow(path: string): Promise<void> {
    const inbox = this.#inbox;
    const relativePath = relative(inbox.options.folder, path).split(sep).join('/');
    const kind = kindOfName(basename(path), { atRoot: inbox.isAtRoot(path) });
    const now = performance.now();
    const known = inbox.drops.get(relativePath);
    if (known !== undefined) known.lookAtMs = now;
    for (const drop of this.#namedBy.get(sameName(path)) ?? []) drop.lookAtMs = now;
    if (known !== undefined || (this.#namedBy.get(sameName(path))?.size ?? 0) > 0) return;
    const about = await lstat(path).catch(() => undefined);
    if (kind === 'pause') inbox.pauseFile = about?.isFile() ?? false;
    else if (kind === 'approval') {
      if (about?.isFile()) inbox.approvals.add(relativePath);
      else inbox.approvals.delete(relativePath);
    } else if (kind === 'manifest' || kind === 'archive') {
      if (about?.isFile()) this.#add(relativePath, kind, now);
    } else if (about === undefined || about.isDirectory()) {
      // A folder that came or went, with whatever is in it.
      if (isLookedInto(basename(path))) this.sweepAtMs = Math.min(this.sweepAtMs, now);
    }
  }

  async #sweep(): Promise<void> {
    const inbox = this.#inbox;
    const { options: parts, pace } = inbox;
    const cpu = process.cpuUsage();
    const from = performance.now();
    const walk = await walkInbox(parts.folder, { skip: [parts.outDir, parts.workDir] });
    if (walk === undefined) {
      // Deleted, or its share is away: nobody has removed a book, so nothing is cancelled.
      if (!inbox.away) parts.notice(`${parts.folder} is not there; waiting for it to come back.`);
      inbox.away = true;
      this.sweepAtMs = performance.now() + AWAY_MS;
      return;
    }
    if (inbox.away) parts.notice(`${parts.folder} is back.`);
    inbox.away = false;
    await inbox.storage.prepare().catch(() => undefined);
    inbox.pauseFile = walk.paused;
    inbox.approvals = walk.approvals;
    for (const [path, kind] of walk.books) this.#add(path, kind, from);
    // What came into a folder after it was read and before it was watched would be seen by nobody: read once more.
    const again = pace.events && this.#hints.follow(walk.folders);
    for (const drop of inbox.drops.values()) {
      // A file that was locked says nothing when it is free.
      if (drop.state.name === 'waiting-files') drop.checkedSignature = undefined;
      drop.unlisted = !walk.cutShort && !walk.books.has(drop.path);
    }
    await this.#lookAtAll();
    const newOrphans = this.#tidy(walk.told);
    this.#tell(walk.cutShort);
    const { user, system } = process.cpuUsage(cpu);
    // While books are spoken the processor's time is mostly theirs; the time that passed is then the better guess.
    const costMs = Math.min((user + system) / 1000, performance.now() - from);
    const least = pace.events && this.#hints.failed === undefined ? pace.sweepMs : pace.sweepWithoutEventsMs;
    const pauseMs = Math.min(Math.max(least, costMs / SHARE_OF_TIME), LONGEST_SWEEP_PAUSE_MS);
    this.sweepAtMs = performance.now() + (again ? 0 : newOrphans ? Math.min(pauseMs, ORPHAN_MS) : pauseMs);
  }

  async #lookAtAll(): Promise<void> {
    const drops = [...this.#inbox.drops.values()];
    for (let start = 0; start < drops.length; start += AT_ONCE) {
      await Promise.all(drops.slice(start, start + AT_ONCE).map((drop) => this.#lookAt(drop)));
    }
  }

  #tell(cutShort: boolean): void {
    const { options: parts } = this.#inbox;
    if (this.#hints.failed !== undefined && !this.#toldOfHints) {
      this.#toldOfHints = true;
      parts.notice(
        `Not every folder can be watched by events (${this.#hints.failed}); changes are found by looking every few seconds. On Linux, raise fs.inotify.max_user_watches.`,
      );
    }
    if (cutShort && !this.#toldOfDepth) {
      this.#toldOfDepth = true;
      parts.notice(`${parts.folder} has too many files or too deep folders; not all of them are looked into.`);
    }
  }

  /** Removes what we once wrote about books that are not there any more: their folder was moved, or we were not looking. */
  #tidy(told: ReadonlySet<string>): boolean {
    const orphans = new Set([...told].filter((path) => !this.#inbox.drops.has(path)));
    // Seen twice: one that was just removed is looked after already.
    for (const path of orphans) if (this.#orphans.has(path)) this.#inbox.forgetOrphan(path);
    const isNews = [...orphans].some((path) => !this.#orphans.has(path));
    this.#orphans = orphans;
    return isNews;
  }

  #orphans: ReadonlySet<string> = new Set();

  #add(path: string, kind: Drop['kind'], nowMs: number): void {
    const { drops, options: parts } = this.#inbox;
    if (drops.has(path)) return;
    drops.set(path, newDrop({ path, file: join(parts.folder, path), kind, nowMs }));
  }

  async #lookAt(drop: Drop): Promise<void> {
    const inbox = this.#inbox;
    drop.lookAtMs = Number.POSITIVE_INFINITY;
    if (drop.state.name === 'seen' && drop.kind === 'manifest') {
      this.setReferences(drop, (await readReferences(drop.file)) ?? NO_REFERENCES);
    }
    const { signature, gone } = await lookAt(drop.file, drop.references.files, inbox.storage.fingerprintOf);
    const now = performance.now();
    if (gone || (drop.unlisted && !(await isListed(inbox.options.folder, drop.path))))
      return await this.#lookAtGone(drop, now);
    drop.unlisted = false;
    drop.goneSinceMs = undefined;
    const before = drop.still?.signature;
    drop.still = observed(drop.still, signature, now);
    if (before !== undefined && before !== signature) {
      drop.incompleteSinceMs = undefined;
      drop.tries = 0;
      drop.still = { ...drop.still, longestGapMs: isWaiting(drop) ? drop.still.longestGapMs : 0 };
      inbox.dispatch(drop, { type: 'changed' });
      inbox.updateStatus(drop);
    }
    if (drop.state.name === 'seen') inbox.dispatch(drop, { type: 'looked' });
    if (isWaiting(drop) && drop.checkedSignature !== signature) {
      if (isWriteFinished(drop.still, now)) inbox.wake();
      else drop.lookAtMs = Math.max(finishedAt(drop.still), now + LEAST_STABLE_MS / 10);
    }
  }

  async #lookAtGone(drop: Drop, now: number): Promise<void> {
    if (this.#inbox.away) return;
    drop.goneSinceMs ??= now;
    if (now - drop.goneSinceMs < GONE_MS) {
      drop.lookAtMs = drop.goneSinceMs + GONE_MS;
      return;
    }
    if ((await stat(this.#inbox.options.folder).catch(() => undefined)) === undefined) {
      // Not this book: the whole folder. The sweep says so.
      this.sweepAtMs = 0;
      return;
    }
    this.setReferences(drop, NO_REFERENCES);
    this.#inbox.dispatch(drop, { type: 'removed' });
  }
}

/** Whether a book waits for its files to stop changing, or for files that are missing. */
function isWaiting({ state }: Drop): boolean {
  return state.name === 'settling' || state.name === 'waiting-files' || state.name === 'seen';
}
