/** Work that ends in time: done, out of time, or interrupted, whichever comes first. */
import { interrupted, type PipelineError } from '../../errors.ts';

/** How long work may take, and what to say when it does not end by itself. */
export interface Deadline {
  limitMs: number;
  /** Ends the work early; the work then rejects with `interrupted`. */
  signal: AbortSignal | undefined;
  /** What was under way, for the message of an interruption: `opening a session`. */
  what: string;
  /** The error to throw when the time is over. */
  onTimeout: () => PipelineError;
}

/**
 * Runs `work` with a signal that aborts when the time is over or the outer signal does. The signal's `reason` is the
 * error to reject with, and `work` must reject once its signal has aborted.
 */
export async function withDeadline<T>(
  { limitMs, signal, what, onTimeout }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw interrupted(what);
  const controller = new AbortController();
  const onAbort = () => controller.abort(interrupted(what));
  const timer = setTimeout(() => controller.abort(onTimeout()), limitMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
