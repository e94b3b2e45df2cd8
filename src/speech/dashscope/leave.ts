/** The last moment before a text is sent. */
import type { ReleaseToken } from '../../limits.ts';
import type { SpeakListener } from '../engine.ts';

/**
 * Tells the listener that its text is about to be sent, and then lets the call leave in the account's pace, unless the listener
 * has had it leave. Rejects as either does: nothing was sent then.
 */
export async function announceAndLeave(
  onCommit: SpeakListener['onCommit'],
  counted: ReleaseToken | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  let hasLeft = false;
  const leave = async (): Promise<void> => {
    hasLeft = true;
    await counted?.depart?.(signal);
  };
  await onCommit?.(leave);
  if (!hasLeft) await leave();
}
