/**
 * All speech of this process: sessions kept open by voice, lent to one segment at a time, thrown away after any error.
 *
 * The account's limits are asked for at the last moment before a handshake and before a commit, because the service does
 * not say which of the two it counts. A throttle slows everybody, not just the caller.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import type { RateLimiter, Semaphore } from '../../limits.ts';
import type { CallKey } from './api-key.ts';
import { createPermits, type MarkCounted } from './call-permits.ts';
import { createRamp } from './connection-ramp.ts';
import { authorizationHeader } from './redact.ts';
import { type AudioSink, openSession, type SpokenTake } from './session.ts';
import { createSessionScheduler, type PooledSession } from './session-scheduler.ts';
import { createTextSpacing } from './text-spacing.ts';

/** What to say and how. */
export interface SpeakRequest {
  model: string;
  /** The service's id of an enrolled voice. */
  voiceId: string;
  /** `English`, `Chinese`, …, or `Auto`. */
  languageType: string;
  sampleRateHz: number;
  /** Not empty. */
  text: string;
}

/** Who listens. */
export interface SpeakListener {
  /** Gets the pieces of speech in order; a returned promise holds the service back until it settles. */
  onAudio: AudioSink;
  /**
   * Called before each commit that is sent: what counts as a call of the kind `synthesize`. It is waited for, and when it
   * rejects nothing is sent.
   */
  onCommit?: () => void | Promise<void>;
  signal?: AbortSignal;
  /** Who waits for a session with the lowest place is served first; default 0. */
  priority?: number | undefined;
  /** Asks for a newly opened session. Default: any. */
  fresh?: boolean;
  /** Asked when all has arrived; false throws the session away, as one that has spoken badly may do so again. */
  isGood?: () => boolean;
}

/** What the pool has done and is doing. */
export interface PoolStats {
  /** Sessions open or being opened. */
  open: number;
  /** Sessions lent to a segment. */
  busy: number;
  /** Sessions opened since the start. */
  opened: number;
  /** Takes that came in whole. */
  spoken: number;
  /** Commits sent, the failed ones included. */
  commits: number;
  /** Throttle answers. */
  throttled: number;
}

/** Speaks segments over as many sessions as are allowed. */
export interface SessionPool {
  /**
   * Speaks one segment. Rejects with a PipelineError that says whether to try again: audio handed out until then must be
   * thrown away. A session that had died while idle is replaced without the caller noticing.
   */
  speak(request: SpeakRequest, listener: SpeakListener): Promise<SpokenTake>;
  stats(): PoolStats;
  /** Takes no more work, waits for what is being spoken, closes all sessions. Abort the callers' signals to hurry it. */
  close(): Promise<void>;
}

/** How to make a pool. */
export interface SessionPoolOptions {
  realtimeUrl: string;
  apiKey: string;
  /** The key of each handshake; default: `apiKey` itself, which is otherwise only masked in messages. */
  callKey?: CallKey;
  /** Most sessions at once in this process; a few more than the lanes of work keep several voices open. */
  maxSessions: number;
  /** Sessions at once over the whole account. */
  slots?: Semaphore;
  /** Calls a minute of the account by model, counted per handshake and per commit. */
  limiter?: (model: string) => RateLimiter;
  /** An idle session is closed after this; below the service's own limit, which is believed to be 20 to 60 s. Default 15,000. */
  idleCloseMs?: number;
  /** A session this old is not lent again. Default ten minutes. */
  maxAgeMs?: number;
  /** Least distance between two handshakes; grows while the service throttles. Default 25. */
  rampMs?: number;
  /** Default 15,000. */
  handshakeTimeoutMs?: number;
  /** Longest silence of the service while speech is due. Default 30,000. */
  idleTimeoutMs?: number;
}

/** Makes a pool. Opens nothing yet; throws `key-missing` or `key-refused` for a key that can not be sent. */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  authorizationHeader(options.apiKey);
  const ramp = createRamp(options.rampMs ?? 25);
  const unlimited = pauseOnlyLimiter();
  const limiterOf = options.limiter ?? (() => unlimited);
  const permits = createPermits(limiterOf);
  const spacing = createTextSpacing();
  let spoken = 0;
  let commits = 0;
  let throttled = 0;

  const scheduler = createSessionScheduler<SpeakRequest>({
    keyOf: ({ model, voiceId, languageType, sampleRateHz }) =>
      JSON.stringify([model, voiceId, languageType, sampleRateHz]),
    async acquirePermit({ model }, signal) {
      await ramp.wait(signal);
      return permits.forSession(model, signal);
    },
    async open(request, signal, { handshake, commit }) {
      try {
        const session = await openSession({ ...options, ...sessionOf(request), signal });
        permits.attach(session, commit);
        return session;
      } catch (error) {
        commit?.();
        await recordThrottle(error, request.model);
        throw error;
      } finally {
        handshake();
      }
    },
    acquireSlot: async (signal) => (await options.slots?.acquire(signal)) ?? (async () => undefined),
    takeReleaseRequest: () => options.slots?.takeReleaseRequest() ?? false,
    maxSessions: options.maxSessions,
    idleCloseMs: options.idleCloseMs ?? 15_000,
    maxAgeMs: options.maxAgeMs ?? 600_000,
  });
  options.slots?.onReleaseRequest(() => scheduler.closeExcess());

  async function recordThrottle(error: unknown, model: string): Promise<void> {
    if (!(error instanceof PipelineError) || error.code !== 'throttled') return;
    throttled += 1;
    const pauseMs = typeof error.retry === 'object' ? error.retry.afterMs : 1_000;
    ramp.slowDown(pauseMs);
    // If the account can not be told, this process has at least slowed down, and the throttle is what the caller hears.
    await limiterOf(model)
      .pauseFor(pauseMs)
      .catch(() => undefined);
  }

  async function speak(request: SpeakRequest, listener: SpeakListener, fresh = false): Promise<SpokenTake> {
    const { signal, priority, onAudio, onCommit, isGood } = listener;
    const pooled = await scheduler.acquire(request, { fresh, priority, signal });
    let counted: MarkCounted | undefined;
    let wasDead = false;
    try {
      counted = await permits.forCommit(pooled.session, request.model, signal);
      await spacing.wait(pooled, signal);
      wasDead = !pooled.session.usable;
      if (!wasDead) {
        await onCommit?.();
        commits += 1;
      }
      const take = await pooled.session.speak({
        text: request.text,
        // Who speaks has counted the commit.
        onAudio: (chunk) => {
          counted?.();
          return onAudio(chunk);
        },
        signal,
      });
      spoken += 1;
      ramp.speedUp();
      if (isGood?.() === false) pooled.session.destroy();
      return take;
    } catch (error) {
      pooled.session.destroy();
      if (!wasDead && isUnanswered(error, pooled)) spacing.wasTooShort(pooled);
      await recordThrottle(error, request.model);
      // Whatever ended it before our text was sent was not about our text.
      if (fresh || !(wasDead || (pooled.used && isUnanswered(error, pooled)))) throw error;
    } finally {
      counted?.();
      scheduler.release(pooled);
    }
    return speak(request, listener, true);
  }

  return {
    speak: (request, listener) => speak(request, listener, listener.fresh),
    stats: () => ({ ...scheduler.counts(), spoken, commits, throttled }),
    close: () => scheduler.close(),
  };
}

function sessionOf({ model, voiceId, languageType, sampleRateHz }: SpeakRequest) {
  return {
    model,
    settings: {
      voice: voiceId,
      mode: 'commit',
      language_type: languageType,
      response_format: 'pcm',
      sample_rate: sampleRateHz,
    },
  } as const;
}

/** The session was lost and the service has not reacted to the text: nothing was spoken, and nothing is owed. */
function isUnanswered(error: unknown, { session }: PooledSession): boolean {
  return (
    error instanceof PipelineError &&
    (error.code === 'session-lost' || error.code === 'service-unreachable') &&
    !session.answered
  );
}

/** A gate without a rate: open, but a throttle still holds everybody in this process back. */
function pauseOnlyLimiter(): RateLimiter {
  let untilMs = 0;
  return {
    async acquire(signal) {
      for (let waitMs = untilMs - performance.now(); waitMs > 0; waitMs = untilMs - performance.now()) {
        await sleep(waitMs, undefined, { signal }).catch(() => {
          throw interrupted('waiting out a throttle');
        });
      }
      if (signal?.aborted) throw interrupted('waiting for the service');
      return () => undefined;
    },
    async pauseFor(ms) {
      untilMs = Math.max(untilMs, performance.now() + ms);
    },
  };
}
