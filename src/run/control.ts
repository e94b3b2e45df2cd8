/** Hears, while a book runs, whether an operator holds it up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { type ControlRequest, findControlRequest } from '../store/submissions.ts';

/** How often the store is asked, in milliseconds. */
const POLL_MS = 2_000;

/** The watch over one book's holds. */
export interface BookControl {
  readonly request: ControlRequest['wish'] | undefined;
  /** Resolves as soon as the book is held up; at once when it is. */
  requested(): Promise<void>;
  /** Resolves when nothing holds the book up. Rejects with `cancelled`, and with `interrupted` when the signal aborts. */
  untilReleased(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Opens the watch. A store that does not answer changes nothing: what was known goes on. */
export async function watchBookControl(
  store: Store,
  id: string,
  notice: (message: string) => void,
): Promise<BookControl> {
  const closing = new AbortController();
  let request = await findControlRequest(store, id).catch(() => undefined);
  let listeners = new Set<() => void>();
  const change = (next: ControlRequest['wish'] | undefined): void => {
    if (next === request) return;
    request = next;
    const notified = listeners;
    listeners = new Set();
    for (const listener of notified) listener();
  };
  void (async () => {
    while (!closing.signal.aborted) {
      await sleep(POLL_MS, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      if (!closing.signal.aborted) await findControlRequest(store, id).then(change, () => undefined);
    }
  })();
  const changed = (): Promise<void> => new Promise((resolve) => listeners.add(resolve));
  return {
    get request() {
      return request;
    },
    requested: async () => {
      while (request === undefined) await changed();
    },
    untilReleased: async (signal) => {
      if (request === 'pause') notice(`The book is paused. It goes on after: pipeline resume ${id}`);
      while (request === 'pause') {
        await Promise.race([changed(), aborted(signal)]);
        if (signal.aborted) throw interrupted('the book was paused');
      }
      if (request === 'cancel') throw cancelled(id);
    },
    close: () => closing.abort(),
  };
}

/** The failure of a book that an operator cancelled. */
function cancelled(id: string): PipelineError {
  const message = `The book was cancelled. What was made is kept; pipeline retry ${id}, or the same run again, goes on from there.`;
  return new PipelineError({ code: 'cancelled', message, retry: 'never' });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
