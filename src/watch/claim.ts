/**
 * A lock with a heartbeat: which of several watchers, perhaps on several machines, works on a book.
 *
 *     no file ──(created exclusively)──► held ──(heartbeats)──► held ──► removed
 *     another's, with heartbeats ──► wait      another's, unchanged for a minute ──► moved away, verified, replaced
 *
 * Clocks of other machines and times of files are never compared: a claim is stale when this process has seen the same
 * heartbeat for too long by its own clock. A holder whose claim is gone or replaced, for example after sleep, stops its work;
 * the store keeps what it made, so that nothing is paid twice.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCode } from '../errors.ts';
import { writeAtomically } from './own-files.ts';

/** Timings of claims; only tests change them. */
export interface ClaimTimings {
  /** Time between two heartbeats. */
  beatMs: number;
  /** A claim whose heartbeat has not changed for this long is stale. */
  staleMs: number;
}

/** A minute is far longer than a busy disk or a short network failure delays a heartbeat. */
export const DEFAULT_CLAIM_TIMINGS: ClaimTimings = { beatMs: 10_000, staleMs: 60_000 };

/** A claim that this process holds. */
export interface Claim {
  /** Aborts when another watcher has taken the claim over. */
  lost: AbortSignal;
  /** Releases the claim; safe to call twice. */
  release(): Promise<void>;
}

/** Content of a claim's file: field names stay. */
interface Holder {
  token: string;
  host: string;
  pid: number;
  beat: number;
}

/** Gives out claims; `path` names what is claimed. No two keepers with the same storage hold a claim at the same time. */
export interface ClaimKeeper {
  /** The claim; undefined while another watcher holds it. Rejects when the storage cannot be written. */
  take(path: string): Promise<Claim | undefined>;
  /** Whether the claim is held, as far as this watcher has seen. */
  isTaken(path: string): Promise<boolean>;
  /** Forgets the last heartbeat of a claim that is not needed any more. */
  forget(path: string): void;
}

/** Claims as files. Remembers which heartbeats of others it has seen, and when. */
export class Claims implements ClaimKeeper {
  readonly #timings: ClaimTimings;
  readonly #seen = new Map<string, { text: string; sinceMs: number }>();

  constructor(timings: ClaimTimings = DEFAULT_CLAIM_TIMINGS) {
    this.#timings = timings;
  }

  /**
   * The claim at `path`; undefined while another watcher holds it. A dead holder on this machine is noticed at once, one on
   * another machine after `staleMs` of polling. Rejects when the folder cannot be written.
   */
  async take(path: string): Promise<Claim | undefined> {
    const mine: Holder = { token: randomUUID(), host: hostname(), pid: process.pid, beat: 0 };
    if (await createExclusively(path, mine)) return this.#heartbeat(path, mine);
    const text = await readText(path);
    if (text !== undefined && !this.#isDead(path, text)) return undefined;
    if (text !== undefined && !(await removeDead(path, text))) return undefined;
    if (!(await createExclusively(path, mine))) return undefined;
    return this.#heartbeat(path, mine);
  }

  /** Whether the claim is held, as far as this watcher has seen. */
  async isTaken(path: string): Promise<boolean> {
    const text = await readText(path);
    return text !== undefined && !this.#isDead(path, text);
  }

  /** Forgets the last heartbeat of a claim that is not needed any more. */
  forget(path: string): void {
    this.#seen.delete(path);
  }

  #isDead(path: string, text: string): boolean {
    const holder = parseHolder(text);
    if (holder?.host === hostname() && holder.pid !== process.pid && !isRunning(holder.pid)) return true;
    const now = performance.now();
    const seen = this.#seen.get(path);
    if (seen === undefined || seen.text !== text) {
      this.#seen.set(path, { text, sinceMs: now });
      return false;
    }
    return now - seen.sinceMs > this.#timings.staleMs;
  }

  #heartbeat(path: string, mine: Holder): Claim {
    this.#seen.delete(path);
    const lost = new AbortController();
    let beating: Promise<void> = Promise.resolve();
    let released = false;
    let missed = 0;
    const beat = async (): Promise<void> => {
      const text = await readText(path);
      if (released) return;
      if (text === undefined || parseHolder(text)?.token !== mine.token) {
        // A share that is unavailable for a moment looks like a missing file too; only another holder's claim is certain.
        missed += 1;
        if (text !== undefined || missed * this.#timings.beatMs > this.#timings.staleMs / 2) lost.abort();
        if (text === undefined && !lost.signal.aborted) await createExclusively(path, mine).catch(() => false);
        return;
      }
      missed = 0;
      mine.beat += 1;
      await writeAtomically(path, JSON.stringify(mine), { flush: false }).catch(() => undefined);
    };
    const timer = setInterval(() => {
      beating = beating.then(beat).catch(() => undefined);
    }, this.#timings.beatMs);
    timer.unref();
    return {
      lost: lost.signal,
      release: async () => {
        if (released) return;
        released = true;
        clearInterval(timer);
        await beating;
        const text = await readText(path);
        if (text !== undefined && parseHolder(text)?.token === mine.token) await rm(path, { force: true });
      },
    };
  }
}

async function createExclusively(path: string, mine: Holder): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(JSON.stringify(mine));
  } catch (error) {
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

/**
 * Removes a stale claim by moving it first: of two watchers that find it stale, the second one could move the first one's
 * new claim, so the moved file is read and put back unless it is the stale one.
 */
async function removeDead(path: string, dead: string): Promise<boolean> {
  const aside = `${path}.dead-${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  const isDead = (await readText(aside)) === dead;
  // A link never replaces a file: when a third watcher has created a claim in the meantime, that claim counts.
  if (!isDead) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return isDead;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Undefined for a file that is incomplete or damaged; it becomes stale like any other. */
function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.token === 'string' && typeof value.host === 'string' && typeof value.pid === 'number'
      ? (value as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return systemCode(error) === 'EPERM';
  }
}
