/**
 * One process at a time on a store on S3, where no shared queue coordinates them: the same as src/store/lock.ts, with
 * conditional writes instead of the disk's exclusive ones.
 *
 * The holder rewrites its lock every few seconds, each time only if it is unchanged since its last write. A waiting
 * process checks whether the lock changes, by its own clock alone: no two clocks are compared. A holder that finds its
 * lock changed has lost it and must stop.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import { LOCK_NAME } from '../layout.ts';
import { type Holder, isLocal, isRunning, parseHolder, storeTakenOver, thisHolder } from '../lock-holder.ts';
import type { LockRequest, StoreLock } from '../store.ts';
import type { Bucket } from './bucket.ts';

/** The timings of a lease; tests use shorter ones. All in milliseconds. */
export interface LeaseTimes {
  /** Heartbeat interval of the holder. */
  beatMs: number;
  /** A lock that is unchanged for this long belongs to a machine that is dead, asleep or cut off. */
  staleMs: number;
  /** Interval at which a waiting process checks. */
  pollMs: number;
}

const TIMES: LeaseTimes = { beatMs: 5_000, staleMs: 60_000, pollMs: 1_000 };

/**
 * Waits until only this process may work on the store. A dead holder on this machine is noticed at once, one elsewhere
 * within a minute. Rejects with `interrupted` when the signal aborts, and with the errors of the bucket.
 */
export async function acquireStoreLease(
  bucket: Bucket,
  { onWait, signal }: LockRequest,
  times: LeaseTimes = TIMES,
): Promise<StoreLock> {
  const lease = new S3Lease(bucket, LOCK_NAME, times);
  let notified = false;
  for (;;) {
    const attempt = await lease.tryAcquire();
    if ('release' in attempt) return attempt;
    if (!notified) {
      notified = true;
      onWait(attempt.holder ?? { host: 'an unknown machine', pid: 0 });
    }
    await sleep(times.pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
      throw interrupted('waiting for another run on the same store');
    });
  }
}

/** One lease as this process sees it: its holder, and how long it has not changed. */
export class S3Lease {
  readonly #bucket: Bucket;
  readonly #name: string;
  readonly #times: LeaseTimes;
  #lastRead: { etag: string | undefined; since: number } | undefined;

  constructor(bucket: Bucket, name: string, times: LeaseTimes = TIMES) {
    this.#bucket = bucket;
    this.#name = name;
    this.#times = times;
  }

  /**
   * Acquires the lease if it is free or its holder is dead; otherwise returns the holder. Rejects with the errors of
   * the bucket.
   */
  async tryAcquire(): Promise<StoreLock | { holder: Holder | undefined }> {
    const [bucket, name, times] = [this.#bucket, this.#name, this.#times];
    const mine = thisHolder();
    for (;;) {
      const taken = await bucket.putIf(name, textOf(mine, 0), { ifNoneMatch: '*' });
      if (taken.done) return startHeartbeat({ bucket, name, mine, etag: taken.etag, times });
      const found = await this.read();
      if (found === undefined) continue;
      // Our own request, whose first response was lost.
      if (found.holder?.token === mine.token) return startHeartbeat({ bucket, name, mine, etag: found.etag, times });
      if (!found.isDead) return { holder: found.holder };
      // Of many that find the holder dead, only one can match the ETag that all have read.
      const takenOver = await bucket.putIf(name, textOf(mine, 0), { ifMatch: found.etag ?? '' });
      if (takenOver.done) return startHeartbeat({ bucket, name, mine, etag: takenOver.etag, times });
    }
  }

  /** The current holder; undefined when the lease is free. */
  async read(): Promise<{ holder: Holder | undefined; etag: string | undefined; isDead: boolean } | undefined> {
    const found = await this.#bucket.getText(this.#name);
    if (found === undefined) return undefined;
    const holder = parseHolder(found.text);
    if (this.#lastRead?.etag !== found.etag) this.#lastRead = { etag: found.etag, since: performance.now() };
    const unchangedMs = performance.now() - (this.#lastRead?.since ?? 0);
    return { holder, etag: found.etag, isDead: isDead(holder) || unchangedMs > this.#times.staleMs };
  }
}

function isDead(holder: Holder | undefined): boolean {
  return holder !== undefined && isLocal(holder) && holder.pid !== process.pid && !isRunning(holder);
}

/** The counter makes each heartbeat another text, and so another ETag. */
function textOf(holder: Holder, beat: number): string {
  return `${JSON.stringify({ ...holder, beat })}\n`;
}

function startHeartbeat(of: {
  bucket: Bucket;
  name: string;
  mine: Holder;
  etag: string | undefined;
  times: LeaseTimes;
}): StoreLock {
  const { bucket, name, mine, times } = of;
  const lost = new AbortController();
  let etag = of.etag ?? '';
  let beats = 0;
  let renewedAt = performance.now();
  const renew = async (): Promise<void> => {
    const text = textOf(mine, ++beats);
    const put = await bucket.putIf(name, text, { ifMatch: etag });
    // No match: another process took it, or it was our own earlier request whose response was lost.
    const found = put.done ? { etag: put.etag, text } : await bucket.getText(name);
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
    // Cut off for so long that others may take it over: stop first.
    if (performance.now() - renewedAt > times.staleMs) return lose();
    if (busy) return;
    busy = true;
    underWay = renew()
      // A server that does not respond now may respond at the next heartbeat.
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, times.beatMs);
  beat.unref();
  const release = async (): Promise<void> => {
    clearInterval(beat);
    await underWay;
    const found = await bucket.getText(name);
    if (found !== undefined && parseHolder(found.text)?.token === mine.token) await bucket.delete(name);
  };
  return { lost: lost.signal, release };
}

/** The error for a server that does not support conditional writes, so that a store cannot be locked. */
export function conditionalWritesUnsupported(location: string): PipelineError {
  return new PipelineError({
    code: 'store-unwritable',
    message: `The server of ${location} does not support conditional writes (If-None-Match), so two runs without a shared queue could overwrite each other. Set REDIS_URL, or use a server that supports them; docs/store.md lists some.`,
    retry: 'never',
  });
}
