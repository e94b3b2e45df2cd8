/** Progress of a tool, told to the client that asked for it. */
import type { Call } from './context.ts';

/** At most so often, in milliseconds: a book has thousands of steps. */
const EVERY_MS = 500;

/** Progress of some work; its numbers count steps. */
export interface Progress {
  done: number;
  total: number;
  message: string;
}

/** Tells it when the client wants it, and only what is more than before, as the protocol asks. */
export function tellProgress({ _meta, sendNotification }: Call): (progress: Progress) => void {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let told = { done: -1, atMs: 0 };
  return ({ done, total, message }) => {
    const nowMs = performance.now();
    if (done <= told.done || (nowMs - told.atMs < EVERY_MS && told.done >= 0 && done < total)) return;
    told = { done, atMs: nowMs };
    // A client that is gone needs no progress.
    sendNotification({
      method: 'notifications/progress',
      params: { progressToken, progress: done, total, message },
    }).catch(() => undefined);
  };
}
