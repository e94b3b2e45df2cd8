/**
 * One process at a time on a store, where no shared queue coordinates them.
 *
 * The embedded queue knows only its own process: two runs side by side would speak the same segments twice and count
 * the account's limits twice. So the second one waits. With Redis, queue/limits coordinates better and no run waits.
 */
import { type FileHandle, open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, systemCode } from '../errors.ts';
import { guard } from './disk-failure.ts';
import { type Holder, isLocal, isRunning, parseHolder, storeTakenOver, thisHolder } from './lock-holder.ts';
import type { LockRequest, StoreLock } from './store.ts';

/** Heartbeat interval of the holder, in milliseconds. */
const HEARTBEAT_MS = 5_000;
/** A lock without a heartbeat for this long, in milliseconds, belongs to a machine that is dead or asleep. */
const STALE_MS = 60_000;
/** Interval at which a waiting process checks, in milliseconds. */
const POLL_MS = 500;

/** After so many checks a lock without a holder's name is reported, too. */
const POLLS_BEFORE_NOTICE = 4;

/**
 * Waits until this process may work on the store in `folder`, and returns the lock. `onWait` is called once if another
 * process holds it. A dead holder is noticed at once on this machine, within a minute elsewhere; a suspended holder on
 * this machine keeps its lock. Rejects with `interrupted` when the signal aborts, and with `store-unwritable` or
 * `disk-full`.
 */
export async function lockStore({ folder, onWait, signal }: LockRequest & { folder: string }): Promise<StoreLock> {
  const path = join(folder, 'lock');
  const mine = thisHolder();
  let notified = false;
  let polls = 0;
  while (!(await guard(folder, () => tryCreate(path, mine)))) {
    const holder = await holderOf(path);
    if (holder !== undefined && (await isDead(path, holder))) {
      await removeDeadLock(path, holder);
      continue;
    }
    // A lock without a name is just being written, unless it stays that way.
    polls += 1;
    if (!notified && (holder !== undefined || polls > POLLS_BEFORE_NOTICE)) {
      notified = true;
      onWait(holder ?? { host: 'an unknown machine', pid: 0 });
    }
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw interrupted('waiting for another run on the same store');
    });
  }
  return startHeartbeat({ folder, path, mine });
}

async function tryCreate(path: string, mine: Holder): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await file.writeFile(JSON.stringify(mine));
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
  return true;
}

function startHeartbeat({ folder, path, mine }: { folder: string; path: string; mine: Holder }): StoreLock {
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    const holder = await holderOf(path);
    if (holder?.token === mine.token) {
      const now = new Date();
      await utimes(path, now, now);
    } else if (holder !== undefined) {
      clearInterval(heartbeat);
      lost.abort(storeTakenOver(folder));
    }
  };
  // A disk that does not respond now may respond at the next heartbeat.
  const heartbeat = setInterval(() => renew().catch(() => undefined), HEARTBEAT_MS);
  heartbeat.unref();
  const release = async (): Promise<void> => {
    clearInterval(heartbeat);
    if ((await holderOf(path))?.token === mine.token) await rm(path, { force: true });
  };
  return { lost: lost.signal, release };
}

/** Undefined when there is no lock, or one that is just being written. */
async function holderOf(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const holder = parseHolder(text);
  if (holder !== undefined) return holder;
  // Half written by a process that died: its age decides.
  const age = await ageMs(path);
  return age !== undefined && age > STALE_MS ? { token: '', host: '', pid: 0 } : undefined;
}

async function isDead(path: string, holder: Holder): Promise<boolean> {
  // Age means nothing for a process on this machine: a suspended one wakes up and continues.
  if (isLocal(holder)) return holder.pid !== process.pid && !isRunning(holder);
  const age = await ageMs(path);
  return age !== undefined && age > STALE_MS;
}

/** A takeover takes milliseconds; one older than this, in milliseconds, was left by a process that died. */
const TAKEOVER_MS = 10_000;

/**
 * Removes a dead holder's lock. One process at a time, and only after a second check: of many that find it dead, a
 * slower one must not remove the new lock of a faster one.
 */
async function removeDeadLock(path: string, dead: Holder): Promise<void> {
  const takeover = `${path}.takeover`;
  try {
    await (await open(takeover, 'wx')).close();
  } catch {
    if (((await ageMs(takeover)) ?? 0) > TAKEOVER_MS) await rm(takeover, { force: true });
    // Another process is removing it.
    await sleep(POLL_MS / 10);
    return;
  }
  try {
    const holder = await holderOf(path);
    if (holder?.token === dead.token && (await isDead(path, holder))) await rm(path, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

async function ageMs(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? undefined : Date.now() - found.mtimeMs;
}
