/**
 * The API key of each call: the permanent key, or temporary keys made from it.
 *
 * With temporary keys the permanent key goes to `/tokens` and nowhere else. Source: Alibaba's page on temporary API
 * keys (read 2026-11): `POST …/tokens?expire_in_seconds=N`, N in [1, 1800], default 60; the response is
 * `{"token":"st-…","expires_at":<unix seconds>}`. A temporary key can do everything that the permanent one can, and
 * cannot be revoked, so it should not live longer than needed.
 */
import { interrupted, PipelineError } from '../../errors.ts';
import { withDeadline } from './deadline.ts';
import { failureOf, networkFailure } from './failures.ts';
import { errorResponseOf, isSuccess, postOnce } from './http-call.ts';
import { protocolViolation } from './protocol-violation.ts';
import { authorizationHeader } from './redact.ts';

/** Where clients get the key for their next call. */
export interface CallKey {
  /** The key to send. Rejects like any call when no temporary key is available, and with `interrupted`. */
  current(signal?: AbortSignal): Promise<string>;
  /**
   * The service has refused this key: never return it again. True when another key is available, so that a retry may
   * help.
   */
  invalidate(key: string): boolean;
}

/** The permanent key itself. Throws `key-missing` or `key-refused` for a key that cannot be sent. */
export function permanentKey(apiKey: string): CallKey {
  authorizationHeader(apiKey);
  return { current: async () => apiKey, invalidate: () => false };
}

/** Lifetimes that the service allows for a temporary key, in seconds. */
export const TEMPORARY_KEY_SECONDS = { least: 1, most: 1_800 } as const;

/** A key is renewed after this share of its lifetime, so that none expires while a call is in transit. */
const RENEW_AT_SHARE = 0.8;
const TOKENS_PATH = '/tokens';

/**
 * Temporary keys that live `lifetimeSeconds`. The first call requests one, and later calls renew it before it expires.
 * Its age is measured by this machine's monotonic clock from before the request, so clock differences do no harm.
 */
export function temporaryKeys({
  httpBaseUrl,
  apiKey,
  lifetimeSeconds,
  timeoutMs = 15_000,
  nowMs = () => performance.now(),
}: {
  httpBaseUrl: string;
  apiKey: string;
  lifetimeSeconds: number;
  timeoutMs?: number;
  /** A monotonic clock. */
  nowMs?: () => number;
}): CallKey {
  authorizationHeader(apiKey);
  const url = new URL(httpBaseUrl.replace(/\/+$/, '') + TOKENS_PATH);
  url.searchParams.set('expire_in_seconds', String(lifetimeSeconds));
  let cached: { key: string; renewAtMs: number } | undefined;
  let renewal: Promise<string> | undefined;

  const renew = async (): Promise<string> => {
    const requestedAtMs = nowMs();
    const key = await fetchToken({ url, apiKey, timeoutMs });
    cached = { key, renewAtMs: requestedAtMs + lifetimeSeconds * 1_000 * RENEW_AT_SHARE };
    return key;
  };

  return {
    async current(signal) {
      if (signal?.aborted) throw interrupted('asking for a temporary key');
      if (cached !== undefined && nowMs() < cached.renewAtMs) return cached.key;
      // One request for all waiting callers; if one of them aborts, the others still get the key.
      renewal ??= renew().finally(() => {
        renewal = undefined;
      });
      return unlessAborted(renewal, signal);
    },
    invalidate(key) {
      if (cached?.key === key) cached = undefined;
      return true;
    },
  };
}

async function fetchToken({
  url,
  apiKey,
  timeoutMs,
}: {
  url: URL;
  apiKey: string;
  timeoutMs: number;
}): Promise<string> {
  const onTimeout = () =>
    new PipelineError({
      code: 'service-unreachable',
      message: `The service issued no temporary key within ${timeoutMs / 1_000} s.`,
      retry: 'backoff',
    });
  const what = 'asking for a temporary key';
  return withDeadline({ limitMs: timeoutMs, signal: undefined, what, onTimeout }, async (signal) => {
    try {
      const answer = await postOnce(url, { key: apiKey, signal });
      if (isSuccess(answer.status)) return tokenOf(answer.text);
      throw failureOf(errorResponseOf(answer), { doing: 'enrol', apiKey });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof PipelineError) throw error;
      throw networkFailure(error, { url, apiKey });
    }
  });
}

function tokenOf(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw protocolViolation('a response without a temporary key');
  }
  if (typeof body !== 'object' || body === null || !('token' in body)) {
    throw protocolViolation('a response without a temporary key');
  }
  const { token } = body;
  if (typeof token !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(token)) {
    throw protocolViolation('a temporary key that cannot be sent');
  }
  return token;
}

function unlessAborted(renewal: Promise<string>, signal: AbortSignal | undefined): Promise<string> {
  if (signal === undefined) return renewal;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(interrupted('asking for a temporary key'));
    signal.addEventListener('abort', onAbort, { once: true });
    renewal.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
