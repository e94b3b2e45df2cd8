/**
 * A failure as it crosses the queue. BullMQ carries one string (`failedReason`); code and message are written into it and
 * read out of it here and nowhere else.
 */
import { type ErrorCode, PipelineError } from '../errors.ts';

/** Why a step was given up: a failure of the world by its code, or `internal` for a bug of ours. */
export type FailureCode = ErrorCode | 'internal';

/** A failure without its stack, fit to be stored and sent. */
export interface Failure {
  code: FailureCode;
  /** For a person; holds no secret. */
  message: string;
}

/** A try that failed and will be followed by another one. */
export interface RetryNote extends Failure {
  /** 1-based number of the try that failed. */
  attempt: number;
  /** Milliseconds until the next try when the service named them; undefined for the queue's own backoff. */
  afterMs?: number;
}

/** What is worth telling about an error: a PipelineError's code and message, anything else is `internal`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** One line for BullMQ's `failedReason`: `[code] message`. */
export function encodeFailure({ code, message }: Failure): string {
  return `[${code}] ${message}`;
}

/** Reads what `encodeFailure` wrote; a reason in BullMQ's own words means that the job's workers kept dying. */
export function decodeFailure(reason: string): Failure {
  const match = /^\[([a-z-]+)\] (.*)$/s.exec(reason);
  if (match?.[1] !== undefined && match[2] !== undefined) return { code: match[1] as FailureCode, message: match[2] };
  return { code: 'interrupted', message: `The queue gave the step up: ${reason}.` };
}
