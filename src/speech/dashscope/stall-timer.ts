/** Notices that the service sends nothing although a response is due. */
import type { PipelineError } from '../../errors.ts';
import { SilentEnd } from './model-watch.ts';

/** The timer of one session. It runs while a response is due and nothing else is being done. */
export interface StallTimer {
  /** Starts it, or starts it again. */
  start(): void;
  /** A message has arrived. No effect while it is stopped. */
  refresh(): void;
  /** Stops it; may be called twice. */
  stop(): void;
}

/** The service sent nothing although a response was due. A new session may help. */
export class ServiceStalled extends SilentEnd {
  constructor(timeoutMs: number) {
    const message = `The service sent nothing for ${timeoutMs / 1_000} s although a response was due.`;
    super(message, { stalled: true });
  }
}

/**
 * Timers come before what the network has brought: a process that was busy for the whole limit would blame the service for
 * messages that it has not read yet. So there is a little more time, a share of the limit.
 */
const MORE_TIME = 0.1;

/** `onStall` gets the failure when nothing has arrived for `timeoutMs` milliseconds, and a tenth of that. */
export function stallTimer(timeoutMs: number, onStall: (failure: PipelineError) => void): StallTimer {
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
      timer = setTimeout(() => onStall(new ServiceStalled(timeoutMs)), MORE_TIME * timeoutMs);
    }, timeoutMs);
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
