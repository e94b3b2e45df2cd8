/** The books of a watched folder as other parts of the program see them: a read-only view of the watcher's memory. */
import type { PauseReason, Price, State } from './state-machine.ts';

/** A book as it stands. */
export interface BookView {
  /** The same for one path, over restarts and machines. */
  id: string;
  /** In the watched folder, with `/` between the parts. */
  path: string;
  /** Absolute. */
  file: string;
  title: string | undefined;
  author: string | undefined;
  urgent: boolean;
  state: State['name'];
  /** What the status file says. */
  status: string;
  /** Files that it waits for. */
  missing: readonly string[];
  /** Every mistake of a rejected book. */
  errors: string | undefined;
  /** Of what is still to be made, at the last plan. */
  price: Price | undefined;
  progress: { segmentsDone: number; segmentsTotal: number; secondsLeft: number | undefined } | undefined;
  /** `folder`: absolute, or below the watched one. */
  delivered: { chapters: number; folder: string } | undefined;
}

/** A look at all of them. */
export interface InboxView {
  /** Absolute path of the watched folder. */
  folder: string;
  /** The watcher's own folder in it. */
  ownFolder: string;
  /** In the order of their paths. */
  books(): Promise<BookView[]>;
  /** Undefined for a book that is not there (any more, or not yet). */
  book(id: string): Promise<BookView | undefined>;
  /** Why nothing is begun just now. */
  pauseReason(): PauseReason | undefined;
  /** Spent and reserved today, by all watchers. */
  spentToday(): Promise<{ day: string; amount: number; limit: number | undefined }>;
  /** A file was put there, renamed or removed: the watcher looks at it without waiting for an event. */
  scanSoon(file: string): void;
}
