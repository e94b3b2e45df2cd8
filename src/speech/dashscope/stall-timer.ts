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

/** `onStall` gets the failure when nothing has arrived for `timeoutMs` milliseconds. */
export function stallTimer(timeoutMs: number, onStall: (failure: PipelineError) => void): StallTimer {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    start() {
      stop();
      timer = setTimeout(() => onStall(new ServiceStalled(timeoutMs)), timeoutMs);
    },
    refresh: () => void timer?.refresh(),
    stop,
  };
}
