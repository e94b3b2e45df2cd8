/** Runs work with a deadline: it completes, times out or is interrupted, whichever comes first. */
import { interrupted, type PipelineError } from '../../errors.ts';
import { patientTimeout } from '../../signals.ts';

/** How long the work may take, and the errors for a timeout or an interruption. */
export interface Deadline {
  limitMs: number;
  /** Ends the work early; it then rejects with `interrupted`. */
  signal: AbortSignal | undefined;
  /** The work in progress, for the message of an interruption: `opening a session`. */
  what: string;
  /** The error for a timeout. */
  onTimeout: () => PipelineError;
}

/**
 * Runs `work` with a signal that aborts at the deadline or with the outer signal. The signal's `reason` is the error to
 * reject with, and `work` must reject once its signal has aborted.
 */
export async function withDeadline<T>(
  { limitMs, signal, what, onTimeout }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw interrupted(what);
  const controller = new AbortController();
  const onAbort = () => controller.abort(interrupted(what));
  const stop = patientTimeout(limitMs, () => controller.abort(onTimeout()));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    stop();
    signal?.removeEventListener('abort', onAbort);
  }
}
