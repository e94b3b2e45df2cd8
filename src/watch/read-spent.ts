/** Reads what all runs of a book paid, for its status and for lists of books. */
import type { Drop } from './drop.ts';
import type { Inbox } from './inbox.ts';

/** Time between two looks at the ledger while a book runs, in milliseconds. */
const LOOK_EVERY_MS = 30_000;

/** Reads what all runs of the book paid. Never rejects: while the store is away, the last sum stays. */
export async function readSpent(inbox: Inbox, drop: Drop): Promise<void> {
  const { title, author = '' } = drop;
  if (title === undefined) return;
  drop.spentReadAtMs = performance.now();
  try {
    drop.spent = await inbox.options.spentOn?.({ title, author });
  } catch {
    // The book must not wait for a sum that is only shown.
  }
}

/** Reads it again during a run, now and then; the status shows it with the next progress. */
export function readSpentAtTimes(inbox: Inbox, drop: Drop): void {
  if (performance.now() - drop.spentReadAtMs >= LOOK_EVERY_MS) void readSpent(inbox, drop);
}
