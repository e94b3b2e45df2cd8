/** How the workers of a run that has ended are stopped: over a shared queue they may be at work for other runs. */
import type { Work } from './run-options.ts';

/** How long segments under way may continue after Ctrl-C, in milliseconds: most takes end within it and are stored. */
export const GRACE_MS = 5_000;

/** Longer than any take, in milliseconds, so that nothing under way is lost. */
export const WHOLE_TAKE_MS = 60_000;

/**
 * Stops them. What they have sent for other runs is paid for, so it is waited for; what they have not sent goes back to the queue
 * at once. When `signal` aborts or has aborted, only `GRACE_MS` are left for all steps. Resolves when they have stopped.
 */
export async function stopWorkers(work: Pick<Work, 'stopWorkers'>, signal: AbortSignal): Promise<void> {
  const hurry = (): Promise<void> => work.stopWorkers({ graceMs: GRACE_MS });
  if (signal.aborted) return hurry();
  const onAbort = (): void => void hurry();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await work.stopWorkers({ graceMs: 0, paidGraceMs: WHOLE_TAKE_MS });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
