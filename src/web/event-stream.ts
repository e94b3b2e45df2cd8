/** Events as a stream of server-sent events (WHATWG HTML, "Server-sent events"). */

import { bookId } from '../watch/book-memory.ts';
import type { InboxEvent } from '../watch/events.ts';
import type { EventLog } from './event-log.ts';

/** A line that says nothing is sent this often, in milliseconds, so that no one in between takes the line for dead. */
const HEARTBEAT_MS = 15_000;
/** How soon a listener asks again after a break, in milliseconds. */
const RETRY_MS = 2_000;

/**
 * The stream, from the event after `lastId`, or from now on. It is read at the listener's speed: who falls behind what the
 * log keeps, or comes back too late, gets an event `reset` and goes on from now. `onEnd` is called once.
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
        controller.enqueue(encoder.encode(text.join('') || ': still here\n\n'));
      },
      cancel: () => of.onEnd(),
    },
    { highWaterMark: 1 },
  );
}

/** With the id by which its book is asked for. */
function withBookId(event: InboxEvent): object {
  return 'path' in event ? { ...event, id: bookId(event.path) } : event;
}
