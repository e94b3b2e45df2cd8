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

/** Time since it was started, in milliseconds; also that in which the machine slept, which the monotonic clock leaves out. */
export function startStopwatch(): { ms(): number } {
  const [monotonic, wall] = [performance.now(), Date.now()];
  return { ms: () => Math.max(performance.now() - monotonic, Date.now() - wall) };
}

/** Of the limit, and at most two seconds: enough to read what has arrived. */
const MORE_TIME = { share: 0.1, mostMs: 2_000 };

/** A time limit for the other side, which can begin anew whenever something arrives. */
export interface PatientTimer {
  /** Starts it, or starts it again. */
  start(): void;
  /** Something has arrived. No effect while it is stopped. */
  refresh(): void;
  /** Stops it; may be called twice. */
  stop(): void;
}

/**
 * Makes a timer that calls `act` when it was started `limitMs` milliseconds ago, and a little more.
 *
 * Node runs timers before it reads what the network has brought. A process that was busy or suspended for the whole limit
 * would blame the other side for an answer that has arrived already, and pay for it again.
 */
export function patientTimer(limitMs: number, act: () => void): PatientTimer {
  const moreMs = Math.min(limitMs * MORE_TIME.share, MORE_TIME.mostMs);
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const start = (): void => {
    stop();
    isLate = false;
    timer = setTimeout(() => {
      isLate = true;
      timer = setTimeout(act, moreMs);
    }, limitMs);
  };
  return {
    start,
    refresh() {
      if (isLate && timer !== undefined) start();
      else timer?.refresh();
    },
    stop,
  };
}

/** Starts such a timer; the returned function stops it, and may be called twice. */
export function patientTimeout(limitMs: number, act: () => void): () => void {
  const timer = patientTimer(limitMs, act);
  timer.start();
  return timer.stop;
}
