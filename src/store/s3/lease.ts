/**
 * A hold as an object on S3: the same as src/holders/file-hold.ts, with conditional writes instead of the disk's exclusive
 * ones.
 *
 * The holder rewrites the object at each heartbeat, only if it is unchanged since its last write. Of many that find it dead,
 * one can replace the version that all have read.
 */
import { PipelineError } from '../../errors.ts';
import type { HeldByOther, Hold } from '../../holders/file-hold.ts';
import { type Holder, newHolder, parseHolder } from '../../holders/holder.ts';
import { keepAlive } from '../../holders/keep-alive.ts';
import { type HoldTimes, Observer, type Sight } from '../../holders/observer.ts';
import { LOCK_NAME } from '../layout.ts';
import type { LockRequest, StoreLock } from '../store.ts';
import { type LockTimes, waitForLock } from '../wait-for-lock.ts';
import type { Bucket } from './bucket.ts';

const TIMES: LockTimes = { beatMs: 5_000, staleMs: 60_000, pollMs: 1_000 };

/**
 * Waits until only this process may work on the store, like `lockStore` for a disk. Rejects with `interrupted` when the signal
 * aborts, and with the errors of the bucket.
 */
export async function acquireStoreLease(
  bucket: Bucket,
  request: LockRequest,
  times: LockTimes = TIMES,
): Promise<StoreLock> {
  const lease = new S3Lease(bucket, LOCK_NAME, times);
  return waitForLock({ tryTake: () => lease.tryAcquire(), request, times, location: bucket.location });
}

/** One lease as this process sees it. */
export class S3Lease {
  readonly #bucket: Bucket;
  readonly #name: string;
  readonly #times: HoldTimes;
  readonly #observer: Observer;

  constructor(bucket: Bucket, name: string, times: HoldTimes = TIMES) {
    this.#bucket = bucket;
    this.#name = name;
    this.#times = times;
    this.#observer = new Observer(times);
  }

  /**
   * Acquires the lease if it is free or its holder is dead; otherwise returns the holder. Rejects with the errors of
   * the bucket.
   */
  async tryAcquire(): Promise<Hold | HeldByOther> {
    const [bucket, name] = [this.#bucket, this.#name];
    const mine = newHolder(this.#times);
    for (;;) {
      const taken = await bucket.putIf(name, textOf(mine), { ifNoneMatch: '*' });
      if (taken.done) return this.#hold(mine, taken.etag);
      const found = await this.read();
      if (found === undefined) continue;
      // Our own request, whose first response was lost.
      if (found.holder?.token === mine.token) return this.#hold(mine, found.etag);
      if (!found.isDead) return found;
      const takenOver = await bucket.putIf(name, textOf(mine), { ifMatch: found.etag ?? '' });
      if (takenOver.done) return this.#hold(mine, takenOver.etag);
    }
  }

  /** The current holder; undefined when the lease is free. */
  async read(): Promise<(Sight & { holder: Holder | undefined; etag: string | undefined }) | undefined> {
    const found = await this.#bucket.getText(this.#name);
    if (found === undefined) return undefined;
    const holder = parseHolder(found.text);
    return { holder, etag: found.etag, ...this.#observer.look(this.#name, found.etag ?? found.text, holder) };
  }

  #hold(mine: Holder, firstEtag: string | undefined): Hold {
    const [bucket, name] = [this.#bucket, this.#name];
    const lost = new AbortController();
    const heldSinceMs = performance.now();
    let etag = firstEtag ?? '';
    const alive = keepAlive({
      times: this.#times,
      renew: async () => {
        mine.beat = (mine.beat ?? 0) + 1;
        mine.heldSeconds = Math.round((performance.now() - heldSinceMs) / 1000);
        const text = textOf(mine);
        const put = await bucket.putIf(name, text, { ifMatch: etag });
        // No match: another process took it, or it was our own earlier request whose response was lost.
        const found = put.done ? { etag: put.etag, text } : await bucket.getText(name);
        if (found === undefined || parseHolder(found.text)?.token !== mine.token) return false;
        etag = found.etag ?? '';
        return true;
      },
      onLost: (why) => lost.abort(why),
    });
    let released: Promise<void> | undefined;
    const release = async (): Promise<void> => {
      await alive.stop();
      const found = await bucket.getText(name);
      if (found !== undefined && parseHolder(found.text)?.token === mine.token) await bucket.delete(name);
    };
    return { lost: lost.signal, isOurs: alive.isOurs, release: () => (released ??= release()) };
  }
}

/** The counter makes each heartbeat another text, and so another ETag. */
function textOf(holder: Holder): string {
  const { beat = 0 } = holder;
  return `${JSON.stringify({ ...holder, beat })}\n`;
}

/** The error for a server that does not support conditional writes, so that a store cannot be locked. */
export function conditionalWritesUnsupported(location: string): PipelineError {
  return new PipelineError({
    code: 'store-unwritable',
    message: `The server of ${location} does not support conditional writes (If-None-Match), so two runs without a shared queue could overwrite each other. Set REDIS_URL, or use a server that supports them; docs/reference/store.md lists some.`,
    retry: 'never',
  });
}
