/** How a program starts a run, and what it gets. */
import type { RunFinishedEvent } from '../events.ts';
import type { NumberedEvent } from './numbered-events.ts';

/** Options of `plan`. */
export interface PlanOptions {
  /** Such as `"5 CNY"`. Default: that of the manifest. */
  budget?: string;
  /** Only these chapters, by their numbers from 1. */
  chapters?: readonly number[];
}

/** Options of `run`. */
export interface RunOptions extends PlanOptions {
  /** Ends the run: takes in progress have a moment to finish, and `finished` rejects with code `interrupted`. */
  signal?: AbortSignal;
  /** Send texts again that the service refused in an earlier run. Default: no. */
  retryRefused?: boolean;
  /** Write `book.lock` beside the manifest. Default: yes. */
  lock?: boolean;
}

/** A run that is under way. Its events can be read once, as they happen, with `for await`. */
export interface Run extends AsyncIterable<NumberedEvent> {
  /**
   * How it ended; `ok` is false when something is missing. Rejects with `ManifestError` for a book with errors, and with a
   * `PipelineError` when the run had to stop: its `code` says why (`over-budget`, `interrupted`, …).
   */
  finished: Promise<RunFinishedEvent>;
}
