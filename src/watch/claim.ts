/**
 * Who works on a book when several watchers, perhaps on several machines, look into one folder: a file with a heart beat.
 *
 *     no file ──(made exclusively)──► mine ──(beats)──► mine ──► removed
 *     somebody's, beating ──► wait          somebody's, still for a minute of MY time ──► moved away, looked at, replaced
 *
 * No clock of another machine and no time of a file is ever read: a claim is stale when this process has seen the same beat
 * for too long by its own clock. A holder that finds its claim gone or replaced (it was asleep) stops its work; the store
 * sees to it that nothing of it was in vain or is paid twice.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCode } from '../errors.ts';
import { writeAtomically } from './own-files.ts';

/** Speeds of claims; smaller ones are for tests. */
export interface ClaimTimings {
  /** A holder beats so often. */
  beatMs: number;
  /** A claim whose beat has not changed for so long belongs to a machine that died. */
  staleMs: number;
}

/** A minute without a beat is far more than a busy disk or a short break of the network takes. */
export const DEFAULT_CLAIM_TIMINGS: ClaimTimings = { beatMs: 10_000, staleMs: 60_000 };

/** A claim that this process holds. */
export interface Claim {
  /** Aborts when somebody else has taken it over. */
  lost: AbortSignal;
  /** Gives it back; safe to call twice. */
  release(): Promise<void>;
}

/** What a claim's file holds. */
interface Holder {
  token: string;
  host: string;
  pid: number;
  beat: number;
}

/** Gives claims; `path` names what is claimed. Two that keep their claims at one place never hold the same at once. */
export interface ClaimKeeper {
  /** The claim, or undefined while somebody else holds it; ask again later. Rejects when the place can not be written. */
  take(path: string): Promise<Claim | undefined>;
  /** Whether somebody holds it, as far as this watcher has seen. */
  isTaken(path: string): Promise<boolean>;
  /** Forgets what was seen of a claim that is not asked for any more. */
  forget(path: string): void;
}

/** Claims of one watcher; remembers which beats of others it has seen, and when. */
export class Claims implements ClaimKeeper {
  readonly #timings: ClaimTimings;
  readonly #seen = new Map<string, { mark: string; sinceMs: number }>();

  constructor(timings: ClaimTimings = DEFAULT_CLAIM_TIMINGS) {
    this.#timings = timings;
  }

  /**
   * The claim at `path`, or undefined while somebody else holds it; ask again later. A holder of this machine that has
   * died is noticed at once, one elsewhere after `staleMs` of being asked. Rejects when the folder can not be written.
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

  /** Whether somebody holds the claim, as far as this watcher has seen. */
  async isTaken(path: string): Promise<boolean> {
    const text = await readText(path);
    return text !== undefined && !this.#isDead(path, text);
  }

  /** Forgets what was seen of a claim that is not asked for any more. */
  forget(path: string): void {
    this.#seen.delete(path);
  }

  #isDead(path: string, text: string): boolean {
    const holder = parseHolder(text);
    if (holder?.host === hostname() && holder.pid !== process.pid && !isRunning(holder.pid)) return true;
    const now = performance.now();
    const seen = this.#seen.get(path);
    if (seen === undefined || seen.mark !== text) {
      this.#seen.set(path, { mark: text, sinceMs: now });
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
        // A share that is away for a moment answers "not there" too; only a stranger's claim is certain at once.
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
 * Moves a dead claim away. Of two that find it dead, the second could move the first one's new claim: what was moved is
 * looked at, and put back unless it is the dead one.
 */
async function removeDead(path: string, dead: string): Promise<boolean> {
  const aside = `${path}.dead-${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  const isDead = (await readText(aside)) === dead;
  // By a link, which never replaces: meanwhile a third may have made a claim, and then that one counts.
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

/** Undefined for a file that is half written or damaged; its stillness decides. */
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
