/** A failure as events report it. */
import { PipelineError } from '../errors.ts';
import type { ReportedFailure } from '../events.ts';

/** Describes a failure. A bug in the program stops the run like any other failure, but keeps its stack for the bug report. */
export function reportedFailure(error: unknown): ReportedFailure {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
