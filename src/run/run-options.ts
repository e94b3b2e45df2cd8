/** What a run needs and what it returns. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import type { Emit, ReportedFailure, RunFinishedEvent } from '../events.ts';
import type { Budgets, MoneySource } from '../limits.ts';
import type { Edition } from '../plan/edition.ts';
import type { PlanTerms } from '../plan/report.ts';
import type { CallCounts } from '../plan/step.ts';
import type { LimitUse } from '../queue/limits/limit-use.ts';
import type { WorkerPresence } from '../queue/presence.ts';
import type { QueueConnection } from '../queue/redis/connection.ts';
import type { Store } from '../store/store.ts';
import type { BookControl } from './control.ts';

/** What a plan is priced and timed with, except what the store knows. */
export type Terms = Omit<PlanTerms, 'pace' | 'knownVoices'>;

/** What a run needs. */
export interface RunOptions {
  book: Book;
  store: Store;
  account: Account;
  /** Whether the service is known to be a simulator before the first call. */
  simulated: boolean;
  /** Absolute; the book gets its own folder in it. */
  outDir: string;
  /** Make only the chapters of text with these numbers: no M4B, no EPUB, no lock, and nothing is removed. Default: all. */
  only?: readonly number[] | undefined;
  /** Ask the service again for texts that it refused in an earlier run. Default: no. */
  retryRefused?: boolean;
  /** Prefix of the IDs of its jobs. Default: none. */
  jobPrefix?: string;
  /** Its segments go before those of other books. Default: no. */
  urgent?: boolean;
  /** Lets an operator pause or cancel the book. */
  control?: BookControl | undefined;
  /** Prices, budget, and the account's limits. */
  terms: Terms;
  /** A further limit of its money, besides the budget. Default: none. */
  further?: MoneySource | undefined;
  /** Whether it continues what was submitted once: it then goes on as far as its grant allows. Default: no. */
  isContinued?: boolean;
  /** Opens the queue and its workers. Called at most once, when there is work. */
  openWork(): Promise<Work>;
  emit: Emit;
  /** Aborts on Ctrl-C: work under way gets a short grace period; the next run does the rest. */
  signal: AbortSignal;
  /** Write the lock beside the manifest when everything was delivered. Default: no. */
  keepLock?: boolean;
  /** The edition to reproduce: a file that differs in a single byte is not delivered. */
  locked?: Edition;
  /** The earlier version of mastering that made it: its files are delivered, none is made. Default: this version's. */
  masteringVersion?: number | undefined;
}

/** An open queue with workers on it. */
export interface Work {
  queue: QueueConnection;
  /** Identifies this process in the results of its workers. */
  workerId: string;
  /** Whether other runs use its workers too; they continue when this run ends. */
  isShared?: boolean;
  /** Aborts with a `PipelineError` when this process may no longer use the store. */
  lost?: AbortSignal | undefined;
  /** The budgets of runs, shared with the workers. */
  budgets: Budgets;
  /** Calls from this process to the service, including failed ones. */
  calls(): CallCounts;
  /** What its workers do now; absent for a share of work. */
  presence?(): WorkerPresence;
  /** How much of the account's limits it uses; undefined where they are in Redis. */
  limitUse?(): LimitUse[] | undefined;
  /** Stops this process's workers; see src/queue/workers.ts. */
  stopWorkers(options: { graceMs: number; paidGraceMs?: number }): Promise<void>;
  /** Closes everything that `openWork` opened. */
  close(): Promise<void>;
}

/** How a run ended: its last event, and the failure that stopped it early, if one did. */
export interface RunOutcome {
  finished: RunFinishedEvent;
  /** Interrupted, or a failure that every further step would only repeat (a refused key, a full disk). */
  stoppedBy: ReportedFailure | undefined;
}
