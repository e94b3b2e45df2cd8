/** What a webhook says of an event: type, time and data, as Standard Webhooks has it. */
import { createHash, randomUUID } from 'node:crypto';
import { bookId } from '../watch/book-memory.ts';
import type { InboxEvent } from '../watch/events.ts';

/** Longest text of mistakes in a message, in letters: receivers take about 20 KB; the rest is in the `.rejected.txt`. */
const MAX_ERRORS_LENGTH = 8_000;

/** A message, before it is known who gets it. */
export interface WebhookMessage {
  id: string;
  type: string;
  body: string;
}

/**
 * The message of an event; undefined for what is not told. What is said of a book has an id that follows from the book's
 * files and what is said: the same event after a restart, or from another watcher of the folder, is the same message.
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

/** The message of a test. */
export function testMessage(at: Date): WebhookMessage {
  const text = 'This is a test. If you can read this and the signature is right, messages arrive.';
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
