/**
 * What a watched folder tells the outside, in one place: webhooks, logs and a page hang on here. Events describe, they
 * never steer. With `pipeline watch --json` each is a line of JSON as it stands here: fields are added, never renamed.
 */
import type { PauseReason, Price, State } from './state-machine.ts';

/** Which book is meant. */
export interface InboxBook {
  /** Path of the manifest or archive in the watched folder, with `/` between the parts. */
  path: string;
  /** Title from the manifest; undefined while it could not be read. */
  title?: string;
  /** Changes whenever the book's files do; undefined while they were not looked at. */
  version?: string;
}

/** One thing that happened in the watched folder. */
export type InboxEvent =
  | ({ type: 'inbox.accepted'; segments: number; price: Price | null } & InboxBook)
  | ({ type: 'inbox.rejected'; errors: string } & InboxBook)
  /** A person must do something: `why` is what the status file says. */
  | ({ type: 'inbox.attention'; why: string } & InboxBook)
  | ({
      type: 'inbox.delivered';
      folder: string;
      chapters: number;
      /** Files that were not there yet, or not right; 0 when nothing had to be written. */
      changed: number;
      billedCharacters: number;
    } & InboxBook)
  | ({ type: 'inbox.cancelled' } & InboxBook)
  /** After each book that cost something: the day's spending so far. */
  | { type: 'inbox.budget'; day: string; spent: Price; limit: number | null }
  | { type: 'inbox.paused'; hold: PauseReason; why: string }
  | { type: 'inbox.resumed'; hold: PauseReason }
  /** Every change of a book's state. */
  | ({ type: 'inbox.state'; state: State['name']; status: string } & InboxBook);

/** Takes events as they happen. Must not throw. */
export type EmitInbox = (event: InboxEvent) => void;
