/** Speaks texts at one's own server: a call for each, one at a time unless told otherwise. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BYTES_PER_SAMPLE } from '../../audio/pcm.ts';
import { interrupted, PipelineError } from '../../errors.ts';
import { announceAndLeave } from '../dashscope/leave.ts';
import {
  SilentResponse,
  type Speaker,
  type SpeakListener,
  type SpeakRequest,
  type SpokenSample,
  type SpokenTake,
} from '../engine.ts';
import type { CrispVoices } from './crisp-voices.ts';
import { unfit } from './failures.ts';
import { hostOf } from './http.ts';
import type { OpenAiSpeechOptions } from './options.ts';
import type { PaceWatch } from './pace-watch.ts';
import { createPrioritySemaphore } from './priority-semaphore.ts';
import { type SampleProof, sampleIgnored } from './sample-proof.ts';
import type { IdentityWatch } from './server-identity.ts';
import type { SpeechCaller } from './speech-call.ts';
import { isSampleVoice } from './voice-id.ts';

/** Makes a speaker. Sends nothing. */
export function createOwnSpeaker(
  options: OpenAiSpeechOptions,
  {
    caller,
    proof,
    pace,
    identity,
    crisp,
  }: { caller: SpeechCaller; proof: SampleProof; pace: PaceWatch; identity: IdentityWatch; crisp: CrispVoices },
): Speaker {
  const places = createPrioritySemaphore(options.maxCalls ?? 1);
  const { server } = caller;
  let opened = 0;
  let spoken = 0;
  let commits = 0;
  let throttled = 0;
  let pausedUntilMs = 0;

  async function speak(request: SpeakRequest, listener: SpeakListener): Promise<SpokenTake> {
    const { signal } = listener;
    const { model, voiceId, languageType, sampleRateHz, text, seed } = request;
    const sample = await sampleOf(request);
    await identity.before(model, signal);
    if (sample === undefined && isSampleVoice(voiceId)) await crisp.ensure(voiceId, signal);
    const voice = sample === undefined ? { name: voiceId } : { sample };
    const paced = { model, voice, voiceId, text, languageType, sampleRateHz };
    // A call that waits for the proof of another has a place of its own among the calls: it measures the pace meanwhile.
    const measuring = sample !== undefined && proof.isUnderWay(model) ? pace.ensure(paced, signal) : undefined;
    // A server that fails the proof is told as such, whatever its pace.
    measuring?.catch(() => undefined);
    if (sample !== undefined) await proof.ensure({ model, sample, sampleRateHz, first: pace.first(paced), signal });
    await (measuring ?? pace.ensure(paced, signal));
    await waitOutPause(signal);
    const counted = await options.limiter?.(model).acquire(signal);
    try {
      const speech = await caller.speak(
        { model, text, languageType, seed, voice },
        {
          sampleRateHz,
          signal,
          onAudio: listener.onAudio,
          onSend: async (prepare) => {
            await announceAndLeave(listener.onCommit, { counted: undefined, prepare, signal });
            commits += 1;
            listener.onCall?.();
            opened += 1;
          },
        },
      );
      if (sample?.transcript !== undefined && speech.sampleTokens === 0) throw sampleIgnored(caller);
      await identity.after(model, signal);
      const heard = { model, voiceId, text, seconds: speech.byteLength / BYTES_PER_SAMPLE / sampleRateHz };
      const problem = pace.judge(heard);
      if (problem !== undefined) throw new SilentResponse(speech.usage, problem);
      spoken += 1;
      if (listener.isGood?.() !== false) pace.learn(heard);
      const { byteLength, requestId, usage, words, simulated } = speech;
      return {
        sessionId: hostOf(server),
        responseId: requestId,
        usage,
        byteLength,
        simulated,
        ...(seed !== undefined && server.profile !== 'openai-strict' && { seed }),
        ...(words !== undefined && { words }),
      };
    } catch (error) {
      await recordThrottle(error, model);
      throw error;
    } finally {
      counted?.();
    }
  }

  async function recordThrottle(error: unknown, model: string): Promise<void> {
    if (!(error instanceof PipelineError) || error.code !== 'throttled') return;
    throttled += 1;
    const pauseMs = typeof error.retry === 'object' ? error.retry.afterMs : 1_000;
    pausedUntilMs = Math.max(pausedUntilMs, performance.now() + pauseMs);
    // If the pause cannot be shared with other machines, this process at least keeps it.
    await options
      .limiter?.(model)
      .pauseFor(pauseMs)
      .catch(() => undefined);
  }

  async function waitOutPause(signal: AbortSignal | undefined): Promise<void> {
    const waitMs = pausedUntilMs - performance.now();
    if (waitMs <= 0) return;
    await sleep(waitMs, undefined, { ...(signal && { signal }) }).catch(() => {
      throw interrupted('waiting out a throttle');
    });
  }

  async function sampleOf({ voiceId, sample }: SpeakRequest): Promise<SpokenSample | undefined> {
    // CrispASR has the recording already.
    if (!isSampleVoice(voiceId) || server.profile === 'crispasr') return undefined;
    if (sample === undefined || server.profile !== 'vllm-omni')
      throw unfit(
        `The voice ${voiceId} is a sample, but none came with the text. Name it with "sample:" in the manifest.`,
      );
    return sample();
  }

  return {
    async speak(request, listener) {
      const { signal, priority = 0 } = listener;
      const leave = await places.take({ priority, signal });
      let release: (() => Promise<void>) | undefined;
      try {
        release = await options.slots?.acquire(signal);
        return await speak(request, listener);
      } finally {
        leave();
        // A slot that cannot be released now is released when its lease expires.
        await release?.().catch(() => undefined);
      }
    },
    stats: () => ({ open: places.busy(), busy: places.busy(), opened, spoken, commits, throttled }),
    async close() {
      proof.close();
      pace.close();
      await places.close();
    },
  };
}
