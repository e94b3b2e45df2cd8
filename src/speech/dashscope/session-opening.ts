/**
 * One session that is being opened: a slot of the account, permits, the handshake.
 *
 *   slot of an evicted session, or a new slot of the account ─► acquirePermit ─► open ─► done
 */
import { interrupted } from '../../errors.ts';
import type { SessionPermit } from './call-permits.ts';

type ReleaseSlot = () => Promise<void>;
type EvictedSlot = Promise<ReleaseSlot>;

/** A session that is being opened. */
export interface Opening<Session> {
  /**
   * The session and the function that releases its slot. Rejects when the session could not be opened or was cancelled.
   */
  readonly done: Promise<{ session: Session; releaseSlot: ReleaseSlot }>;
  /** It has waited for a slot of the account so long that one of our own idle sessions should be evicted. */
  readonly needsSlot: boolean;
  /** Gives it the slot of an evicted session. */
  useSlot(evictedSlot: EvictedSlot): void;
  /** Cancels it if the handshake has not begun; a session that is nearly open stays. */
  cancelUnlessConnecting(): void;
  /** Ends it at any point. */
  abort(): void;
}

/** How long it waits for the account before it takes the slot of one of our own idle sessions. */
const SLOT_WAIT_MS = 200;

/** Starts to open a session, in the slot of an evicted one or in a new slot. */
export function beginOpening<Session>(options: {
  slot: EvictedSlot | undefined;
  acquirePermit: (signal: AbortSignal) => Promise<SessionPermit>;
  acquireSlot: (signal: AbortSignal) => Promise<ReleaseSlot>;
  /** Uses up the permit, whether the session opens or not. */
  open: (signal: AbortSignal, permit: SessionPermit) => Promise<Session>;
  /** Called once when `needsSlot` becomes true. */
  onNeedsSlot: () => void;
}): Opening<Session> {
  const ending = new AbortController();
  const waiting = new AbortController();
  let handshaking = false;
  let needsSlot = false;
  let evictedSlot = options.slot;
  const currentEvictedSlot = () => evictedSlot;

  async function waitForSlot(): Promise<ReleaseSlot> {
    if (evictedSlot !== undefined) return evictedSlot;
    const timer = setTimeout(() => {
      needsSlot = true;
      options.onNeedsSlot();
    }, SLOT_WAIT_MS);
    try {
      const slot = await options.acquireSlot(AbortSignal.any([ending.signal, waiting.signal]));
      // Both slots became available at the same moment: release the evicted session's slot.
      currentEvictedSlot()
        ?.then((spare) => spare())
        .catch(() => undefined);
      return slot;
    } catch (error) {
      const given = currentEvictedSlot();
      if (given === undefined) throw error;
      return given;
    } finally {
      clearTimeout(timer);
      needsSlot = false;
    }
  }

  async function run() {
    const releaseSlot = await waitForSlot();
    try {
      if (ending.signal.aborted) throw interrupted('opening a session');
      const permit = await options.acquirePermit(ending.signal);
      handshaking = true;
      return { session: await options.open(ending.signal, permit), releaseSlot };
    } catch (error) {
      // A slot that cannot be released now is released when its lease expires.
      await releaseSlot().catch(() => undefined);
      throw error;
    }
  }

  return {
    done: run(),
    get needsSlot() {
      return needsSlot;
    },
    useSlot(given) {
      evictedSlot = given;
      needsSlot = false;
      waiting.abort();
    },
    cancelUnlessConnecting() {
      if (!handshaking) ending.abort();
    },
    abort: () => ending.abort(),
  };
}
