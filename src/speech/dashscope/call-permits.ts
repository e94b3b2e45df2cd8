/**
 * The account's permission for the calls of sessions, asked for so that no session grows old while it waits.
 *
 * An open session that hears nothing is closed by the service after some 20 seconds, and a minute's calls may be used up in
 * a few. So a session is opened only once both its handshake and its first commit are allowed, and whoever waits with a
 * session that ends meanwhile leaves the line and takes nothing.
 */
import { interrupted } from '../../errors.ts';
import type { RateLimiter } from '../../limits.ts';
import type { Session } from './session.ts';

/** Says that the service has counted the call; twice does no harm. */
export type MarkCounted = () => void;

/** For a handshake, and for the first commit after it where there is one. */
export interface SessionPermit {
  handshake: MarkCounted;
  commit: MarkCounted | undefined;
}

/** Permissions of one process. */
export interface Permits {
  /** For a session. Give its commit to `keep`, or call it when the session could not be opened. */
  forSession(model: string, signal: AbortSignal): Promise<SessionPermit>;
  /** Keeps the permission of a session's first commit until it is used or the session ends. */
  attach(session: Session, commit: MarkCounted | undefined): void;
  /** For a commit over an open session; undefined when the session ended before there was any. */
  forCommit(session: Session, model: string, signal: AbortSignal | undefined): Promise<MarkCounted | undefined>;
}

/**
 * Longest wait with one of two permissions. Where there are as many machines as calls, each could hold one and wait for ever for
 * its second; then the handshake goes first.
 */
const PAIR_PATIENCE_MS = 75_000;

/** Permissions by the gates of the models. */
export function createPermits(gateOf: (model: string) => RateLimiter): Permits {
  const kept = new Map<Session, MarkCounted>();

  /** The end of the line of those who wait for a new session, by model. */
  const lines = new Map<string, Promise<unknown>>();

  /** One new session asks at a time, so that whoever already holds one has at most that one before it. */
  async function forSession(model: string, signal: AbortSignal): Promise<SessionPermit> {
    const before = lines.get(model) ?? Promise.resolve();
    let leave = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    lines.set(model, Promise.all([before, mine]));
    try {
      await unlessAborted(before, signal);
      return await both(model, signal);
    } finally {
      leave();
    }
  }

  async function both(model: string, signal: AbortSignal): Promise<SessionPermit> {
    const gate = gateOf(model);
    const alone = new AbortController();
    // Both are in the line at once, one behind the other, so that nobody of this process comes between.
    const handshake = gate.acquire(signal);
    const commit = gate.acquire(AbortSignal.any([signal, alone.signal]));
    const patience = handshake.then(
      () => setTimeout(() => alone.abort(), PAIR_PATIENCE_MS),
      () => alone.abort(),
    );
    const [first, second] = await Promise.allSettled([handshake, commit]);
    clearTimeout((await patience) ?? undefined);
    if (first.status === 'fulfilled' && (second.status === 'fulfilled' || alone.signal.aborted)) {
      return { handshake: first.value, commit: second.status === 'fulfilled' ? second.value : undefined };
    }
    if (first.status === 'fulfilled') first.value();
    if (second.status === 'fulfilled') second.value();
    throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
  }

  return {
    forSession,
    attach(session, commit) {
      if (commit === undefined) return;
      kept.set(session, commit);
      void session.closed.then(() => {
        if (kept.delete(session)) commit();
      });
    },
    async forCommit(session, model, signal) {
      const commit = kept.get(session);
      if (commit !== undefined) {
        kept.delete(session);
        return commit;
      }
      const gone = new AbortController();
      void session.closed.then(() => gone.abort());
      try {
        return await gateOf(model).acquire(signal === undefined ? gone.signal : AbortSignal.any([signal, gone.signal]));
      } catch (error) {
        if (gone.signal.aborted && signal?.aborted !== true) return undefined;
        throw error;
      }
    },
  };
}

function unlessAborted(turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(interrupted('waiting to open a session'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    turn.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, reject);
  });
}
