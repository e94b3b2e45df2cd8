/** The last moment before a text is sent. */
import type { ReleaseToken } from '../../limits.ts';
import type { SpeakListener } from '../engine.ts';

/**
 * Tells the listener that its text is about to be sent, and then lets the call leave in the account's pace, unless the listener
 * has had it leave. `prepare` does all that can be done before the text itself leaves, such as connecting, so that what the
 * listener notes last is true as soon as possible: called again, it rejects when that no longer holds. Rejects as any of these
 * does: nothing was sent then.
 */
export async function announceAndLeave(
  onCommit: SpeakListener['onCommit'],
  {
    counted,
    prepare,
    signal,
  }: {
    counted: ReleaseToken | undefined;
    prepare?: (() => Promise<void>) | undefined;
    signal: AbortSignal | undefined;
  },
): Promise<void> {
  let hasLeft = false;
  const leave = async (): Promise<void> => {
    hasLeft = true;
    await counted?.depart?.(signal);
    await prepare?.();
  };
  await onCommit?.(leave);
  if (!hasLeft) await leave();
}
