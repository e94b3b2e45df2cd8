/**
 * A failure as it crosses the queue. BullMQ carries one string (`failedReason`); code and message are encoded in it and
 * decoded from it only here.
 */
import { type ErrorCode, PipelineError } from '../errors.ts';

/** Why a step failed: a failure of the outside world by its code, or `internal` for a bug of ours. */
export type FailureCode = ErrorCode | 'internal';

/** A failure without its stack, suitable for storage and transport. */
export interface Failure {
  code: FailureCode;
  /** For a person; contains no secret. */
  message: string;
}

/** A failed attempt that will be retried. */
export interface RetryNote extends Failure {
  /** 1-based number of the failed attempt. */
  attempt: number;
  /** Milliseconds until the next attempt when the service named them; undefined for the queue's own backoff. */
  afterMs?: number;
}

/** Code and message of a PipelineError; any other error is `internal`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** One line for BullMQ's `failedReason`: `[code] message`. */
export function encodeFailure({ code, message }: Failure): string {
  return `[${code}] ${message}`;
}

/** Decodes the result of `encodeFailure`; a reason in BullMQ's own words means that the job's workers kept dying. */
export function decodeFailure(reason: string): Failure {
  const match = /^\[([a-z-]+)\] (.*)$/s.exec(reason);
  if (match?.[1] !== undefined && match[2] !== undefined) return { code: match[1] as FailureCode, message: match[2] };
  return { code: 'interrupted', message: `The queue gave up on the step: ${reason}.` };
}
