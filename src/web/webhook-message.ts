/** The message of a webhook for an event: type, timestamp and data, as in Standard Webhooks. */
import { createHash, randomUUID } from 'node:crypto';
import { bookId } from '../watch/book-memory.ts';
import type { InboxEvent } from '../watch/events.ts';
import { type Note, type NoteFormat, noteBody } from './note-format.ts';

/** Longest text of errors in a message, in characters: endpoints accept about 20 KB. The full text is in `.rejected.txt`. */
const MAX_ERRORS_LENGTH = 8_000;

/** A message; that of an event is the same for all endpoints. */
export interface WebhookMessage {
  id: string;
  type: string;
  body: string;
}

/**
 * The message of an event; undefined for events that are not sent. The ID of a message about a book is derived from the
 * book's files and the content: the same event after a restart, or from another watcher, is the same message.
 */
export function messageOf(event: InboxEvent, at: Date): WebhookMessage | undefined {
  switch (event.type) {
    case 'inbox.state':
      return undefined;
    case 'inbox.accepted':
    case 'inbox.delivered':
      return message(event, at, []);
    case 'inbox.rejected': {
      const errors =
        event.errors.length > MAX_ERRORS_LENGTH ? `${event.errors.slice(0, MAX_ERRORS_LENGTH)}…` : event.errors;
      return message({ ...event, errors }, at, [event.errors]);
    }
    case 'inbox.attention':
      return message(event, at, [event.why]);
    case 'inbox.cancelled':
    case 'inbox.budget':
    case 'inbox.paused':
    case 'inbox.resumed':
      return message(event, at, [randomUUID()]);
  }
}

/** The message of a note to a person, written for one endpoint. */
export function messageOfNote(note: Note, format: NoteFormat): WebhookMessage {
  return { id: note.id, type: 'note', body: noteBody(note, format) };
}

/** A test message. */
export function testMessage(at: Date): WebhookMessage {
  const text = 'This is a test. If you can read it and its signature is valid, webhooks work.';
  return { id: `msg_${randomUUID()}`, type: 'inbox.test', body: bodyOf('inbox.test', { message: text }, at) };
}

function message(
  event: Exclude<InboxEvent, { type: 'inbox.state' }>,
  at: Date,
  detail: readonly string[],
): WebhookMessage {
  const { type, ...data } = event;
  const book = 'path' in data ? { id: bookId(data.path) } : {};
  const version = 'version' in data ? (data.version ?? '') : '';
  const what = JSON.stringify([type, 'path' in data ? data.path : '', version, ...detail]);
  const id = `msg_${createHash('sha256').update(what).digest('hex').slice(0, 32)}`;
  return { id, type, body: bodyOf(type, { ...book, ...data }, at) };
}

function bodyOf(type: string, data: object, at: Date): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}
