/** Options of a watcher: the folder, what may be spent and when, and its timings. */
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import type { SpendingSummary } from '../store/spending/sums.ts';
import type { Prepare } from './book-work.ts';
import { type ClaimTimings, DEFAULT_CLAIM_TIMINGS } from './claim.ts';
import type { PaidSince } from './daily-budget.ts';
import type { EmitInbox } from './events.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { ReadReferences } from './references.ts';
import type { InboxView } from './view.ts';
import type { WatcherStorage } from './watcher-storage.ts';

/** Options of `watchFolder`. */
export interface WatchOptions {
  /** Absolute path of the watched folder. */
  folder: string;
  /** Address of the S3 prefix that the folder is a local copy of. Default: none. */
  address?: string | undefined;
  /** Finished books; never scanned. */
  outDir: string;
  /** Where archives are unpacked; outside the watched folder or hidden in it. */
  workDir: string;
  prepare: Prepare;
  /** Default: in this thread, which stands still meanwhile. */
  readReferences?: ReadReferences;
  /** Called when a book has appeared or changed, a second before it can run, so that slow resources can be opened early. */
  expectWork?(): void;
  emit: EmitInbox;
  /** Messages for the operator. */
  notice(message: string): void;
  signal: AbortSignal;
  /** Receives the view of the books once watching has begun. */
  onOpen?(view: InboxView): void;
  /** Books that run at the same time; one urgent book may run besides them. */
  booksAtOnce: number;
  quietHours?: QuietHours | undefined;
  /** Budget for one day of local time, in the currency of the models' prices. */
  budgetPerDay?: number | undefined;
  /** Books that cost more than this wait for approval. */
  approveOver?: number | undefined;
  /** Storage of claims, records and status files. Default: the folder itself. */
  storage?: WatcherStorage | undefined;
  timings?: Partial<WatchTimings>;
  /** What was paid for a book in all runs; undefined when nothing is recorded. Default: nothing is. */
  spentOn?(book: { title: string; author: string }): Promise<SpendingSummary | undefined>;
  /** What was paid for a book since a moment. Default: unknown; then what a killed run had drawn counts as spent. */
  paidSince?: PaidSince | undefined;
  /** A simulator speaks. Default: no. */
  isSimulation?: boolean | undefined;
  /** All errors and warnings of a manifest; `decided`: with this review file in place of its own. */
  diagnose(manifest: string, decided?: Uint8Array): Promise<Diagnostic[]>;
  /** The time of day. Default: the system's. */
  now?: () => Date;
}

/** Timings, in milliseconds; only tests change them. */
export interface WatchTimings {
  /** Time between two sweeps where file system events report changes at once. */
  sweepMs: number;
  /** Time between two sweeps where there are no such events, as on network shares. */
  sweepWithoutEventsMs: number;
  /** Delay before the first retry of a failed book; doubles with each retry. */
  retryMs: number;
  probe: { first: number; most: number };
  claim: ClaimTimings;
  /** How long the files of a folder must have settled before one that no manifest names gets an answer. */
  otherFilesMs: number;
  /** Whether to listen to file system events. */
  events: boolean;
}

/** Timings outside of tests. */
export const DEFAULT_TIMINGS: WatchTimings = {
  sweepMs: 30_000,
  sweepWithoutEventsMs: 10_000,
  retryMs: 5 * 60_000,
  probe: { first: 15_000, most: 10 * 60_000 },
  claim: DEFAULT_CLAIM_TIMINGS,
  otherFilesMs: 10_000,
  events: true,
};
