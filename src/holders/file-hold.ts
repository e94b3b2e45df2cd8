/**
 * Holds as files: a lock or a claim with heartbeats, on a local or a shared disk.
 *
 *     no file ──(created exclusively)──► held ──(heartbeats)──► held ──► removed
 *     another's, alive ──► wait      another's, dead ──► moved away, verified, replaced
 *
 * A heartbeat overwrites the file's content in place, with the same length: that needs no space on a full disk, and leaves no
 * incomplete file behind if the process is killed. Only one process at a time removes a dead hold; its right to do so is
 * a hold itself (`.takeover`), so it outlives nobody either.
 */
import { copyFile, type FileHandle, link, open, rename, rm, utimes } from 'node:fs/promises';
import { systemCode } from '../errors.ts';
import { OWNER_MARK } from './abandoned.ts';
import { type Holder, newHolder, parseHolder } from './holder.ts';
import { keepAlive, type LossReason } from './keep-alive.ts';
import { type HoldTimes, Observer } from './observer.ts';

/** Something that this process holds. */
export interface Hold {
  /** Aborts with a `LossReason` when another process has taken over, or may have. */
  lost: AbortSignal;
  /** Whether it is certainly ours at this moment; asks when the last heartbeat is old, as after a sleep. */
  isOurs(): Promise<boolean>;
  /** Releases it; safe to call twice. */
  release(): Promise<void>;
}

/** What another process holds. */
export interface HeldByOther {
  /** Undefined while its file is being written. */
  holder: Holder | undefined;
  /** How long it has written no heartbeat under observation, in milliseconds. */
  silentMs: number;
}

/** Length of a file in bytes: a heartbeat must not change it. */
const CONTENT_BYTES = 512;
/**
 * Earlier versions compare the file's time with their own clock, and remove a lock that is a minute old. The time is set this
 * far ahead, in milliseconds, so that one whose clock is fast does not remove the lock of a live process.
 */
const TIME_AHEAD_MS = 5 * 60_000;

/** Takes holds and observes those of others. `path` names what is held. */
export class FileHolds {
  readonly #times: HoldTimes;
  readonly #observer: Observer;

  constructor(times: HoldTimes, now?: () => number) {
    this.#times = times;
    this.#observer = new Observer(times, now);
  }

  /** The hold, if it is free or its holder is dead; otherwise its holder. Rejects when the folder cannot be written. */
  async tryTake(path: string): Promise<Hold | HeldByOther> {
    const mine = newHolder(this.#times);
    if (await create(path, mine)) return this.#hold(path, mine);
    const found = await read(path);
    if (found !== undefined) {
      const { isDead, silentMs } = this.#observer.look(path, found.beat, found.holder);
      if (!isDead) return { holder: found.holder, silentMs };
      return (await this.#takeOver(path, found.beat)) ?? { holder: found.holder, silentMs };
    }
    return (await create(path, mine)) ? this.#hold(path, mine) : { holder: undefined, silentMs: 0 };
  }

  /** Whether another process or this one holds it, as far as this process has seen. */
  async isTaken(path: string): Promise<boolean> {
    const found = await read(path);
    return found !== undefined && !this.#observer.look(path, found.beat, found.holder).isDead;
  }

  /** Forgets what was seen of a hold. */
  forget(path: string): void {
    this.#observer.forget(path);
  }

  /** Replaces a dead hold by ours. Undefined when another process is doing so, or the holder has come back. */
  async #takeOver(path: string, deadBeat: string): Promise<Hold | undefined> {
    const right = await this.tryTake(`${path}.takeover`);
    if (!('release' in right)) return undefined;
    try {
      const aside = `${path}.dead-${OWNER_MARK}`;
      try {
        await rename(path, aside);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') return undefined;
      }
      const moved = await read(aside);
      // Its holder has woken up, or the file is another process's by now.
      if (moved !== undefined && moved.beat !== deadBeat) await putBack(aside, path);
      await rm(aside, { force: true });
      const mine = newHolder(this.#times);
      return (await create(path, mine)) ? this.#hold(path, mine) : undefined;
    } finally {
      await right.release();
    }
  }

  #hold(path: string, mine: Holder): Hold {
    this.#observer.forget(path);
    const lost = new AbortController();
    const heldSinceMs = performance.now();
    const alive = keepAlive({
      times: this.#times,
      renew: async (silentMs) => {
        mine.beat = (mine.beat ?? 0) + 1;
        mine.heldSeconds = Math.round((performance.now() - heldSinceMs) / 1000);
        const renewed = await beatInPlace(path, mine);
        if (renewed !== 'missing') return renewed === 'ours';
        // Deleted by hand, unless others could take it over in the meantime, and may have finished since.
        if (silentMs > this.#times.staleMs) return false;
        return (await create(path, mine)) || (await beatInPlace(path, mine)) !== 'taken';
      },
      onLost: (why: LossReason) => lost.abort(why),
    });
    let released: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      await alive.stop();
      if ((await read(path))?.holder?.token === mine.token) await rm(path, { force: true });
    };
    return { lost: lost.signal, isOurs: alive.isOurs, release: () => (released ??= release()) };
  }
}

async function create(path: string, mine: Holder): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(contentOf(mine));
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
  await setTimeAhead(path).catch(() => undefined);
  return true;
}

/** Rejects when the file cannot be read or written now. */
async function beatInPlace(path: string, mine: Holder): Promise<'ours' | 'taken' | 'missing'> {
  let file: FileHandle;
  try {
    file = await open(path, 'r+');
  } catch (error) {
    if (isMissing(error)) return 'missing';
    throw error;
  }
  try {
    const holder = parseHolder(await file.readFile('utf8'));
    if (holder === undefined) throw new Error('the file is incomplete');
    if (holder.token !== mine.token) return 'taken';
    const isWritten = await file.write(Buffer.from(contentOf(mine)), 0, undefined, 0).then(
      () => true,
      () => false,
    );
    await setTimeAhead(path).catch((error: unknown) => {
      // On some full disks nothing can be overwritten; the new time is a heartbeat, too.
      if (!isWritten) throw error;
    });
    return 'ours';
  } finally {
    // A shared disk shows the content to others when the file is closed.
    await file.close();
  }
}

async function setTimeAhead(path: string): Promise<void> {
  const ahead = new Date(Date.now() + TIME_AHEAD_MS);
  await utimes(path, ahead, ahead);
}

function contentOf(holder: Holder): string {
  return JSON.stringify(holder).padEnd(CONTENT_BYTES);
}

/** Undefined when there is no file. The file is opened, because a shared disk answers other questions from a cache. */
async function read(path: string): Promise<{ beat: string; holder: Holder | undefined } | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const text = await file.readFile('utf8');
    // Earlier versions beat with the file's time alone.
    const { mtimeMs } = await file.stat();
    return { beat: `${text.trimEnd()} ${mtimeMs}`, holder: parseHolder(text) };
  } finally {
    await file.close();
  }
}

/** Never replaces a file: when another process has created one in the meantime, that one counts. */
async function putBack(aside: string, path: string): Promise<void> {
  await link(aside, path).catch(async (error: unknown) => {
    // Not every disk has links.
    if (systemCode(error) !== 'EEXIST') await copyFile(aside, path, 1).catch(() => undefined);
  });
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ESTALE'].includes(systemCode(error) ?? '');
}
