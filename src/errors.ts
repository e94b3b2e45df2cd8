/**
 * Failures of the outside world, in one class that says whether the caller should retry.
 *
 * Errors of the author are not here: they are `Diagnostic[]` values (src/manifest/diagnostics/diagnostic.ts). Bugs of our own are
 * not here either: they are plain errors whose message begins with `Internal error:`.
 */

/** Whether a retry can help: never, after the queue's usual backoff, or after so many milliseconds at the earliest. */
export type Retry = 'never' | 'backoff' | { readonly afterMs: number };

/** Every failure that the program distinguishes. Codes are stable: reports, tests and exit codes rely on them. */
export type ErrorCode =
  // the service
  | 'key-missing'
  | 'key-refused'
  | 'account-blocked'
  | 'service-unreachable'
  | 'service-refused'
  | 'service-failed'
  | 'throttled'
  | 'model-unknown'
  | 'voice-not-found'
  | 'voice-pending'
  | 'voice-quota-full'
  | 'sample-refused'
  | 'text-refused'
  | 'session-lost'
  | 'take-incomplete'
  | 'protocol-violation'
  // this machine
  | 'ffmpeg-missing'
  | 'ffmpeg-failed'
  | 'queue-unreachable'
  | 'store-unwritable'
  | 'store-unreachable'
  | 'store-damaged'
  | 'disk-full'
  | 'input-unreadable'
  | 'port-unavailable'
  // the run
  | 'take-missing'
  | 'worker-died'
  | 'cancelled'
  | 'text-unaccounted'
  | 'lock-differs'
  | 'lock-unmet'
  | 'over-budget'
  | 'interrupted';

/**
 * A failure of the outside world: its code and whether to retry. The message is written for a person and holds no
 * secret.
 */
export class PipelineError extends Error {
  readonly code: ErrorCode;
  readonly retry: Retry;

  constructor({ code, message, retry, cause }: { code: ErrorCode; message: string; retry: Retry; cause?: unknown }) {
    super(shortEchoes(message), cause === undefined ? undefined : { cause });
    this.name = 'PipelineError';
    this.code = code;
    this.retry = retry;
  }
}

/** The error for a wait that an AbortSignal ended. It is never retried automatically: the code that aborted decides. */
export function interrupted(what: string): PipelineError {
  return new PipelineError({ code: 'interrupted', message: `Interrupted while ${what}.`, retry: 'never' });
}

/** Node's code of a failed system call (`ENOSPC`, `EACCES`, `ECONNREFUSED`, …); undefined when the value has none. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything that was thrown. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * A message in which what was given and is repeated has a bearable length: a name of a megabyte is no name. What has blanks in it is
 * shortened only between quotes.
 */
export function shortEchoes(message: string): string {
  if (message.length <= LONGEST_ECHO) return message;
  return message.replace(/"[^"\n]{1001,}"|[^\s"]{1001,}/g, (echo) => `${echo.slice(0, 200)}…${echo.slice(-100)}`);
}

/** No path or address that is used is longer, in characters. */
const LONGEST_ECHO = 1_000;

/** Text from outside without control characters that could move the cursor or change the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}
