/**
 * How requests to S3 are repeated, instead of the SDK's own ways. Its standard way has 500 tries to give away, and then none:
 * a long run on a busy server uses them up. Its adaptive way slows down to one request a second and stays there. Here each
 * request has its own tries, with growing random pauses, which slow the whole down as much as the server refuses.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Patience } from './patience.ts';

type Strategy = Exclude<S3ClientConfig['retryStrategy'], undefined>;
/** What the SDK hands from try to try. */
interface Token {
  getRetryCount(): number;
  getRetryDelay(): number;
}

/** Tries of a request that the server answers with an error that passes: of 100,000 that are refused at 35 %, 3 use them up. */
const ANSWERED_TRIES = 10;
/** Tries of a request that breaks off or is never answered, of a server that has not answered yet: a wrong address is told soon. */
const FIRST_TRIES = 6;
/** How long a request is tried to which a server says nothing that has answered before, in milliseconds: it may start again. */
const SILENT_MS = 50_000;
/** The first pause is at most this long, in milliseconds; each is up to twice as long as the one before. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Requests after which the share of the refused ones is looked at. */
const LOOK_AFTER = 200;
/** From this share on, the operator is told. */
const MUCH = 0.1;
/** Not told again within this time, in milliseconds. */
const TOLD_FOR_MS = 5 * 60_000;

/** What `patientRetries` may use in place of the clock and chance; for tests. */
export interface RetryParts {
  now?: () => number;
  pause?: (ms: number, over: AbortSignal) => Promise<unknown>;
}

/** A strategy for one client. `onStrain`: told when the server refuses many requests: their share, from 0 to 1. */
export function patientRetries(
  { patience, onStrain }: { patience: Pick<Patience, 'hasAnswered' | 'over'>; onStrain: (share: number) => void },
  { now = () => performance.now(), pause = pauseFor }: RetryParts = {},
): Strategy {
  /** When a request began that nothing was said to since, by the token of its last try. */
  const silentSince = new WeakMap<object, number>();
  const token = (count: number, sinceMs: number): Token => {
    // The pause is over when a token is given.
    const made = { getRetryCount: () => count, getRetryDelay: () => 0 };
    silentSince.set(made, sinceMs);
    return made;
  };
  let requests = 0;
  let refusals = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return {
    mode: 'patient',
    acquireInitialRetryToken: async () => token(0, now()),
    refreshRetryTokenForRetry: async (last, { errorType, error }) => {
      const tries = last.getRetryCount() + 1;
      const wasAnswered = isAnswered(error);
      if (wasAnswered && errorType !== 'CLIENT_ERROR') refusals += 1;
      count();
      const sinceMs = wasAnswered ? now() : (silentSince.get(last) ?? now());
      const isSilentForLong = patience.hasAnswered() ? now() - sinceMs >= SILENT_MS : tries >= FIRST_TRIES;
      const isOver = wasAnswered ? tries >= ANSWERED_TRIES : isSilentForLong;
      if (
        isOver ||
        patience.over.aborted ||
        (errorType !== 'THROTTLING' && errorType !== 'TRANSIENT' && errorType !== 'SERVER_ERROR')
      )
        throw new Error('No retry token available');
      await pause(Math.random() * Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), patience.over);
      return token(tries, sinceMs);
    },
    recordSuccess: count,
  };

  function count(): void {
    requests += 1;
    if (requests < LOOK_AFTER) return;
    const share = refusals / requests;
    requests = 0;
    refusals = 0;
    if (share < MUCH || now() - toldAtMs < TOLD_FOR_MS) return;
    toldAtMs = now();
    onStrain(share);
  }
}

/** Never rejects: the next try ends at once when the wait is over. */
function pauseFor(ms: number, over: AbortSignal): Promise<unknown> {
  return sleep(ms, undefined, { signal: over }).catch(() => undefined);
}

function isAnswered(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode !== undefined;
}
