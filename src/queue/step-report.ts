import type { Step, StepResult } from '../plan/step.ts';
import type { Failure } from './failure.ts';

/** How one try of a step ended, for whoever logs and counts; see `startWorkers`. */
export type StepReport = {
  step: Step;
  jobId: string;
  /** 1-based number of the try. */
  attempt: number;
  /** Of this try, by this process's clock. */
  seconds: number;
} & StepEnd;

/** `failed`: for good. `retried`: it goes back for another try. `handed-back`: the worker stops; nothing is held against the step. */
export type StepEnd =
  | { end: StepResult['outcome']; result: StepResult }
  | { end: 'failed' | 'retried'; failure: Failure }
  /** The service named a wait; no try is used up. */
  | { end: 'postponed'; failure: Failure; afterMs: number }
  | { end: 'handed-back' };
