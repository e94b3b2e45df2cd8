/** What changes, to every open page at once, as server-sent events. */
import type { StudioEvent } from '../shapes.ts';

/** How often a comment is sent, in milliseconds, so that no proxy closes an idle connection. */
const HEARTBEAT_MS = 15_000;
/** Delay before a page reconnects, in milliseconds. */
const RETRY_MS = 1_000;
/** Events that wait for a slow page; beyond that, its connection is closed, and it reads all again. */
const MOST_WAITING = 500;
const MOST_PAGES = 64;

/** The pages that listen. */
export interface EventHub {
  send(event: StudioEvent): void;
  /** The stream for one more page; undefined when there are too many. */
  listen(): ReadableStream<Uint8Array> | undefined;
  /** Number of pages that listen. */
  pages(): number;
  close(): void;
}

/** Opens it. A page that falls too far behind is disconnected. */
export function openEventHub(): EventHub {
  const encoder = new TextEncoder();
  const pages = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const drop = (page: ReadableStreamDefaultController<Uint8Array>): void => {
    pages.delete(page);
    try {
      page.close();
    } catch {
      // It was closed by the page.
    }
  };
  const write = (text: string): void => {
    const bytes = encoder.encode(text);
    for (const page of pages) {
      if ((page.desiredSize ?? 0) <= -MOST_WAITING) drop(page);
      else page.enqueue(bytes);
    }
  };
  const heartbeat = setInterval(() => write(': heartbeat\n\n'), HEARTBEAT_MS).unref();
  return {
    send: (event) => write(`data: ${JSON.stringify(event)}\n\n`),
    listen: () => {
      if (pages.size >= MOST_PAGES) return undefined;
      let mine: ReadableStreamDefaultController<Uint8Array>;
      return new ReadableStream({
        start: (controller) => {
          mine = controller;
          pages.add(controller);
          controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
        },
        cancel: () => {
          pages.delete(mine);
        },
      });
    },
    pages: () => pages.size,
    close: () => {
      clearInterval(heartbeat);
      for (const page of pages) drop(page);
    },
  };
}
