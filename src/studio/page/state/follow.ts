/** Whether the text scrolls along with the sound: until somebody scrolls by hand. */
import { signal } from '@preact/signals';

/** Whether it does. */
export const follows = signal(true);

/** Stops to follow when somebody scrolls; once for a page. */
export function stopWhenScrolled(): void {
  const stop = (event: Event): void => {
    if ((event.target as Element | null)?.closest('#content')) follows.value = false;
  };
  addEventListener('wheel', stop, { passive: true });
  addEventListener('touchmove', stop, { passive: true });
}
