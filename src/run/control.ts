/** Checks, while a book runs, whether an operator has paused or cancelled it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../errors.ts';
import { abortable } from '../queue/abortable.ts';
import type { Store } from '../store/store.ts';
import { type ControlRequest, findControlRequest } from '../store/submissions.ts';

/** How often the store is checked, in milliseconds. */
const POLL_MS = 2_000;

/** The control requests for one book. */
export interface BookControl {
  /** The current request; undefined when there is none. */
  readonly request: ControlRequest['wish'] | undefined;
  /** Resolves as soon as there is a request. */
  requested(): Promise<void>;
  /** Resolves when the book is not paused. Rejects with `cancelled`, and with `interrupted` when the signal aborts. */
  untilReleased(signal: AbortSignal): Promise<void>;
  /** Stops checking. */
  close(): void;
}

/** Starts checking. While the store does not answer, the last known request stays in force. */
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
      if (request === 'pause') notice(`The book is paused. Run \`pipeline resume ${id}\` to continue.`);
      while (request === 'pause') {
        // Leaves no listener on the signal, which may outlive the book.
        await abortable(changed(), signal).catch(() => undefined);
        if (signal.aborted) throw interrupted('the book was paused');
      }
      if (request === 'cancel') throw cancelled(id);
    },
    close: () => closing.abort(),
  };
}

/** The failure of a book that an operator cancelled. */
function cancelled(id: string): PipelineError {
  const message = `The book was cancelled. Everything made so far is kept. Run \`pipeline retry ${id}\` or the same command again to continue.`;
  return new PipelineError({ code: 'cancelled', message, retry: 'never' });
}
