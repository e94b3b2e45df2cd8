/**
 * Permits of the account for the calls of sessions, acquired in an order that lets no session expire while it waits.
 *
 * A commit is one call, whatever an engine sends for it; a handshake is one where the service may count it. The service
 * closes an open session that receives nothing after about 20 seconds, and the calls of a minute may be
 * used up in a few seconds. So a session is opened only when both its handshake and its first commit are allowed. A
 * caller whose session ends while it waits leaves the queue and takes no permit.
 */
import { interrupted } from '../../errors.ts';
import type { RateLimiter, ReleaseToken } from '../../limits.ts';
import { withJoinedSignal } from '../../signals.ts';
import type { Lendable } from './lendable.ts';

/** Permits for a handshake and, where available, for the first commit after it. */
export interface SessionPermit {
  handshake: ReleaseToken;
  commit: ReleaseToken | undefined;
}

/** The call permits of one process. */
export interface Permits {
  /** For a new session. Pass its commit permit to `attach`, or call the permit when the session could not be opened. */
  forSession(model: string, signal: AbortSignal): Promise<SessionPermit>;
  /** Stores the permit for a session's first commit until the commit uses it or the session ends. */
  attach(session: Lendable, model: string, commit: ReleaseToken | undefined): void;
  /** For a commit over an open session; undefined when the session ended before a permit was available. */
  forCommit(session: Lendable, model: string, signal: AbortSignal | undefined): Promise<ReleaseToken | undefined>;
}

/**
 * Longest wait with one of two permits. With as many machines as calls, each could hold one permit and wait forever for
 * its second; after this time the handshake goes ahead alone.
 */
const PAIR_LIMIT_MS = 75_000;

/** Permits from the rate limiters of the models. `handshakes`: whether the service may count them as calls. */
export function createPermits(
  limiterOf: (model: string) => RateLimiter,
  handshakes: 'counted' | 'free' = 'counted',
): Permits {
  const unused = new Map<Lendable, { model: string; commit: ReleaseToken }>();

  /** The end of the queue for new sessions, by model. */
  const queues = new Map<string, Promise<unknown>>();

  /**
   * One new session waits at a time, so that a session that already has one permit has at most that one ahead of it.
   */
  async function forSession(model: string, signal: AbortSignal): Promise<SessionPermit> {
    const previous = queues.get(model) ?? Promise.resolve();
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    queues.set(model, Promise.all([previous, finished]));
    try {
      await unlessAborted(previous, signal);
      if (handshakes === 'counted') return await acquirePair(model, signal);
      return { handshake: () => undefined, commit: await limiterOf(model).acquire(signal) };
    } finally {
      finish();
    }
  }

  async function acquirePair(model: string, signal: AbortSignal): Promise<SessionPermit> {
    const limiter = limiterOf(model);
    const givingUp = new AbortController();
    // Both join the queue at once, one directly behind the other, so that no other caller of this process comes in
    // between.
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
    if (first.status === 'fulfilled') first.value('not-sent');
    if (second.status === 'fulfilled') second.value('not-sent');
    throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
  }

  return {
    forSession,
    attach(session, model, commit) {
      if (commit === undefined) return;
      unused.set(session, { model, commit });
      void session.closed.then(() => {
        if (unused.delete(session)) commit('not-sent');
      });
    },
    async forCommit(session, model, signal) {
      const attached = unused.get(session);
      unused.delete(session);
      if (attached?.model === model) return attached.commit;
      attached?.commit('not-sent');
      const sessionClosed = new AbortController();
      void session.closed.then(() => sessionClosed.abort());
      try {
        return await withJoinedSignal([signal, sessionClosed.signal], (either) => limiterOf(model).acquire(either));
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
