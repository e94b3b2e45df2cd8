/**
 * One session on its way: a place on the account, permission for a handshake, the handshake.
 *
 *   room of a session that leaves, or slot of the account ─► mayOpen ─► open ─► done
 */
import { interrupted } from '../../errors.ts';
import type { SessionPermit } from './call-permits.ts';
import type { Session } from './session.ts';

type ReleaseSlot = () => Promise<void>;
type EvictedSlot = Promise<ReleaseSlot>;

/** A session that is being opened. */
export interface Opening {
  /** The session and the function that gives its place back. Rejects when it could not be opened or was called off. */
  readonly done: Promise<{ session: Session; releaseSlot: ReleaseSlot }>;
  /** It has waited for the account so long that one of our own idle sessions should make room. */
  readonly needsSlot: boolean;
  /** Gives it the place of a session that leaves. */
  useSlot(evictedSlot: EvictedSlot): void;
  /** Ends it if the handshake has not begun; a session that is nearly there is kept. */
  cancelUnlessConnecting(): void;
  /** Ends it at any point. */
  abort(): void;
}

/** How long it waits for the account before it takes the place of one of our own idle sessions. */
const SLOT_WAIT_MS = 200;

/** Begins to open a session, in the room of one that leaves or in a new place. */
export function beginOpening(options: {
  slot: EvictedSlot | undefined;
  acquirePermit: (signal: AbortSignal) => Promise<SessionPermit>;
  acquireSlot: (signal: AbortSignal) => Promise<ReleaseSlot>;
  /** Uses up the permit, whether a session comes of it or not. */
  open: (signal: AbortSignal, permit: SessionPermit) => Promise<Session>;
  /** Called once when `starved` turns true. */
  onNeedsSlot: () => void;
}): Opening {
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
      // The slot and the room came at the same moment: one is enough.
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
      // A place that can not be given back now is given back by its lease.
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
