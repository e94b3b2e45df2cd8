/** Renewed leases in Redis: a dead holder loses its lease soon. The server's clock counts. */
import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import { abortable, sleepOrWake } from '../abortable.ts';

/** The client, and the signal that ends all waits. */
export interface SharedRedis {
  redis: Redis;
  closing: AbortSignal;
}

/** How long a lease outlives a dead holder, in milliseconds. */
export const LEASE_MS = 15_000;
/** Interval between renewals, in milliseconds; two of them may fail. */
export const RENEW_MS = 5_000;
/** Least and most wait between two tries, in milliseconds. The random part keeps clients from retrying at once. */
const RETRY_DELAY_MS = [100, 250] as const;
/** Longest wait for Redis at a release, in milliseconds; without it the lease expires. */
const RELEASE_LIMIT_MS = 1_000;

/** The server's clock in milliseconds, for a script. */
export const NOW = `local t = redis.call('TIME'); local now = t[1] * 1000 + t[2] / 1000`;

/** The account's own limit, if set (src/queue/limits/account-limits.ts); otherwise the limit of this process. */
export const LIMIT = `local function limit(place, name, otherwise)
  return tonumber(redis.call('HGET', place, name) or otherwise)
end`;

/** A limit of the account that is set at runtime: its Redis hash and field. */
export interface AccountLimitRef {
  key: string;
  name: string;
}

/**
 * Whether the resource was acquired. If the wait is aborted and the response comes later, the acquisition is undone.
 */
export async function acquireOrUndo(
  acquired: Promise<boolean>,
  undo: () => Promise<unknown>,
  ...signals: (AbortSignal | undefined)[]
): Promise<boolean> {
  try {
    return await abortable(acquired, ...signals);
  } catch (error) {
    acquired.then((was) => (was ? undo() : undefined)).catch(() => {});
    throw error;
  }
}

/** Waits a moment; `early` ends the wait sooner. */
export async function retryDelay(
  signal: AbortSignal | undefined,
  closing: AbortSignal,
  early?: AbortSignal,
): Promise<void> {
  const [least, most] = RETRY_DELAY_MS;
  await sleepOrWake(least + Math.random() * (most - least), early, signal, closing);
}

/** Renews a lease until the returned function is called (a second call has no effect) or the limits are closed. */
export function startRenewal({
  renew,
  release,
  closing,
}: {
  renew: () => Promise<unknown>;
  release: () => Promise<unknown>;
  closing: AbortSignal;
}): () => Promise<void> {
  const timer = setInterval(() => void renew().catch(() => {}), RENEW_MS);
  const stop = (): void => clearInterval(timer);
  setMaxListeners(0, closing);
  closing.addEventListener('abort', stop, { once: true });
  let released: Promise<void> | undefined;
  return () => {
    released ??= (async () => {
      stop();
      closing.removeEventListener('abort', stop);
      const timeout = new AbortController();
      const limit = setTimeout(() => timeout.abort(), RELEASE_LIMIT_MS);
      await abortable(release(), timeout.signal).catch(() => {});
      clearTimeout(limit);
    })();
    return released;
  };
}
