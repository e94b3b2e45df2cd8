/**
 * During an outage every further book would fail in the same way, so the queue is paused: one notice instead of a thousand
 * failures. After a delay one book runs as a probe. If it succeeds the queue resumes, otherwise the delay doubles.
 */
import { PipelineError } from '../errors.ts';
import type { FailureCode, ReportedFailure } from '../events.ts';

/** Failures that every book would meet: of the service, the account, the key, this machine. */
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

/** Failures of the service that a book may meet by chance. When a run makes nothing and meets only these, it is an outage. */
const SERVICE_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'service-failed',
  'service-unreachable',
  'session-lost',
  'throttled',
]);

/** First and longest delay before a probe, in milliseconds. */
export const PROBE_DELAY_MS = { first: 15_000, most: 10 * 60_000 };

/** The result of a run that did not deliver everything. */
export interface RunProblems {
  /** Number of segments and voices that were made. */
  made: number;
  failures: readonly ReportedFailure[];
}

/** The cause of an outage, if the end of a run shows one. */
export function outageCause(
  stoppedBy: ReportedFailure | undefined,
  { made, failures }: RunProblems,
): ReportedFailure | undefined {
  if (stoppedBy !== undefined && OUTAGE_CODES.has(stoppedBy.code)) return stoppedBy;
  if (made > 0 || failures.length === 0) return undefined;
  return failures.every(({ code }) => SERVICE_CODES.has(code)) ? failures[0] : undefined;
}

/** A thrown error in the form that events use; a bug of the program keeps its stack for the report. */
export function failureOf(error: unknown): ReportedFailure {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: withoutFolders(error instanceof Error ? error.message : String(error)) };
}

/** The status files are for a team: no folder of the server is in them. */
function withoutFolders(text: string): string {
  return text.replace(/(?<![\w.])(?:\/|[A-Za-z]:\\)(?:[^\s'"]*[/\\])?(?=[^\s'"/\\])/g, '…/');
}

/** Whether there is an outage, and when the next probe is due. Times are milliseconds of `performance.now()`. */
export class Outage {
  readonly #delayMs: { first: number; most: number };
  #cause: ReportedFailure | undefined;
  #probes = 0;
  #probeAtMs = Number.POSITIVE_INFINITY;

  constructor(delayMs: { first: number; most: number } = PROBE_DELAY_MS) {
    this.#delayMs = delayMs;
  }

  /** The cause; undefined while there is no outage. */
  get cause(): ReportedFailure | undefined {
    return this.#cause;
  }

  get probeAtMs(): number {
    return this.#probeAtMs;
  }

  /** Records that nothing can be spoken. Returns whether this cause is new. */
  begin(cause: ReportedFailure, nowMs: number): boolean {
    const isNew = this.#cause?.code !== cause.code;
    this.#cause = cause;
    this.#probeAtMs = nowMs + Math.min(this.#delayMs.first * 2 ** this.#probes, this.#delayMs.most);
    this.#probes += 1;
    return isNew;
  }

  /** A probe has started; there is no other one before its end. */
  probing(): void {
    this.#probeAtMs = Number.POSITIVE_INFINITY;
  }

  /** The probe ended without a result because its book was changed or removed: another one may start at once. */
  probeAgain(nowMs: number): void {
    if (this.#cause !== undefined && this.#probeAtMs === Number.POSITIVE_INFINITY) this.#probeAtMs = nowMs;
  }

  /** A person asks for a probe; one that is under way is not repeated. */
  probeSoon(nowMs: number): void {
    if (Number.isFinite(this.#probeAtMs)) this.#probeAtMs = nowMs;
  }

  /** Records a successful run. Returns whether there was an outage until now. */
  end(): boolean {
    const wasOngoing = this.#cause !== undefined;
    this.#cause = undefined;
    this.#probes = 0;
    this.#probeAtMs = Number.POSITIVE_INFINITY;
    return wasOngoing;
  }
}

/** The solutions, for the notice in the folder. */
const FIXES: Partial<Record<FailureCode, string>> = {
  'key-missing': 'Set the API key (DASHSCOPE_API_KEY) and restart the program.',
  'key-refused':
    'Check the API key: it may have been replaced, or it may belong to another region. Then restart the program.',
  'account-blocked': "Top up the account or raise its limit in the service's console.",
  'disk-full': 'Free some disk space.',
  'queue-unreachable': 'Start Redis or check its address (REDIS_URL).',
  'store-unreachable': 'Check the network and the address of the store.',
  'ffmpeg-missing': 'Install ffmpeg or set FFMPEG_PATH.',
};

/** What a person has to do about an outage; undefined when it may pass by itself. */
export function personsPart(code: FailureCode): string | undefined {
  return MAY_PASS.has(code) ? undefined : FIXES[code];
}

const MAY_PASS: ReadonlySet<FailureCode> = new Set<FailureCode>(['queue-unreachable', 'store-unreachable']);

/** The text of the notice in English and Chinese, because the books of a folder may be in either. */
export function outageNotice(cause: ReportedFailure, since: Date): string {
  const fix = FIXES[cause.code] ?? 'If this lasts, check the network and the status page of the service.';
  const at = since.toISOString().slice(0, 16).replace('T', ' ');
  return [
    'Nothing can be spoken at the moment. No book is lost, and you do not need to drop anything again.',
    '',
    `Problem:   ${cause.message}`,
    `Solution:  ${fix}`,
    `Since:     ${at} UTC`,
    '',
    'The program retries automatically and resumes where it stopped. It then removes this file.',
    '',
    '目前无法朗读。没有任何书丢失，也不需要重新放入文件。',
    '程序会自动重试，恢复后从中断处继续，并自动删除本文件。',
    '',
  ].join('\n');
}
