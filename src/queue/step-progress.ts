/** How much of a step is finished, as it crosses the queue. Losing a report does no harm: the next one says more. */

/** A report. */
export interface ProgressNote {
  /** How much of the step is finished, 0 to 1. */
  share: number;
}

/** Shortest time between two reports of one step, in milliseconds. A step that ends sooner sends none. */
export const REPORT_INTERVAL_MS = 1_000;

/** Passes on at most one report per interval. Never throws, and never fails the step. */
export function progressReporter(send: (note: ProgressNote) => Promise<void>): (share: number) => void {
  let lastMs = performance.now();
  let isSending = false;
  return (share) => {
    const nowMs = performance.now();
    if (isSending || nowMs - lastMs < REPORT_INTERVAL_MS) return;
    lastMs = nowMs;
    isSending = true;
    send({ share })
      .catch(() => undefined)
      .finally(() => {
        isSending = false;
      });
  };
}

/** The report in a job's progress data; undefined when it is something else. */
export function asProgressNote(data: unknown): ProgressNote | undefined {
  if (typeof data !== 'object' || data === null || !('share' in data)) return undefined;
  return typeof data.share === 'number' && Number.isFinite(data.share) ? { share: data.share } : undefined;
}
