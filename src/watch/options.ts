/** What a watcher is given: the folder, the rules of the house, and how fast it goes. */

import type { Prepare } from './book-work.ts';
import type { ClaimTimings } from './claim.ts';
import type { EmitInbox } from './events.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { InboxView } from './view.ts';
import type { WatcherStorage } from './watcher-storage.ts';

/** What watching needs. */
export interface WatchOptions {
  /** Absolute path of the watched folder. */
  folder: string;
  /** Of the place that the folder mirrors. Default: it mirrors none. */
  address?: string | undefined;
  /** Finished books; not looked into. */
  outDir: string;
  /** Where archives are unpacked; outside the watched folder or hidden in it. */
  workDir: string;
  prepare: Prepare;
  /** Hears that a book has come or changed, a second before it can be spoken: what takes time to open can be opened now. */
  expectWork?(): void;
  emit: EmitInbox;
  /** Lines for whoever runs the program. */
  notice(message: string): void;
  signal: AbortSignal;
  /** Is given the books as they are in memory, once watching has begun. */
  onOpen?(view: InboxView): void;
  /** Books that are spoken side by side; an urgent one may be begun besides them. */
  booksAtOnce: number;
  quietHours?: QuietHours | undefined;
  /** Most that may be spent in a day of local time, in the currency of the models' prices. */
  budgetPerDay?: number | undefined;
  /** Books that cost more wait for a person's yes. */
  approveOver?: number | undefined;
  /** Where claims, notes and statuses are kept. Default: in the folder itself. */
  storage?: WatcherStorage | undefined;
  timings?: Partial<WatchTimings>;
  /** The clock on the wall. */
  now?: () => Date;
}

/** Speeds, in milliseconds; others than these are for tests. */
export interface WatchTimings {
  /** Between two full sweeps, where events tell of changes at once. */
  sweepMs: number;
  /** The same where they do not: network shares. */
  sweepWithoutEventsMs: number;
  /** Before a book that failed is tried again by itself; doubles. */
  retryMs: number;
  probe: { first: number; most: number };
  claim: ClaimTimings;
  /** Whether the file system's events are listened to. */
  events: boolean;
}

/** The speeds of a real folder. */
export const DEFAULT_TIMINGS: WatchTimings = {
  sweepMs: 30_000,
  sweepWithoutEventsMs: 10_000,
  retryMs: 5 * 60_000,
  probe: { first: 15_000, most: 10 * 60_000 },
  claim: { beatMs: 10_000, staleMs: 60_000 },
  events: true,
};
