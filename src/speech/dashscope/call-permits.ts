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
const PAIR_LIMIT_MS = 75_000;

/** Permissions by the gates of the models. */
export function createPermits(limiterOf: (model: string) => RateLimiter): Permits {
  const unused = new Map<Session, MarkCounted>();

  /** The end of the line of those who wait for a new session, by model. */
  const queues = new Map<string, Promise<unknown>>();

  /** One new session asks at a time, so that whoever already holds one has at most that one before it. */
  async function forSession(model: string, signal: AbortSignal): Promise<SessionPermit> {
    const previous = queues.get(model) ?? Promise.resolve();
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    queues.set(model, Promise.all([previous, finished]));
    try {
      await unlessAborted(previous, signal);
      return await acquirePair(model, signal);
    } finally {
      finish();
    }
  }

  async function acquirePair(model: string, signal: AbortSignal): Promise<SessionPermit> {
    const limiter = limiterOf(model);
    const givingUp = new AbortController();
    // Both are in the line at once, one behind the other, so that nobody of this process comes between.
    const handshake = limiter.acquire(signal);
    const commit = limiter.acquire(AbortSignal.any([signal, givingUp.signal]));
    const timeout = handshake.then(
      () => setTimeout(() => givingUp.abort(), PAIR_LIMIT_MS),
      () => givingUp.abort(),
    );
    const [first, second] = await Promise.allSettled([handshake, commit]);
    clearTimeout((await timeout) ?? undefined);
    if (first.status === 'fulfilled' && (second.status === 'fulfilled' || givingUp.signal.aborted)) {
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
      unused.set(session, commit);
      void session.closed.then(() => {
        if (unused.delete(session)) commit();
      });
    },
    async forCommit(session, model, signal) {
      const commit = unused.get(session);
      if (commit !== undefined) {
        unused.delete(session);
        return commit;
      }
      const sessionClosed = new AbortController();
      void session.closed.then(() => sessionClosed.abort());
      try {
        return await limiterOf(model).acquire(
          signal === undefined ? sessionClosed.signal : AbortSignal.any([signal, sessionClosed.signal]),
        );
      } catch (error) {
        if (sessionClosed.signal.aborted && signal?.aborted !== true) return undefined;
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
