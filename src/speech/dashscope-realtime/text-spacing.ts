/**
 * A pause between two texts of one session, for a service that needs one.
 *
 * One client reports that text sent within about 100 ms after `response.done` is ignored; the official samples do not
 * wait. So there is no pause until a text was lost in that way, and a longer one each time it happens again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../errors.ts';
import type { Lendable } from '../dashscope/lendable.ts';
import type { PooledSession } from '../dashscope/session-scheduler.ts';

/** The text spacing of one process. */
export interface TextSpacing {
  /** Waits until the session has been idle long enough. Rejects with `interrupted` when the signal aborts. */
  wait(session: PooledSession<Lendable>, signal: AbortSignal | undefined): Promise<void>;
  /** The service ignored a text of this session; counts only for a text that closely followed another one. */
  wasTooShort(session: PooledSession<Lendable>): void;
}

const FIRST_MS = 100;
const MOST_MS = 400;

/** No spacing at first. */
export function createTextSpacing(): TextSpacing {
  let spacingMs = 0;
  const restMs = ({ used, idleSinceMs }: PooledSession<Lendable>) =>
    used ? performance.now() - idleSinceMs : Number.POSITIVE_INFINITY;
  /** How long each session had been idle when its text was sent. */
  const restBefore = new WeakMap<PooledSession<Lendable>, number>();
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
