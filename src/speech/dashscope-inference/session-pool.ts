/**
 * All speech of this process: a pool of connections, lent to one text at a time, whatever its voice and model, and
 * discarded after any error.
 *
 * A task is one call within the account's limits of its model. Handshakes are paced but not counted: nothing says that
 * the service counts them. A throttle slows down all callers, not only the one that got it.
 */

import { PipelineError } from '../../errors.ts';
import type { RateLimiter, ReleaseToken, Semaphore } from '../../limits.ts';
import { createBreachWatch } from '../dashscope/breach-watch.ts';
import { createPermits } from '../dashscope/call-permits.ts';
import { isModelListed } from '../dashscope/catalog.ts';
import { createRamp } from '../dashscope/connection-ramp.ts';
import { createCountHabits } from '../dashscope/count-habits.ts';
import { modelUnknown } from '../dashscope/failures.ts';
import { announceAndLeave } from '../dashscope/leave.ts';
import { createModelWatch } from '../dashscope/model-watch.ts';
import { authorizationHeader } from '../dashscope/redact.ts';
import { createSessionScheduler } from '../dashscope/session-scheduler.ts';
import { pauseOnlyLimiter, recordThrottles } from '../dashscope/throttle.ts';
import type { Speaker, SpeakListener, SpeakRequest, SpokenTake } from '../engine.ts';
import type { VoiceClient } from './enrolment.ts';
import { ELSEWHERE_RETRY_MS, type FailedTask, recoveryOf, wordTimesAsked } from './recovery.ts';
import { type OpenTaskSessionOptions, openTaskSession, type TaskSession } from './session.ts';
import { tellsWords } from './task-messages.ts';

/** Options of the pool. */
export interface TaskPoolOptions extends OpenTaskSessionOptions {
  /** HTTP API of the service, where its list of models is; without it, silence is judged without asking. */
  inferenceHttpUrl?: string;
  /** Most connections at once in this process. */
  maxSessions: number;
  /** Slots for connections at once over the whole account. */
  slots?: Semaphore;
  /** Rate limiter for the calls of the account, by model: one call per task. */
  limiter?: (model: string) => RateLimiter;
  /** An idle connection is closed after this time; the service does so after 60 s. Default 40,000. */
  idleCloseMs?: number;
  /** A connection older than this is not lent again. Default ten minutes. */
  maxAgeMs?: number;
  /** Least interval between two handshakes; it grows while the service throttles. Default 25. */
  rampMs?: number;
  /** Waits before a text is sent again after the engine's error 411. Default 3 and 8 s. */
  elsewhereRetryMs?: readonly number[];
}

/**
 * Makes a pool. Opens nothing yet. `deployed` asks for a voice that the service says it does not have. Throws
 * `key-missing` or `key-refused` for a key that cannot be sent.
 */
export function createTaskPool(options: TaskPoolOptions, deployed?: VoiceClient['deployed']): Speaker {
  authorizationHeader(options.apiKey);
  const { elsewhereRetryMs = ELSEWHERE_RETRY_MS } = options;
  const ramp = createRamp(options.rampMs ?? 25);
  const unlimited = pauseOnlyLimiter();
  const limiterOf = options.limiter ?? (() => unlimited);
  const permits = createPermits(limiterOf, 'free');
  const throttles = recordThrottles(ramp, limiterOf);
  const words = wordTimesAsked(tellsWords);
  const counts = createCountHabits();
  const refuse = (model: string) => modelUnknown({ doing: 'speak', apiKey: options.apiKey, model });
  const { inferenceHttpUrl: httpUrl, apiKey } = options;
  const isListed = httpUrl === undefined ? undefined : (model: string) => isModelListed({ httpUrl, apiKey, model });
  const watch = createModelWatch(refuse, { countsStalls: true, isListed });
  const breaches = createBreachWatch();
  let spoken = 0;
  let commits = 0;

  const scheduler = createSessionScheduler<SpeakRequest, TaskSession>({
    // Any connection can speak any text.
    keyOf: () => '',
    async acquirePermit({ model }, signal) {
      await ramp.wait(signal);
      return permits.forSession(model, signal);
    },
    async open({ model }, signal, { commit }) {
      try {
        const session = await openTaskSession({ ...options, model, signal });
        permits.attach(session, model, commit);
        return session;
      } catch (error) {
        commit?.('not-sent');
        await throttles.record(error, model);
        throw error;
      }
    },
    acquireSlot: async (signal) => (await options.slots?.acquire(signal)) ?? (async () => undefined),
    takeReleaseRequest: () => options.slots?.takeReleaseRequest() ?? false,
    maxSessions: options.maxSessions,
    idleCloseMs: options.idleCloseMs ?? 40_000,
    maxAgeMs: options.maxAgeMs ?? 600_000,
  });
  options.slots?.onReleaseRequest(() => scheduler.closeExcess());

  async function attempt(
    request: SpeakRequest,
    listener: SpeakListener,
    fresh: boolean,
  ): Promise<SpokenTake | FailedTask> {
    const { signal, priority, onAudio, onCommit, onCall, isGood } = listener;
    const { model } = request;
    const pooled = await scheduler.acquire(request, { fresh, priority, signal });
    const { session } = pooled;
    let counted: ReleaseToken | undefined;
    let wasDead = false;
    let sentAtMs: number | undefined;
    try {
      counted = await permits.forCommit(session, model, signal);
      wasDead = !session.usable;
      const wantsWords = words.wanted(model);
      const begin = (): Promise<void> => {
        if (sentAtMs === undefined) {
          sentAtMs = performance.now();
          commits += 1;
          onCall?.();
        }
        return session.begin(request, { signal, wantsWords });
      };
      if (!wasDead) {
        breaches.enter(model);
        await announceAndLeave(onCommit, { counted, prepare: begin, signal });
      }
      sentAtMs ??= performance.now();
      const take = await session.speak(request, {
        // A service that speaks has counted the call.
        onAudio: (chunk) => {
          counted?.();
          watch.heard(model);
          return onAudio(chunk);
        },
        signal,
        wantsWords,
      });
      spoken += 1;
      ramp.speedUp();
      breaches.whole(model);
      watch.heard(model);
      const { usage } = take;
      const shortCount = counts.learn({ model, text: request.text, usage }, (doubt) => listener.onDoubt?.(doubt));
      if (isGood?.() === false || shortCount !== undefined) session.destroy();
      return { ...take, ...(shortCount && { shortCount }) };
    } catch (error) {
      const { progress } = session;
      session.destroy();
      await throttles.record(error, model);
      if (sentAtMs !== undefined && !wasDead) breaches.broke(model, error);
      // Before its text is sent, a connection tells of an earlier task.
      if (sentAtMs === undefined) return { error, heard: false, wasStale: false, refusal: undefined };
      const { started, answered, heard, refusal } = progress;
      if (answered) watch.heard(model);
      const judged = started || isOfModel(error) ? await watch.judge(model, error, sentAtMs) : error;
      if (judged !== error) throw judged;
      // A failure before our text was sent has nothing to do with our text.
      return { error, heard, wasStale: wasDead || (pooled.used && !started && isLost(error)), refusal };
    } finally {
      counted?.(sentAtMs === undefined || wasDead ? 'not-sent' : undefined);
      scheduler.release(pooled);
    }
  }

  return {
    async speak(request, listener) {
      const { signal, onVoiceCall: onCall } = listener;
      const recovery = recoveryOf(request, { deployed, elsewhereRetryMs, words, signal, onCall });
      const leave = await watch.enter(request.model, signal);
      try {
        for (let fresh = listener.fresh ?? false; ; fresh = true) {
          const outcome = await attempt(request, listener, fresh);
          if (!('error' in outcome)) return outcome;
          if (!(await recovery.mayHelp(outcome))) throw outcome.error;
        }
      } finally {
        leave();
      }
    },
    stats: () => ({ ...scheduler.counts(), spoken, commits, throttled: throttles.count() }),
    close: () => scheduler.close(),
  };
}

/** The service says that it does not have the model. */
function isOfModel(error: unknown): boolean {
  return error instanceof PipelineError && error.code === 'model-unknown';
}

/** The connection broke, without a word on why. */
function isLost(error: unknown): boolean {
  return error instanceof PipelineError && (error.code === 'session-lost' || error.code === 'service-unreachable');
}
