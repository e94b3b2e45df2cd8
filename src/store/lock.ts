/**
 * One process at a time on a store, where no shared queue coordinates them.
 *
 * The embedded queue knows only its own process: two runs side by side would speak the same segments twice and count
 * the account's limits twice. So the second one waits. With Redis, queue/limits coordinates better and no run waits.
 */
import { join } from 'node:path';
import { FileHolds } from '../holders/file-hold.ts';
import { guard } from './disk-failure.ts';
import { LOCK_NAME } from './layout.ts';
import type { LockRequest, StoreLock } from './store.ts';
import { type LockTimes, waitForLock } from './wait-for-lock.ts';

const TIMES: LockTimes = { beatMs: 5_000, staleMs: 60_000, pollMs: 500 };

/**
 * Waits until this process may work on the store in `folder`, and returns the lock. `onWait` is called if another process
 * holds it, and again when that one falls silent. A holder that died is noticed at once in this system, and within about a
 * minute elsewhere; see src/holders/observer.ts. Rejects with `interrupted` when the signal aborts, and with
 * `store-unwritable` or `disk-full`.
 */
export async function lockStore(
  { folder, ...request }: LockRequest & { folder: string },
  times: LockTimes = TIMES,
): Promise<StoreLock> {
  const holds = new FileHolds(times);
  const path = join(folder, LOCK_NAME);
  return waitForLock({ tryTake: () => guard(folder, () => holds.tryTake(path)), request, times, location: folder });
}
