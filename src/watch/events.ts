/**
 * All events of a watched folder; webhooks, the HTTP API and logs receive them. Events describe what happened and control
 * nothing. `pipeline watch --json` prints each one as a line of JSON: fields are added, never renamed.
 */
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
  | ({ type: 'inbox.accepted'; segments: number; price: Price | null } & InboxBook)
  | ({ type: 'inbox.rejected'; errors: string } & InboxBook)
  /** A person must do something. `why`: the text of the status file. */
  | ({ type: 'inbox.attention'; why: string } & InboxBook)
  | ({
      type: 'inbox.delivered';
      folder: string;
      chapters: number;
      /** Number of files that were written; 0 when all were right already. */
      changed: number;
      billedCharacters: number;
    } & InboxBook)
  | ({ type: 'inbox.cancelled' } & InboxBook)
  /** Emitted after each book that cost something: the day's spending so far. */
  | { type: 'inbox.budget'; day: string; spent: Price; limit: number | null }
  /** `hold` is the pause reason; the field keeps its published name. */
  | { type: 'inbox.paused'; hold: PauseReason; why: string }
  | { type: 'inbox.resumed'; hold: PauseReason }
  /** Emitted for every change of a book's state. */
  | ({ type: 'inbox.state'; state: State['name']; status: string } & InboxBook);

/** Receives events as they happen. Must not throw. */
export type EmitInbox = (event: InboxEvent) => void;
