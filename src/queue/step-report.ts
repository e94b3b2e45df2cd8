import type { Step, StepResult } from '../plan/step.ts';
import type { Failure } from './failure.ts';

/** How one attempt of a step ended, for logs and metrics; see `startWorkers`. */
export type StepReport = {
  step: Step;
  jobId: string;
  /** 1-based number of the attempt. */
  attempt: number;
  /** Duration of this attempt, by this process's clock. */
  seconds: number;
} & StepEnd;

/**
 * `failed`: for good. `retried`: another attempt follows. `handed-back`: the worker stops; the step loses no attempt.
 */
export type StepEnd =
  | { end: StepResult['outcome']; result: StepResult }
  | { end: 'failed' | 'retried'; failure: Failure }
  /** The service named a delay; no attempt is used up. */
  | { end: 'postponed'; failure: Failure; afterMs: number }
  | { end: 'handed-back' };
