/** Events as a stream of server-sent events (WHATWG HTML, "Server-sent events"). */

import { bookId } from '../watch/book-memory.ts';
import type { InboxEvent } from '../watch/events.ts';
import type { EventLog } from './event-log.ts';

/** How often a comment is sent, in milliseconds, so that no proxy closes an idle connection. */
const HEARTBEAT_MS = 15_000;
/** Delay before a client reconnects, in milliseconds. */
const RETRY_MS = 2_000;

/**
 * The stream from the event after `lastId`, or from now on. The client sets the pace: one that falls behind the stored events
 * or reconnects too late gets a `reset` event and continues from now. `onEnd` is called once.
 */
export function eventStream(log: EventLog, of: { lastId: string | undefined; onEnd: () => void }): ReadableStream {
  const encoder = new TextEncoder();
  const known = of.lastId === undefined ? log.next : log.after(of.lastId);
  let next = known ?? log.next;
  const reset = (): string => `event: reset\nid: ${log.idOf(log.next - 1)}\ndata: {}\n\n`;
  return new ReadableStream(
    {
      start: (controller) => {
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n${known === undefined ? reset() : ''}`));
      },
      pull: async (controller) => {
        await log.wait(next, HEARTBEAT_MS);
        const events = log.from(next);
        if (events === undefined) {
          next = log.next;
          controller.enqueue(encoder.encode(reset()));
          return;
        }
        if (events.length === 0 && log.closed) {
          controller.close();
          of.onEnd();
          return;
        }
        next += events.length;
        const text = events.map(
          ({ id, event }) => `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(withBookId(event))}\n\n`,
        );
        controller.enqueue(encoder.encode(text.join('') || ': heartbeat\n\n'));
      },
      cancel: () => of.onEnd(),
    },
    { highWaterMark: 1 },
  );
}

/** Adds the ID of the book, as used in the API. */
function withBookId(event: InboxEvent): object {
  return 'path' in event ? { ...event, id: bookId(event.path) } : event;
}
