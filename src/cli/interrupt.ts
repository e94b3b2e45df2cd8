/** Ctrl-C and SIGTERM: the first asks for a stop, the second ends the program at once. */
import { EXIT } from './exit.ts';

/** Listens until released. `onFirst` hears the first signal, before the abort. */
export function onInterrupt(onFirst: () => void): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
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
