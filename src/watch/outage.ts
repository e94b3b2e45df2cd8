/**
 * The line stands when every further book would only fail in the same way: one clear notice instead of a thousand failures.
 * After a pause one book is tried; if that works the line goes on, if not the pause grows.
 */
import { PipelineError } from '../errors.ts';
import type { FailureCode, Trouble } from '../events.ts';

/** Failures that are nobody's book's: the service, the account, the key, this machine. */
const OUTAGE_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'key-missing',
  'key-refused',
  'account-blocked',
  'service-unreachable',
  'queue-unreachable',
  'store-unreachable',
  'disk-full',
  'ffmpeg-missing',
]);

/** Failures of the service that one book may meet by chance; when a book meets nothing else, it is no chance. */
const SERVICE_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'service-failed',
  'service-unreachable',
  'session-lost',
  'throttled',
]);

/** First and longest pause before a book is tried again, in milliseconds. */
export const PROBE_DELAY_MS = { first: 15_000, most: 10 * 60_000 };

/** What a run met on its way. */
export interface RunProblems {
  /** Segments and voices that were made in spite of all. */
  made: number;
  failures: readonly Trouble[];
}

/** The trouble that stops the line, if the end of a run shows one. */
export function outageCause(stoppedBy: Trouble | undefined, { made, failures }: RunProblems): Trouble | undefined {
  if (stoppedBy !== undefined && OUTAGE_CODES.has(stoppedBy.code)) return stoppedBy;
  if (made > 0 || failures.length === 0) return undefined;
  return failures.every(({ code }) => SERVICE_CODES.has(code)) ? failures[0] : undefined;
}

/** Something that was thrown, as events name it; a fault of the program keeps its stack for whoever reports it. */
export function failureOf(error: unknown): Trouble {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Whether the line stands, and when one book is tried. Times are of the watcher's own clock. */
export class Outage {
  readonly #delayMs: { first: number; most: number };
  #cause: Trouble | undefined;
  #probes = 0;
  #probeAtMs = Number.POSITIVE_INFINITY;

  constructor(delayMs: { first: number; most: number } = PROBE_DELAY_MS) {
    this.#delayMs = delayMs;
  }

  /** Why the line stands; undefined while it goes. */
  get cause(): Trouble | undefined {
    return this.#cause;
  }

  get probeAtMs(): number {
    return this.#probeAtMs;
  }

  /** A run has shown that nothing can be spoken. Answers whether that is news. */
  begin(cause: Trouble, nowMs: number): boolean {
    const isNew = this.#cause?.code !== cause.code;
    this.#cause = cause;
    this.#probeAtMs = nowMs + Math.min(this.#delayMs.first * 2 ** this.#probes, this.#delayMs.most);
    this.#probes += 1;
    return isNew;
  }

  /** One book is being tried; no other one before its end. */
  probing(): void {
    this.#probeAtMs = Number.POSITIVE_INFINITY;
  }

  /** The book that was to be tried could not be (changed, removed): another one may be, at once. */
  probeAgain(nowMs: number): void {
    if (this.#cause !== undefined && this.#probeAtMs === Number.POSITIVE_INFINITY) this.#probeAtMs = nowMs;
  }

  /** A run got through. Answers whether the line stood until now. */
  end(): boolean {
    const wasOngoing = this.#cause !== undefined;
    this.#cause = undefined;
    this.#probes = 0;
    this.#probeAtMs = Number.POSITIVE_INFINITY;
    return wasOngoing;
  }
}

/** What to do about it, for the notice in the folder. */
const FIXES: Partial<Record<FailureCode, string>> = {
  'key-missing': 'Give the program its key (DASHSCOPE_API_KEY) and start it again.',
  'key-refused':
    'Check the API key: it may have been replaced, or belong to another region. Then start the program again.',
  'account-blocked': "Top up the account, or raise its limit, in the service's console.",
  'disk-full': 'Make room on the disk.',
  'queue-unreachable': 'Start Redis, or check its address (REDIS_URL).',
  'store-unreachable': 'Check the network, and the address of the store.',
  'ffmpeg-missing': 'Install ffmpeg, or say where it is (FFMPEG_PATH).',
};

/** The text of the notice, in English and Chinese, for a folder whose books may be in either. */
export function outageNotice(cause: Trouble, since: Date): string {
  const fix = FIXES[cause.code] ?? 'If this lasts for long, check the network and the status page of the service.';
  const at = since.toISOString().slice(0, 16).replace('T', ' ');
  return [
    'Nothing can be spoken just now. No book is lost, and nothing has to be dropped again.',
    '',
    `What is wrong:  ${cause.message}`,
    `What helps:     ${fix}`,
    `Since:          ${at} UTC`,
    '',
    'The program tries again by itself and then goes on where it stopped. This file then goes away.',
    '',
    '目前无法朗读。任何书都没有丢失，也不需要重新放入文件。',
    '程序会自动重试，恢复后从中断处继续；届时本文件会自动消失。',
    '',
  ].join('\n');
}
