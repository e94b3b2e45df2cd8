/** Commands that Redis refuses for the time being wait in a line, and are tried again in their order. */
import { sleep } from '../abortable.ts';

/** First and longest wait between two tries, in milliseconds. */
const RETRY_MS = { first: 200, most: 2_000 };

/** The line of one client. */
export interface WaitingLine {
  /**
   * Runs `attempt` at once, or, while others wait, after them. When it fails with an error that passes by itself, it
   * waits and is tried again, as long as that takes. Rejects with any other error, and with that of `end`, even if
   * `attempt` never settles.
   */
  run<T>(attempt: () => Promise<T>): Promise<T>;
  /** Whether commands wait. */
  readonly isWaiting: boolean;
  /** Rejects everything that waits or is under way, and everything that comes. May be called twice. */
  end(error: Error): void;
}

interface Entry {
  attempt(): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Opens a line. */
export function openWaitingLine({
  passes,
  onWait,
  onGo,
  beforeRetry,
}: {
  /** Whether the error passes by itself. */
  passes: (error: unknown) => error is Error;
  /** The first command waits because of this error. */
  onWait: (error: Error) => void;
  /** The last one that waited has gone through. */
  onGo: () => void;
  /** Called before each further try, with the error of the last one. */
  beforeRetry: (error: Error) => void;
}): WaitingLine {
  const entries: Entry[] = [];
  const ending = new AbortController();
  const underWay = new Set<(error: Error) => void>();
  let ended: Error | undefined;

  function tryOnce<T>(attempt: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      underWay.add(reject);
      const settle = () => underWay.delete(reject);
      attempt().then(resolve, reject).finally(settle);
    });
  }

  /** Tries the first entry until it goes through, then the next one. Ends with the line. */
  async function serve(first: Error): Promise<void> {
    let error: Error | undefined = first;
    let waitMs = RETRY_MS.first;
    while (entries[0] !== undefined) {
      const entry = entries[0];
      if (error !== undefined) {
        await sleep(waitMs, ending.signal);
        // Not before the first retry: most refusals pass without it.
        if (waitMs > RETRY_MS.first) beforeRetry(error);
        waitMs = Math.min(waitMs * 2, RETRY_MS.most);
      }
      try {
        entry.resolve(await tryOnce(entry.attempt));
        error = undefined;
      } catch (failure) {
        error = passes(failure) ? failure : undefined;
        if (error === undefined) entry.reject(failure);
      }
      if (error !== undefined) continue;
      waitMs = RETRY_MS.first;
      entries.shift();
    }
    onGo();
  }

  function wait<T>(attempt: () => Promise<T>, error?: Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      entries.push({ attempt, resolve: resolve as Entry['resolve'], reject });
      if (entries.length > 1 || error === undefined) return;
      onWait(error);
      // `end` has rejected the entries.
      serve(error).catch(() => undefined);
    });
  }

  return {
    run: (attempt) => {
      if (entries.length > 0) return wait(attempt);
      return tryOnce(attempt).catch((error: unknown) => {
        if (ended !== undefined || !passes(error)) throw error;
        return wait(attempt, error);
      });
    },
    get isWaiting() {
      return entries.length > 0;
    },
    end: (error) => {
      ended ??= error;
      ending.abort();
      for (const { reject } of entries.splice(0)) reject(error);
      for (const reject of underWay) reject(error);
    },
  };
}
