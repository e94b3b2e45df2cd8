/** The books of a watched folder as other parts of the program see them: a read-only view of the watcher's memory. */

import type { ReportedFailure } from '../events.ts';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import type { SpendingSummary } from '../store/spending/sums.ts';
import type { StatusLanguage } from './messages.ts';
import type { Granted, PauseReason, Price, State } from './state-machine.ts';
import type { BookFailure } from './why-incomplete.ts';

/** A book and its state. */
export interface BookView {
  /** Derived from the path; the same after restarts and on every machine. */
  id: string;
  /** In the watched folder, with `/` between the parts. */
  path: string;
  /** Absolute. */
  file: string;
  title: string | undefined;
  author: string | undefined;
  urgent: boolean;
  state: State['name'];
  /** The text of the status file. */
  status: string;
  /** The same in each language; undefined where another watcher writes it, and while there is nothing to say. */
  statuses?: Readonly<Record<StatusLanguage, string>> | undefined;
  /** Files that the book waits for. */
  missing: readonly string[];
  /** All errors of a rejected book, in its language. */
  errors: string | undefined;
  /** The same in each language. */
  errorTexts?: Readonly<Record<StatusLanguage, string>> | undefined;
  /** What failed, in the order of time, while the book needs a person because of it. */
  failures: readonly BookFailure[];
  /** Price of what is still to be made, at the last plan. */
  price: Price | undefined;
  /** What all runs paid, when it was last read; `spentOn` reads it now. */
  spent: SpendingSummary | undefined;
  granted: Granted | undefined;
  progress: { segmentsDone: number; segmentsTotal: number; secondsLeft: number | undefined } | undefined;
  /** `folder`: absolute, or below the watched one. */
  delivered: { chapters: number; folder: string } | undefined;
}

/** All books of a watched folder. */
export interface InboxView {
  /** Absolute path of the watched folder. */
  folder: string;
  /** The watcher's own folder in it. */
  ownFolder: string;
  /** Sorted by path. */
  books(): Promise<BookView[]>;
  /** Undefined for a book that is gone or not seen yet. */
  book(id: string): Promise<BookView | undefined>;
  /** Why the queue is paused; undefined while it is not. */
  pauseReason(): PauseReason | undefined;
  /** What every book would meet now, while the queue is paused because of it. */
  pauseCause(): ReportedFailure | undefined;
  /**
   * Spent and reserved today, by all watchers, without what a simulator speaks; `reserved`: the part of `amount` that is not
   * spent.
   */
  spentToday(): Promise<{ day: string; amount: number; reserved: number; limit: number | undefined }>;
  /** What was paid for a book in all runs; undefined when nothing is recorded, or its title is not known yet. */
  spentOn(book: BookView): Promise<SpendingSummary | undefined>;
  /** All errors and warnings of a manifest that need not be in the folder; `decided`: with this review file in place of its own. */
  diagnose(manifest: string, decided?: Uint8Array): Promise<Diagnostic[]>;
  /**
   * Tries a book again that failed, has errors or waits for files or the service, at once; what the service refused is sent
   * again. False: there is nothing to try.
   */
  retry(id: string): boolean;
  /** Asks the watcher to scan a file that was added, renamed or removed, without waiting for an event. */
  scanSoon(file: string): void;
}
