/**
 * One session on its way: a place on the account, permission for a handshake, the handshake.
 *
 *   room of a session that leaves, or slot of the account ─► mayOpen ─► open ─► done
 */
import { interrupted } from '../../errors.ts';
import type { SessionPermit } from './call-permits.ts';
import type { Session } from './session.ts';

type FreeSlot = () => Promise<void>;
type Room = Promise<FreeSlot>;

/** A session that is being opened. */
export interface Opening {
  /** The session and the function that gives its place back. Rejects when it could not be opened or was called off. */
  readonly done: Promise<{ session: Session; freeSlot: FreeSlot }>;
  /** It has waited for the account so long that one of our own idle sessions should make room. */
  readonly needsSlot: boolean;
  /** Gives it the place of a session that leaves. */
  useSlot(room: Room): void;
  /** Ends it if the handshake has not begun; a session that is nearly there is kept. */
  cancelUnlessConnecting(): void;
  /** Ends it at any point. */
  abort(): void;
}

/** How long it waits for the account before it takes the place of one of our own idle sessions. */
const SLOT_PATIENCE_MS = 200;

/** Begins to open a session, in the room of one that leaves or in a new place. */
export function beginOpening(options: {
  slot: Room | undefined;
  acquirePermit: (signal: AbortSignal) => Promise<SessionPermit>;
  acquireSlot: (signal: AbortSignal) => Promise<FreeSlot>;
  /** Uses up the permit, whether a session comes of it or not. */
  open: (signal: AbortSignal, permit: SessionPermit) => Promise<Session>;
  /** Called once when `starved` turns true. */
  onNeedsSlot: () => void;
}): Opening {
  const ending = new AbortController();
  const queueing = new AbortController();
  let handshaking = false;
  let starved = false;
  let room = options.slot;
  const roomGiven = () => room;

  async function place(): Promise<FreeSlot> {
    if (room !== undefined) return room;
    const patience = setTimeout(() => {
      starved = true;
      options.onNeedsSlot();
    }, SLOT_PATIENCE_MS);
    try {
      const slot = await options.acquireSlot(AbortSignal.any([ending.signal, queueing.signal]));
      // The slot and the room came at the same moment: one is enough.
      roomGiven()
        ?.then((spare) => spare())
        .catch(() => undefined);
      return slot;
    } catch (error) {
      const given = roomGiven();
      if (given === undefined) throw error;
      return given;
    } finally {
      clearTimeout(patience);
      starved = false;
    }
  }

  async function run() {
    const freeSlot = await place();
    try {
      if (ending.signal.aborted) throw interrupted('opening a session');
      const permit = await options.acquirePermit(ending.signal);
      handshaking = true;
      return { session: await options.open(ending.signal, permit), freeSlot };
    } catch (error) {
      // A place that can not be given back now is given back by its lease.
      await freeSlot().catch(() => undefined);
      throw error;
    }
  }

  return {
    done: run(),
    get needsSlot() {
      return starved;
    },
    useSlot(given) {
      room = given;
      starved = false;
      queueing.abort();
    },
    cancelUnlessConnecting() {
      if (!handshaking) ending.abort();
    },
    abort: () => ending.abort(),
  };
}
