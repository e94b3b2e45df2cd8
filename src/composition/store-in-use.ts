/** What a person is told while another run uses the store. */
import type { LockHolder, Store } from '../store/store.ts';

/** The notice, at the first wait and again when the holder has fallen silent. */
export function storeInUse({ host, pid, heldSeconds, silentMs, takeOverMs }: LockHolder, store: Store): string {
  const who = pid === 0 ? `a process on ${host}` : `process ${pid} on ${host}`;
  if (takeOverMs !== undefined) {
    const silent = Math.round(silentMs / 1000);
    const left = Math.max(1, Math.ceil(takeOverMs / 1000));
    return `The other run (${who}) has written no heartbeat for ${silent} s. If none follows within ${left} s, this run takes over. Nothing needs to be deleted by hand.`;
  }
  const since = heldSeconds === undefined ? '' : `, for ${duration(heldSeconds)} so far`;
  return `Another run (${who}) is using this store (${store.location})${since}; waiting for it to finish. If it has died, this run takes over automatically after about a minute; nothing needs to be deleted by hand. To run several at once, set REDIS_URL or give this run its own --store.`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
