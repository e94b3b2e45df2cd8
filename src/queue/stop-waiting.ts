/** A process that stops does not wait for ever for a Redis that is away. */

/** Longest wait of a stopping process for Redis, in milliseconds: half of what its steps have to finish. */
const STOP_LIMIT_MS = 10_000;
/** Interval between two questions to a Redis that answers, in milliseconds. */
const ASK_MS = 1_000;

/**
 * From the moment `stop` aborts, asks Redis for an answer; when none comes in time, calls `disconnect`, so that all waits
 * end. Ends by itself when the connection ends. Returns what to call when the connection is closed: `stop` may outlive
 * thousands of connections, and would keep each of them in memory.
 */
export function stopWaiting(
  stop: AbortSignal,
  of: { ping: () => Promise<unknown>; disconnect: () => void },
): () => void {
  const { ping, disconnect } = of;
  const ask = (): void => {
    const late = setTimeout(disconnect, STOP_LIMIT_MS).unref();
    ping().then(
      () => {
        clearTimeout(late);
        setTimeout(ask, ASK_MS).unref();
      },
      // The connection has ended.
      () => clearTimeout(late),
    );
  };
  if (stop.aborted) ask();
  else stop.addEventListener('abort', ask, { once: true });
  return () => stop.removeEventListener('abort', ask);
}
