/** Ctrl-C, SIGTERM and SIGHUP (the terminal is closed): the first stops the command gracefully, the second ends the program at once. */
import { setMaxListeners } from 'node:events';
import { EXIT } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens until released. Calls `onFirst` at the first signal, before the abort. */
export function onInterrupt(onFirst: () => void): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  // Many books and ffmpeg processes listen at once; above ten listeners, Node would print a warning of a leak.
  setMaxListeners(0, controller.signal);
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    onFirst();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
