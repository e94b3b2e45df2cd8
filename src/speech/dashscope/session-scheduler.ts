/**
 * Decides which session speaks next: open sessions by key (model, voice, language, rate), lent to one caller at a time.
 *
 * A caller gets, in this order: an idle session of its key; a new session while there is capacity; the slot of the
 * least recently used idle session of another key. Otherwise it waits, in order of priority and then of arrival.
 * Nothing here polls: every change (a new caller, a released session, a closed socket) runs `match` once.
 */
import { interrupted } from '../../errors.ts';
import type { SessionPermit } from './call-permits.ts';
import type { Lendable } from './lendable.ts';
import { beginOpening, type Opening } from './session-opening.ts';

/** One open session, and whether it is lent. */
export interface PooledSession<Session extends Lendable> {
  readonly key: string;
  readonly session: Session;
  /** It has been lent before, so the service may have closed it in the meantime unnoticed. */
  used: boolean;
  busy: boolean;
  /** It is being finished and will not be lent again. */
  retired: boolean;
  readonly openedAtMs: number;
  idleSinceMs: number;
  idleTimer: NodeJS.Timeout | undefined;
  /** Releases its slot among the account's sessions. */
  readonly releaseSlot: () => Promise<void>;
}

/** What the scheduler needs to lend and open sessions. */
export interface SessionSchedulerOptions<Request, Session extends Lendable> {
  keyOf: (request: Request) => string;
  /** Waits until one more session is allowed. */
  acquirePermit: (request: Request, signal: AbortSignal) => Promise<SessionPermit>;
  open: (request: Request, signal: AbortSignal, permit: SessionPermit) => Promise<Session>;
  /** Waits for a slot among the account's sessions; resolves with the function that releases it. */
  acquireSlot: (signal: AbortSignal) => Promise<() => Promise<void>>;
  /** Whether this process should close one of its sessions (see `Semaphore`). Each `true` is one request. */
  takeReleaseRequest: () => boolean;
  maxSessions: number;
  idleCloseMs: number;
  maxAgeMs: number;
}

/** Lends open sessions. */
export interface SessionScheduler<Request, Session extends Lendable> {
  /** Lends a session; `fresh` requests a newly opened one. Rejects with the failure to open, or `interrupted`. */
  acquire(request: Request, options: AcquireOptions): Promise<PooledSession<Session>>;
  /** Takes a session back; one that has ended or is too old is not lent again. */
  release(pooled: PooledSession<Session>): void;
  /** Closes idle sessions while the account requests them. */
  closeExcess(): void;
  /** Sessions open or opening, lent sessions, and how many were opened in all. */
  counts(): { open: number; busy: number; opened: number };
  /** Lends no more sessions, closes idle ones, and waits until the lent ones are released and closed. */
  close(): Promise<void>;
}

/** What a caller asks for. */
export interface AcquireOptions {
  fresh: boolean;
  /** The lowest number first; default 0. */
  priority?: number | undefined;
  signal: AbortSignal | undefined;
}

interface Waiter<Request, Session extends Lendable> {
  readonly request: Request;
  readonly key: string;
  readonly priority: number;
  readonly fresh: boolean;
  readonly lend: (pooled: PooledSession<Session>) => void;
  readonly fail: (error: unknown) => void;
  /** The session that is being opened for it. */
  opening: Opening<Session> | undefined;
  /** How many later callers of another key were served before it. */
  overtaken: number;
}

/** Makes a scheduler without sessions. */
export function createSessionScheduler<Request, Session extends Lendable>(
  options: SessionSchedulerOptions<Request, Session>,
): SessionScheduler<Request, Session> {
  const sessions = new Set<PooledSession<Session>>();
  const openings = new Set<Opening<Session>>();
  const waiters: Waiter<Request, Session>[] = [];
  let opened = 0;
  let closing = false;

  const isIdle = (pooled: PooledSession<Session>) => !pooled.busy && !pooled.retired && pooled.session.usable;
  const hasCapacity = () => sessions.size + openings.size < options.maxSessions;
  const longestIdle = () =>
    [...sessions]
      .filter(isIdle)
      .reduce<PooledSession<Session> | undefined>((a, b) => (a && a.idleSinceMs <= b.idleSinceMs ? a : b), undefined);

  function match(): void {
    for (const pooled of sessions) if (isIdle(pooled)) offer(pooled);
    for (const waiter of [...waiters]) {
      if (waiter.opening?.needsSlot) {
        const evicted = longestIdle();
        if (evicted !== undefined) waiter.opening.useSlot(evict(evicted));
      } else if (waiter.opening === undefined && !closing) {
        const evicted = hasCapacity() ? undefined : longestIdle();
        if (evicted === undefined && !hasCapacity()) return;
        open(waiter, evicted);
      }
    }
  }

  /**
   * Lends an idle session to the first caller of its key, unless a caller of another key has been overtaken as often as
   * there are sessions: then that caller may evict it.
   */
  function offer(pooled: PooledSession<Session>): void {
    const first = waiters.find(({ opening }) => opening === undefined || opening.needsSlot);
    if (first !== undefined && first.key !== pooled.key && first.overtaken >= sessions.size) return;
    const index = waiters.findIndex((waiter) => waiter.key === pooled.key && !waiter.fresh);
    const waiter = waiters[index];
    if (waiter === undefined) return;
    for (const passed of waiters.slice(0, index)) passed.overtaken += 1;
    lend(pooled, waiter);
  }

  function lend(pooled: PooledSession<Session>, waiter: Waiter<Request, Session>): void {
    waiters.splice(waiters.indexOf(waiter), 1);
    clearTimeout(pooled.idleTimer);
    pooled.busy = true;
    waiter.opening?.cancelUnlessConnecting();
    waiter.lend(pooled);
  }

  function open(waiter: Waiter<Request, Session>, evicted: PooledSession<Session> | undefined): void {
    const opening = beginOpening({
      slot: evicted === undefined ? undefined : evict(evicted),
      acquirePermit: (signal) => options.acquirePermit(waiter.request, signal),
      acquireSlot: options.acquireSlot,
      open: (signal, permit) => options.open(waiter.request, signal, permit),
      onNeedsSlot: match,
    });
    waiter.opening = opening;
    openings.add(opening);
    opening.done.then(
      ({ session, releaseSlot }) => {
        openings.delete(opening);
        const pooled = addSession(waiter.key, session, releaseSlot);
        if (waiters.includes(waiter)) lend(pooled, waiter);
        else makeIdle(pooled);
      },
      (error: unknown) => {
        openings.delete(opening);
        if (waiters.includes(waiter)) {
          waiters.splice(waiters.indexOf(waiter), 1);
          waiter.fail(error);
        }
        match();
      },
    );
  }

  function addSession(key: string, session: Session, releaseSlot: () => Promise<void>): PooledSession<Session> {
    const nowMs = performance.now();
    const pooled: PooledSession<Session> = {
      key,
      session,
      used: false,
      busy: true,
      retired: false,
      openedAtMs: nowMs,
      idleSinceMs: nowMs,
      idleTimer: undefined,
      releaseSlot: releaseSlot,
    };
    sessions.add(pooled);
    opened += 1;
    void session.closed.then(() => {
      clearTimeout(pooled.idleTimer);
      if (!sessions.delete(pooled)) return;
      // A slot that cannot be released now is released when its lease expires.
      pooled.releaseSlot().catch(() => undefined);
      match();
    });
    return pooled;
  }

  /** Closes an idle session for another one, which takes over its place here and, once it is closed, its slot. */
  async function evict(pooled: PooledSession<Session>): Promise<() => Promise<void>> {
    sessions.delete(pooled);
    await retire(pooled);
    return pooled.releaseSlot;
  }

  function retire(pooled: PooledSession<Session>): Promise<void> {
    clearTimeout(pooled.idleTimer);
    pooled.retired = true;
    return pooled.session.finish();
  }

  function makeIdle(pooled: PooledSession<Session>): void {
    pooled.busy = false;
    pooled.idleSinceMs = performance.now();
    if (!pooled.session.usable) return;
    if (closing || pooled.idleSinceMs - pooled.openedAtMs > options.maxAgeMs || options.takeReleaseRequest()) {
      void retire(pooled);
      return;
    }
    pooled.idleTimer = setTimeout(() => void retire(pooled), options.idleCloseMs);
    match();
  }

  return {
    acquire(request, { fresh, priority = 0, signal }) {
      return new Promise((resolve, reject) => {
        if (closing || signal?.aborted) return reject(interrupted('waiting for a session'));
        const onAbort = () => {
          waiters.splice(waiters.indexOf(waiter), 1);
          waiter.opening?.abort();
          waiter.fail(interrupted('waiting for a session'));
          match();
        };
        const settle = () => signal?.removeEventListener('abort', onAbort);
        const waiter: Waiter<Request, Session> = {
          request,
          key: options.keyOf(request),
          priority,
          fresh,
          opening: undefined,
          overtaken: 0,
          lend: (pooled) => {
            settle();
            resolve(pooled);
          },
          fail: (error) => {
            settle();
            reject(error);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        const next = waiters.findIndex((other) => other.priority > priority);
        waiters.splice(next === -1 ? waiters.length : next, 0, waiter);
        match();
      });
    },
    release(pooled) {
      pooled.used = true;
      makeIdle(pooled);
    },
    closeExcess() {
      for (let idle = longestIdle(); idle !== undefined && options.takeReleaseRequest(); idle = longestIdle())
        void retire(idle);
    },
    counts: () => ({
      open: sessions.size + openings.size,
      busy: [...sessions].filter((pooled) => pooled.busy).length,
      opened,
    }),
    async close() {
      closing = true;
      for (const waiter of waiters.splice(0)) {
        waiter.opening?.abort();
        waiter.fail(interrupted('waiting for a session'));
      }
      for (const pooled of sessions) if (isIdle(pooled)) void retire(pooled);
      while (sessions.size + openings.size > 0) {
        const closed = [...sessions].map((pooled) => pooled.session.closed);
        const underway = [...openings].map((opening) => opening.done);
        await Promise.allSettled([...closed, ...underway]);
      }
    },
  };
}
