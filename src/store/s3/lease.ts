/**
 * One process at a time on a store on S3, where there is no shared queue to keep order: src/store/lock.ts, with conditional
 * writes for the disk's exclusive ones.
 *
 * The holder writes its lock anew every few seconds, each time only if it is still what it wrote last. Who waits looks
 * whether the lock changes, by its own clock alone: no two clocks are compared. A holder that finds its lock changed has
 * lost it and must stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import { type Holder, isLocal, isRunning, parseHolder, storeTakenOver, thisHolder } from '../holder.ts';
import { LOCK_NAME } from '../layout.ts';
import type { LockRequest, StoreLock } from '../store.ts';
import type { Bucket } from './bucket.ts';

/** How the times of a lease hang together; tests use shorter ones. All in milliseconds. */
export interface LeaseTimes {
  /** The holder writes this often. */
  beatMs: number;
  /** A lock that did not change for so long belongs to a machine that died, sleeps or is cut off. */
  staleMs: number;
  /** A waiting process looks this often. */
  lookMs: number;
}

const TIMES: LeaseTimes = { beatMs: 5_000, staleMs: 60_000, lookMs: 1_000 };

/**
 * Waits until this process alone may work on the store. A holder that died on this machine is noticed at once, one
 * elsewhere within a minute. Rejects with `interrupted` when the signal aborts, and as requests of the bucket do.
 */
export async function leaseStore(
  bucket: Bucket,
  { onWait, signal }: LockRequest,
  times: LeaseTimes = TIMES,
): Promise<StoreLock> {
  const mine = thisHolder();
  let told = false;
  let seen: { etag: string | undefined; since: number } = { etag: undefined, since: 0 };
  for (;;) {
    const taken = await bucket.putIf(LOCK_NAME, textOf(mine, 0), { ifNoneMatch: '*' });
    if (taken.done) return keep({ bucket, mine, etag: taken.etag, times });
    const found = await bucket.getText(LOCK_NAME);
    if (found === undefined) continue;
    const holder = parseHolder(found.text);
    // Our own request, whose first answer was lost.
    if (holder?.token === mine.token) return keep({ bucket, mine, etag: found.etag, times });
    if (seen.etag !== found.etag) seen = { etag: found.etag, since: performance.now() };
    if (isDead(holder) || performance.now() - seen.since > times.staleMs) {
      // Of many that find it dead, one alone matches what all have read.
      const over = await bucket.putIf(LOCK_NAME, textOf(mine, 0), { ifMatch: found.etag ?? '' });
      if (over.done) return keep({ bucket, mine, etag: over.etag, times });
      continue;
    }
    if (!told) {
      told = true;
      onWait(holder ?? { host: 'an unknown machine', pid: 0 });
    }
    await sleep(times.lookMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw interrupted('waiting for another run on the same store');
    });
  }
}

function isDead(holder: Holder | undefined): boolean {
  return holder !== undefined && isLocal(holder) && holder.pid !== process.pid && !isRunning(holder);
}

/** The count makes each beat another text, and so another tag. */
function textOf(holder: Holder, beat: number): string {
  return `${JSON.stringify({ ...holder, beat })}\n`;
}

function keep(of: { bucket: Bucket; mine: Holder; etag: string | undefined; times: LeaseTimes }): StoreLock {
  const { bucket, mine, times } = of;
  const lost = new AbortController();
  let etag = of.etag ?? '';
  let beats = 0;
  let renewedAt = performance.now();
  const renew = async (): Promise<void> => {
    const text = textOf(mine, ++beats);
    const put = await bucket.putIf(LOCK_NAME, text, { ifMatch: etag });
    // Not matched: somebody took it, or it was our own earlier try whose answer was lost.
    const found = put.done ? { etag: put.etag, text } : await bucket.getText(LOCK_NAME);
    if (found === undefined || parseHolder(found.text)?.token !== mine.token) return lose();
    etag = found.etag ?? '';
    renewedAt = performance.now();
  };
  const lose = (): void => {
    clearInterval(beat);
    lost.abort(storeTakenOver(bucket.location));
  };
  let underWay: Promise<void> = Promise.resolve();
  let busy = false;
  const beat = setInterval(() => {
    // Cut off for so long that others may take it over: better to stop first.
    if (performance.now() - renewedAt > times.staleMs) return lose();
    if (busy) return;
    busy = true;
    underWay = renew()
      // A server that does not answer now may at the next beat.
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, times.beatMs);
  beat.unref();
  const release = async (): Promise<void> => {
    clearInterval(beat);
    await underWay;
    const found = await bucket.getText(LOCK_NAME);
    if (found !== undefined && parseHolder(found.text)?.token === mine.token) await bucket.delete(LOCK_NAME);
  };
  return { lost: lost.signal, release };
}

/** Why a store can not be held: its server does not know conditional writes. */
export function noLeases(location: string): PipelineError {
  return new PipelineError({
    code: 'store-unwritable',
    message: `The server of ${location} does not know conditional writes (If-None-Match), so two runs without a shared queue could not be kept apart. Set REDIS_URL, or use a server that knows them; docs/store.md names some.`,
    retry: 'never',
  });
}
