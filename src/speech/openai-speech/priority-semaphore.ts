/** Lets at most so many callers go at once; the caller with the lowest number is next. */
import { interrupted } from '../../errors.ts';

/** Places of one process, given by priority. */
export interface PrioritySemaphore {
  /** Waits for a place; the returned function gives it back. Rejects with `interrupted`. */
  take(of: { priority: number; signal: AbortSignal | undefined }): Promise<() => void>;
  busy(): number;
  /** Accepts no more callers, and resolves when all places are free. */
  close(): Promise<void>;
}

interface Waiter {
  priority: number;
  go: () => void;
  fail: () => void;
}

/** Makes a semaphore with so many places. */
export function createPrioritySemaphore(most: number): PrioritySemaphore {
  const waiting: Waiter[] = [];
  const whenIdle: (() => void)[] = [];
  let busy = 0;
  let closed = false;

  function next(): void {
    while (busy < most && waiting.length > 0) {
      busy += 1;
      waiting.shift()?.go();
    }
    if (busy === 0) for (const resolve of whenIdle.splice(0)) resolve();
  }

  return {
    take({ priority, signal }) {
      return new Promise((resolve, reject) => {
        if (closed || signal?.aborted) return reject(interrupted('waiting for the server'));
        const onAbort = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          waiter.fail();
        };
        let isOver = false;
        const waiter: Waiter = {
          priority,
          go: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve(() => {
              if (isOver) return;
              isOver = true;
              busy -= 1;
              next();
            });
          },
          fail: () => {
            signal?.removeEventListener('abort', onAbort);
            reject(interrupted('waiting for the server'));
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const at = waiting.findIndex((other) => other.priority > priority);
        waiting.splice(at === -1 ? waiting.length : at, 0, waiter);
        next();
      });
    },
    busy: () => busy,
    close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.fail();
      return busy === 0 ? Promise.resolve() : new Promise((resolve) => whenIdle.push(resolve));
    },
  };
}
