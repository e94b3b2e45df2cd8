/**
 * All events of a watched folder; webhooks, the HTTP API and logs receive them. Events describe what happened and control
 * nothing. `pipeline watch --json` prints each one as a line of JSON: fields are added, never renamed.
 */
import type { FailureCode } from '../events.ts';
import type { PauseReason, Price, State } from './state-machine.ts';

/** The book of an event. */
export interface InboxBook {
  /** Path of the manifest or archive in the watched folder, with `/` between the parts. */
  path: string;
  /** Title from the manifest; undefined until it could be read. */
  title?: string;
  /** Fingerprint of the book's files; undefined until they were scanned. */
  version?: string;
}

/** One event. */
export type InboxEvent =
  | ({
      /** A book is complete and has no errors; it is in the queue. */
      type: 'inbox.accepted';
      /** Segments to speak. */
      segments: number;
      /** What they cost; null when the price is unknown. */
      price: Price | null;
    } & InboxBook)
  | ({
      /** A book has errors; nothing was sent. */
      type: 'inbox.rejected';
      /** The errors, as in the file `.rejected.txt`: in the book's language. */
      errors: string;
    } & InboxBook)
  | ({
      /** A person must do something: approve a price, or fix what failed. */
      type: 'inbox.attention';
      /** The text of the status file. */
      why: string;
    } & InboxBook)
  | ({
      /** Everything of a book is delivered. */
      type: 'inbox.delivered';
      /** Where it is. */
      folder: string;
      chapters: number;
      /** Number of files that were written; 0 when all were right already. */
      changed: number;
      /** Characters that the service billed. */
      billedCharacters: number;
    } & InboxBook)
  | ({
      /** The book was removed from the folder. */
      type: 'inbox.cancelled';
    } & InboxBook)
  | {
      /** A book that cost something has ended: the spending of the day so far. */
      type: 'inbox.budget';
      day: string;
      spent: Price;
      /** What may be spent per day; null without `--budget-per-day`. */
      limit: number | null;
      /** A simulator spoke: nothing was billed. Absent: no. */
      simulated?: true;
    }
  | {
      /** The whole queue pauses. */
      type: 'inbox.paused';
      /** Why; the field keeps its published name. */
      hold: PauseReason;
      /** The same in words. */
      why: string;
      /** What kind of failure an outage is. Absent: the queue pauses for another reason. */
      code?: FailureCode;
    }
  | {
      /** The queue resumes. */
      type: 'inbox.resumed';
      /** The reason that has ended. */
      hold: PauseReason;
    }
  | ({
      /** The state of a book has changed. */
      type: 'inbox.state';
      state: State['name'];
      /** The text of the status file. */
      status: string;
    } & InboxBook);

/** Receives events as they happen. Must not throw. */
export type EmitInbox = (event: InboxEvent) => void;
