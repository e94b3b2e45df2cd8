/** Signals and time limits of one piece of work. */

/**
 * Does `work` with a signal that aborts, with the same reason, as soon as one of `signals` does. Afterwards the signals keep
 * nothing of it: in one that lives on, AbortSignal.any of Node 20 leaves some 250 bytes for ever.
 */
export async function withJoinedSignal<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const joined = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const onAbort = ({ target }: Event): void => joined.abort((target as AbortSignal).reason);
  for (const signal of given) {
    if (signal.aborted) joined.abort(signal.reason);
    else signal.addEventListener('abort', onAbort, { once: true });
  }
  try {
    return await work(joined.signal);
  } finally {
    for (const signal of given) signal.removeEventListener('abort', onAbort);
  }
}

/** Of the limit, and at most two seconds: enough to read what has arrived. */
const MORE_TIME = { share: 0.1, mostMs: 2_000 };

/**
 * Calls `act` when `limitMs` milliseconds have passed, and a little more. The returned function stops it; it may be called
 * twice.
 *
 * Node runs timers before it reads what the network has brought. A process that was busy or suspended for the whole limit
 * would blame the other side for an answer that has arrived already, and pay for it again.
 */
export function patientTimeout(limitMs: number, act: () => void): () => void {
  const moreMs = Math.min(limitMs * MORE_TIME.share, MORE_TIME.mostMs);
  let timer = setTimeout(() => {
    timer = setTimeout(act, moreMs);
  }, limitMs);
  return () => clearTimeout(timer);
}
