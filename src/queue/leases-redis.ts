/**
 * What is held in Redis while it is in use: leases that are renewed, so that a holder that died holds nothing for long. The
 * server's clock counts.
 */
import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import { abortable, sleep } from './abortable.ts';

/** The client and the end of all waits. */
export interface SharedRedis {
  redis: Redis;
  closing: AbortSignal;
}

/** How long a lease outlives a holder that died, in milliseconds. */
export const LEASE_MS = 15_000;
/** A held lease is renewed this often, in milliseconds; two renewals may fail. */
export const RENEW_MS = 5_000;
/** Least and most wait between two looks at something that is taken, in milliseconds. Chance keeps askers apart. */
const RETRY_DELAY_MS = [100, 250] as const;
/** Longest wait for Redis when something is given back; the lease ends without us. */
const RELEASE_LIMIT_MS = 1_000;

/** The server's clock in milliseconds, for a script. */
export const NOW = `local t = redis.call('TIME'); local now = t[1] * 1000 + t[2] / 1000`;

/** The account's own limit, where one is set (src/queue/account-limits.ts), else what this process was opened with. */
export const LIMIT = `local function limit(place, name, otherwise)
  return tonumber(redis.call('HGET', place, name) or otherwise)
end`;

/** Where the limits of an account that were set while it runs are, and the name of one of them. */
export interface AccountLimitRef {
  key: string;
  name: string;
}

/** Whether it was taken. When the wait for the answer is aborted and the answer comes later, what was taken is given back. */
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

/** Waits a moment; `early` ends it sooner. */
export async function retryDelay(
  signal: AbortSignal | undefined,
  closing: AbortSignal,
  early?: AbortSignal,
): Promise<void> {
  const [least, most] = RETRY_DELAY_MS;
  const wait = sleep(least + Math.random() * (most - least), signal, closing, early);
  await wait.catch((error: unknown) => {
    if (!early?.aborted || signal?.aborted || closing.aborted) throw error;
  });
}

/** Keeps a lease until the returned function is called (twice does no harm) or the limits are closed. */
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
