/**
 * All speech of this process: a pool of sessions kept open by voice, lent to one segment at a time and discarded after
 * any error.
 *
 * The account's limits are acquired just before each handshake and each commit, because the service does not document
 * which of the two it counts. A throttle slows down all callers, not only the one that got it.
 */

import { PipelineError } from '../../errors.ts';
import type { RateLimiter, ReleaseToken, Semaphore } from '../../limits.ts';
import type { CallKey } from '../dashscope/api-key.ts';
import { createBreachWatch } from '../dashscope/breach-watch.ts';
import { createPermits } from '../dashscope/call-permits.ts';
import { createRamp } from '../dashscope/connection-ramp.ts';
import { modelUnknown } from '../dashscope/failures.ts';
import { announceAndLeave } from '../dashscope/leave.ts';
import { createModelWatch } from '../dashscope/model-watch.ts';
import { authorizationHeader } from '../dashscope/redact.ts';
import { createSessionScheduler, type PooledSession } from '../dashscope/session-scheduler.ts';
import { pauseOnlyLimiter, recordThrottles } from '../dashscope/throttle.ts';
import type { Speaker, SpeakListener, SpeakRequest, SpokenTake } from '../engine.ts';
import { LeftoverSpeech } from './commit-order.ts';
import { openSession, type Session } from './session.ts';
import { createTakeCompleteness } from './take-completeness.ts';
import { createTextSpacing } from './text-spacing.ts';

/** Options of the pool. */
export interface SessionPoolOptions {
  realtimeUrl: string;
  apiKey: string;
  /** The key of each handshake. Default: `apiKey`. Otherwise `apiKey` is only masked in messages. */
  callKey?: CallKey;
  /** Most sessions at once in this process; a few more than the segments in progress keep several voices open. */
  maxSessions: number;
  /** Slots for sessions at once over the whole account. */
  slots?: Semaphore;
  /** Rate limiter for the calls of the account, by model: one call per handshake and per commit. */
  limiter?: (model: string) => RateLimiter;
  /**
   * An idle session is closed after this time; below the service's own limit, which is believed to be 20 to 60 s.
   * Default 15,000.
   */
  idleCloseMs?: number;
  /** A session older than this is not lent again. Default ten minutes. */
  maxAgeMs?: number;
  /** Least interval between two handshakes; it grows while the service throttles. Default 25. */
  rampMs?: number;
  /** Default 15,000. */
  handshakeTimeoutMs?: number;
  /** Longest silence of the service while speech is due. Default 30,000. */
  idleTimeoutMs?: number;
  /** How long a session listens for more of a text, where some of it seems to be missing. Default 2,000. */
  listenMs?: number;
}

/** Makes a pool. Opens nothing yet. Throws `key-missing` or `key-refused` for a key that cannot be sent. */
export function createSessionPool(options: SessionPoolOptions): Speaker {
  authorizationHeader(options.apiKey);
  const ramp = createRamp(options.rampMs ?? 25);
  const unlimited = pauseOnlyLimiter();
  const limiterOf = options.limiter ?? (() => unlimited);
  const permits = createPermits(limiterOf);
  const throttles = recordThrottles(ramp, limiterOf);
  const spacing = createTextSpacing();
  const completeness = createTakeCompleteness();
  const watch = createModelWatch((model) => modelUnknown({ doing: 'speak', apiKey: options.apiKey, model }));
  const breaches = createBreachWatch();
  let spoken = 0;
  let commits = 0;

  const scheduler = createSessionScheduler<SpeakRequest, Session>({
    keyOf: ({ model, voiceId, languageType, sampleRateHz }) =>
      JSON.stringify([model, voiceId, languageType, sampleRateHz]),
    async acquirePermit({ model }, signal) {
      await ramp.wait(signal);
      return permits.forSession(model, signal);
    },
    async open(request, signal, { handshake, commit }) {
      const beganAtMs = performance.now();
      try {
        await handshake.depart?.(signal);
        const onLeftover = () => completeness.leftover(session, request.model);
        const session: Session = await openSession({ ...options, ...sessionOf(request), onLeftover, signal });
        permits.attach(session, request.model, commit);
        return session;
      } catch (error) {
        commit?.('not-sent');
        await throttles.record(error, request.model);
        throw await watch.judge(request.model, error, beganAtMs);
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

  async function speak(request: SpeakRequest, listener: SpeakListener, fresh = false): Promise<SpokenTake> {
    const { signal } = listener;
    const leave = await watch.enter(request.model, signal);
    try {
      return await speakInTurn(request, listener, fresh);
    } finally {
      leave();
    }
  }

  async function speakInTurn(request: SpeakRequest, listener: SpeakListener, fresh: boolean): Promise<SpokenTake> {
    const { signal, priority, onAudio, onCommit, onCall, onDoubt, isGood } = listener;
    const pooled = await scheduler.acquire(request, { fresh, priority, signal });
    let counted: ReleaseToken | undefined;
    let isSent = false;
    let wasDead = false;
    const beganAtMs = performance.now();
    try {
      counted = await permits.forCommit(pooled.session, request.model, signal);
      await spacing.wait(pooled, signal);
      wasDead = !pooled.session.usable;
      if (!wasDead) {
        breaches.enter(request.model);
        await announceAndLeave(onCommit, { counted, signal });
        commits += 1;
        onCall?.();
        isSent = true;
      }
      const { session } = pooled;
      const spokenTake = await session.speak({
        text: request.text,
        take: request.take,
        rest: (usage) => completeness.wish(request, usage),
        listenMs: options.listenMs,
        // A service that speaks has counted the commit.
        onAudio: (chunk) => {
          counted?.();
          watch.heard(request.model);
          return onAudio(chunk);
        },
        signal,
      });
      spoken += 1;
      ramp.speedUp();
      breaches.whole(request.model);
      const take = completeness.judge(request, spokenTake, { session, endedSession: !session.usable, onDoubt });
      if (isGood?.() === false) pooled.session.destroy();
      return take;
    } catch (error) {
      pooled.session.destroy();
      if (!wasDead && isUnanswered(error, pooled)) spacing.wasTooShort(pooled);
      await throttles.record(error, request.model);
      const gone = wasDead ? error : await watch.judge(request.model, error, beganAtMs);
      if (gone !== error) throw gone;
      if (isLeftover(error)) completeness.leftover(pooled.session, request.model);
      else if (isSent) breaches.broke(request.model, error);
      // A failure before our text was sent, and the rest of another one, have nothing to do with our text.
      if (fresh || !(wasDead || isLeftover(error) || (pooled.used && isUnanswered(error, pooled)))) throw error;
    } finally {
      counted?.(isSent ? undefined : 'not-sent');
      scheduler.release(pooled);
    }
    return speakInTurn(request, listener, true);
  }

  return {
    speak: (request, listener) => speak(request, listener, listener.fresh),
    stats: () => ({ ...scheduler.counts(), spoken, commits, throttled: throttles.count() }),
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

function isLeftover(error: unknown): boolean {
  return error instanceof LeftoverSpeech;
}

/** The session was lost before the service reacted to the text: nothing was spoken, and nothing is owed. */
function isUnanswered(error: unknown, { session }: PooledSession<Session>): boolean {
  return (
    error instanceof PipelineError &&
    (error.code === 'session-lost' || error.code === 'service-unreachable') &&
    !session.answered
  );
}
