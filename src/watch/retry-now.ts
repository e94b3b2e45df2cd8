/** A person asks for another try of a book, without waiting for its time. */
import type { Drop } from './drop.ts';
import type { Inbox } from './inbox.ts';

/** Tries the book again, whatever it waits for. False: it waits for nothing that another try could bring. */
export function retryNow(inbox: Inbox, drop: Drop): boolean {
  switch (drop.state.name) {
    case 'needs-you':
      drop.retryRefused = true;
      // From now on it is retried by itself as often as a book that failed for the first time.
      drop.tries = 0;
      drop.retryAtMs = Number.POSITIVE_INFINITY;
      inbox.dispatch(drop, { type: 'retry' });
      return true;
    case 'rejected':
      inbox.dispatch(drop, { type: 'changed' });
      break;
    case 'waiting-files':
      break;
    case 'paused':
      if (drop.state.reason !== 'outage') return false;
      inbox.outage.probeSoon(performance.now());
      inbox.wake();
      return true;
    default:
      return false;
  }
  drop.checkedSignature = undefined;
  drop.nextScanAtMs = 0;
  inbox.wake();
  return true;
}
