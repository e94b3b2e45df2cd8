/** Waits that end early when somebody aborts. */
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

/** The promise's own end, or `interrupted` as soon as one of the signals aborts. The promise itself goes on unheard. */
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

/** A promise whose `start` returns its undo; ends with `interrupted` when a signal aborts, and leaves no listener behind. */
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
      // A hundred segments may wait on one signal; Node would take eleven for a leak and say so on stderr.
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

/** A line in which one at a time is served, in order. */
export interface SerialQueue {
  /** Waits for its turn and runs `work`; the next one is served when it has ended. Leaves the line when a signal aborts. */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Nobody is served or waiting. */
  readonly idle: boolean;
}

/** Opens a line; all waits in it end with `interrupted` when `closing` aborts. */
export function openSerialQueue(closing: AbortSignal): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  let length = 0;
  return {
    run: async (work, signal) => {
      const previous = last;
      let finish = (): void => {};
      // Whoever comes next waits for those before us and for us, also when we leave early.
      last = Promise.all([previous, new Promise<void>((resolve) => (finish = resolve))]);
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
