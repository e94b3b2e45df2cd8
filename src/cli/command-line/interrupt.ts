/** Ctrl-C and SIGTERM: the first asks for a stop, the second ends the program at once. */
import { setMaxListeners } from 'node:events';
import { EXIT } from './exit-codes.ts';

/** Listens until released. `onFirst` hears the first signal, before the abort. */
export function onInterrupt(onFirst: () => void): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  // Many books and many ffmpegs listen at once; Node would call more than ten a leak, in the middle of the screen.
  setMaxListeners(0, controller.signal);
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    onFirst();
    controller.abort();
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', listener);
      process.off('SIGTERM', listener);
    },
  };
}
