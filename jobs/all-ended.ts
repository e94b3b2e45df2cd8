/** Waiting for several things at once without leaving one of them under way. */

/** Resolves when all of them have. Rejects like the first in this order that does, but only when all have ended. */
export async function allEnded(work: readonly unknown[]): Promise<void> {
  for (const one of await Promise.allSettled(work)) if (one.status === 'rejected') throw one.reason;
}
