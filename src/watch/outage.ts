/**
 * The line stands when every further book would only fail in the same way: one clear notice instead of a thousand failures.
 * After a pause one book is tried; if that works the line goes on, if not the pause grows.
 */
import { PipelineError } from '../errors.ts';
import type { FailureCode, Trouble } from '../events.ts';

/** Failures that are nobody's book's: the service, the account, the key, this machine. */
const OF_THE_LINE: ReadonlySet<FailureCode> = new Set<FailureCode>([
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
const OF_THE_SERVICE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'service-failed',
  'service-unreachable',
  'session-lost',
  'throttled',
]);

/** First and longest pause before a book is tried again, in milliseconds. */
export const PROBE_PAUSE_MS = { first: 15_000, most: 10 * 60_000 };

/** What a run met on its way. */
export interface RunProblems {
  /** Segments and voices that were made in spite of all. */
  made: number;
  failures: readonly Trouble[];
}

/** The trouble that stops the line, if the end of a run shows one. */
export function outageTrouble(stoppedBy: Trouble | undefined, { made, failures }: RunProblems): Trouble | undefined {
  if (stoppedBy !== undefined && OF_THE_LINE.has(stoppedBy.code)) return stoppedBy;
  if (made > 0 || failures.length === 0) return undefined;
  return failures.every(({ code }) => OF_THE_SERVICE.has(code)) ? failures[0] : undefined;
}

/** Something that was thrown, as events name it; a fault of the program keeps its stack for whoever reports it. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Whether the line stands, and when one book is tried. Times are of the watcher's own clock. */
export class Outage {
  readonly #pauseMs: { first: number; most: number };
  #trouble: Trouble | undefined;
  #pauses = 0;
  #probeAtMs = Number.POSITIVE_INFINITY;

  constructor(pauseMs: { first: number; most: number } = PROBE_PAUSE_MS) {
    this.#pauseMs = pauseMs;
  }

  /** Why the line stands; undefined while it goes. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  get probeAtMs(): number {
    return this.#probeAtMs;
  }

  /** A run has shown that nothing can be spoken. Answers whether that is news. */
  begin(trouble: Trouble, nowMs: number): boolean {
    const isNews = this.#trouble?.code !== trouble.code;
    this.#trouble = trouble;
    this.#probeAtMs = nowMs + Math.min(this.#pauseMs.first * 2 ** this.#pauses, this.#pauseMs.most);
    this.#pauses += 1;
    return isNews;
  }

  /** One book is being tried; no other one before its end. */
  probing(): void {
    this.#probeAtMs = Number.POSITIVE_INFINITY;
  }

  /** The book that was to be tried could not be (changed, removed): another one may be, at once. */
  probeAgain(nowMs: number): void {
    if (this.#trouble !== undefined && this.#probeAtMs === Number.POSITIVE_INFINITY) this.#probeAtMs = nowMs;
  }

  /** A run got through. Answers whether the line stood until now. */
  end(): boolean {
    const stood = this.#trouble !== undefined;
    this.#trouble = undefined;
    this.#pauses = 0;
    this.#probeAtMs = Number.POSITIVE_INFINITY;
    return stood;
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
export function outageNotice(trouble: Trouble, since: Date): string {
  const fix = FIXES[trouble.code] ?? 'If this lasts for long, check the network and the status page of the service.';
  const at = since.toISOString().slice(0, 16).replace('T', ' ');
  return [
    'Nothing can be spoken just now. No book is lost, and nothing has to be dropped again.',
    '',
    `What is wrong:  ${trouble.message}`,
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
