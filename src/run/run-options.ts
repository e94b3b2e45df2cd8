/** What a run takes and what it returns. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import type { Emit, RunFinishedEvent, Trouble } from '../events.ts';
import type { Budgets } from '../limits.ts';
import type { Edition } from '../plan/edition.ts';
import type { PlanTerms } from '../plan/report.ts';
import type { CallCounts } from '../plan/step.ts';
import type { QueueConnection } from '../queue/connection.ts';
import type { Store } from '../store/store.ts';
import type { BookControl } from './control.ts';

/** What a plan is priced and timed with, as far as the store does not know it. */
export type Terms = Omit<PlanTerms, 'pace' | 'knownVoices'>;

/** What a run works with. */
export interface RunOptions {
  book: Book;
  store: Store;
  account: Account;
  /** The service is known to be a simulator before the first call. */
  simulated: boolean;
  /** Absolute; the book gets a folder of its own in it. */
  outDir: string;
  /** Ask the service again for texts that it refused in an earlier run. Default: no. */
  retryRefused?: boolean;
  /** Prefix of the ids of its jobs. Default: none. */
  jobPrefix?: string;
  /** Its segments go before those of other books. Default: no. */
  urgent?: boolean;
  /** Lets an operator pause or cancel the book. */
  control?: BookControl | undefined;
  /** What it costs, what may be spent, and what the account allows. */
  terms: Terms;
  /** Opens the queue and its workers. Called once, and only when there is work. */
  openWork(): Promise<Work>;
  emit: Emit;
  /** Aborts on Ctrl-C: work under way gets a short grace period, the rest is left for the next run. */
  signal: AbortSignal;
  /** Write the lock beside the manifest when everything was delivered. Default: no. */
  keepLock?: boolean;
  /** The edition to reproduce: files that differ from it in a single byte are not delivered. */
  locked?: Edition;
}

/** An open queue with workers on it. */
export interface Work {
  queue: QueueConnection;
  /** Names this process in the results of its workers. */
  workerId: string;
  /** Other runs use its workers too; they continue when this run ends. */
  isShared?: boolean;
  /** Aborts, with a `PipelineError`, when this process may no longer work on the store. */
  lost?: AbortSignal | undefined;
  /** The budgets of runs, shared with the workers. */
  budgets: Budgets;
  /** Calls that this process made to the service, failed tries included. */
  calls(): CallCounts;
  /** Stops this process's workers; see src/queue/workers.ts. */
  stopWorkers(options: { graceMs: number }): Promise<void>;
  /** Closes everything that `openWork` opened. */
  close(): Promise<void>;
}

/** How a run ended: its last event, and the failure that stopped it early, if one did. */
export interface RunOutcome {
  finished: RunFinishedEvent;
  /** Interrupted, or a failure that every further step would only repeat (a refused key, a full disk). */
  stoppedBy: Trouble | undefined;
}
