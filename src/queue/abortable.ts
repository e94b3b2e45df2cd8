/** Waits that end early on abort. */
import { setMaxListeners } from 'node:events';
import { interrupted } from '../errors.ts';

/** Resolves after so many milliseconds; rejects with `interrupted` as soon as one of the signals aborts. */
export function sleep(ms: number, ...signals: (AbortSignal | undefined)[]): Promise<void> {
  return unlessAborted(
    (resolve) => {
      const timer = setTimeout(resolve, ms);
      return () => clearTimeout(timer);
    },
    ...signals,
  );
}

/** The same, but resolves early when `early` aborts. */
export async function sleepOrWake(
  ms: number,
  early: AbortSignal | undefined,
  ...signals: (AbortSignal | undefined)[]
): Promise<void> {
  await sleep(ms, ...signals, early).catch((error: unknown) => {
    if (!early?.aborted || signals.some((signal) => signal?.aborted)) throw error;
  });
}

/**
 * The result of the promise, or `interrupted` as soon as one of the signals aborts. The promise itself continues, and
 * its result is ignored.
 */
export function abortable<T>(promise: Promise<T>, ...signals: (AbortSignal | undefined)[]): Promise<T> {
  promise.catch(() => {});
  return unlessAborted(
    (resolve, reject) => {
      promise.then(resolve, reject);
      return () => {};
    },
    ...signals,
  );
}

/**
 * A promise from `start`, which returns a cleanup function; rejects with `interrupted` when a signal aborts, and leaves
 * no listener behind.
 */
function unlessAborted<T>(
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
  ...signals: (AbortSignal | undefined)[]
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let undo = (): void => {};
    const finish = (): void => {
      undo();
      for (const signal of signals) signal?.removeEventListener('abort', onAbort);
    };
    const onAbort = (): void => {
      finish();
      reject(interrupted('waiting for a limit of the account'));
    };
    if (signals.some((signal) => signal?.aborted)) {
      onAbort();
      return;
    }
    for (const signal of signals) {
      if (signal === undefined) continue;
      // A hundred segments may wait on one signal; above ten listeners Node would report a leak on stderr.
      setMaxListeners(0, signal);
      signal.addEventListener('abort', onAbort, { once: true });
    }
    undo = start(
      (value) => {
        finish();
        resolve(value);
      },
      (error) => {
        finish();
        reject(error);
      },
    );
  });
}

/** A queue that runs one piece of work at a time, in order. */
export interface SerialQueue {
  /**
   * Waits until it is first in the queue and runs `work`; the next one starts when it has ended. Leaves the queue when
   * a signal aborts.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Nothing is running or waiting. */
  readonly idle: boolean;
}

/** Opens a queue; all waits in it reject with `interrupted` when `closing` aborts. */
export function openSerialQueue(closing: AbortSignal): SerialQueue {
  let last = Promise.resolve();
  let length = 0;
  return {
    run: async (work, signal) => {
      const previous = last;
      let finish = (): void => {};
      const mine = new Promise<void>((resolve) => (finish = resolve));
      // The next caller waits for all callers before us and for us, even if we leave early. Resolves to nothing: a value that
      // had the one before it would grow with each run.
      last = previous.then(() => mine);
      length += 1;
      try {
        await abortable(previous, signal, closing);
        return await work();
      } finally {
        length -= 1;
        finish();
      }
    },
    get idle() {
      return length === 0;
    },
  };
}
