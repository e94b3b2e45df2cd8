/**
 * A breath between two texts of one session, for a service that needs one.
 *
 * One client reports that text sent within some 100 ms after `response.done` is ignored; the official samples wait for
 * nothing. So nobody waits until a text was lost in that way, and then a little longer each time it happens again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../errors.ts';
import type { PooledSession } from './session-scheduler.ts';

/** The breath of one process. */
export interface TextSpacing {
  /** Waits until the lane has rested long enough. Rejects with `interrupted` when the signal aborts. */
  wait(session: PooledSession, signal: AbortSignal | undefined): Promise<void>;
  /** The service did not hear a text of this lane; counts only where it followed another one closely. */
  wasTooShort(session: PooledSession): void;
}

const FIRST_MS = 100;
const MOST_MS = 400;

/** No breath yet. */
export function createTextSpacing(): TextSpacing {
  let spacingMs = 0;
  const restMs = ({ used, idleSinceMs }: PooledSession) =>
    used ? performance.now() - idleSinceMs : Number.POSITIVE_INFINITY;
  /** Rest of each lane when its text was sent. */
  const restBefore = new WeakMap<PooledSession, number>();
  return {
    async wait(session, signal) {
      const missingMs = spacingMs - restMs(session);
      if (missingMs > 0) {
        await sleep(Math.ceil(missingMs), undefined, { signal }).catch(() => {
          throw interrupted('speaking');
        });
      }
      restBefore.set(session, restMs(session));
    },
    wasTooShort(session) {
      if ((restBefore.get(session) ?? Number.POSITIVE_INFINITY) > MOST_MS) return;
      spacingMs = Math.min(MOST_MS, Math.max(FIRST_MS, spacingMs * 2));
    },
  };
}
