/** The engine that a bench speaks with: `BENCH_ENGINE=dashscope-inference npm run bench clientCpu`. */
import { readFile } from 'node:fs/promises';
import type { RateLimiter } from '../../src/limits.ts';
import type { EnrolmentTerms } from '../../src/models/model.ts';
import type { Limits } from '../../src/queue/limits/limits.ts';
import { FAULTS, type FaultKind } from '../../src/simulator/faults.ts';
import { createInferenceEngine } from '../../src/speech/dashscope-inference/engine.ts';
import { createVoiceClient } from '../../src/speech/dashscope-inference/enrolment.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import type { EnrolmentClient, Speaker, SpeakRequest } from '../../src/speech/engine.ts';
import { createOpenAiSpeechEngine } from '../../src/speech/openai-speech/engine.ts';
import { engineOf } from '../chaos/engines.ts';

/** The first family unless told otherwise. */
export const ENGINE = engineOf(process.env['BENCH_ENGINE'] ?? 'dashscope-realtime');

/** Lines of a manifest; the first family's books name none. */
export const ENGINE_LINES = ENGINE.name === 'dashscope-realtime' ? '' : `${ENGINE.manifest}\n`;

/** A speaker of the engine and a voice for it, at the simulator on this port; with `limits`, within those of an account. */
export async function openSpeaker(
  port: number,
  { maxSessions, model: wanted, limits }: { maxSessions: number; model?: string; limits?: Limits },
): Promise<{ speaker: Speaker; request: Omit<SpeakRequest, 'text'> }> {
  const host = `127.0.0.1:${port}`;
  const of = { languageType: 'English', sampleRateHz: 24_000 };
  const within = limits === undefined ? {} : { limiter: limits.callLimiter, slots: limits.sessionSlots };
  const keys = { apiKey: 'bench', httpBaseUrl: `http://${host}/api/v1` };
  switch (ENGINE.name) {
    case 'dashscope-realtime': {
      const realtimeUrl = `ws://${host}/api-ws/v1/realtime`;
      const voiceId = 'qwen-tts-vc-bench-voice-20250812105009984-838b';
      const speaker = createSessionPool({ realtimeUrl, apiKey: 'bench', maxSessions, ...within });
      return { speaker, request: { ...of, model: wanted ?? 'qwen-tts-vc-realtime-2025-08-20', voiceId } };
    }
    case 'dashscope-inference': {
      const sessions = { apiKey: 'bench', inferenceUrl: `ws://${host}/api-ws/v1/inference`, maxSessions, ...within };
      const limiter = limits?.enrollLimiter('voice-enrollment') ?? {
        acquire: async () => () => undefined,
        pauseFor: async () => undefined,
      };
      const { speaker, enrolment } = createInferenceEngine({ enrolment: { ...keys, limiter }, sessions });
      const model = wanted ?? 'qwen-audio-3.0-tts-flash';
      const audio = { bytes: await readFile('manifests/hello/voices/narrator.wav'), mediaType: 'audio/wav' };
      const { voiceId } = await enrolment.create({ model, preferredName: 'bench', audio });
      return { speaker, request: { ...of, languageType: 'en', model, voiceId } };
    }
    case 'openai-speech': {
      const url = `http://${host}/v1`;
      const { speaker } = createOpenAiSpeechEngine({ url, profile: 'vllm-omni', maxCalls: maxSessions, ...within });
      return { speaker, request: { ...of, model: wanted ?? 'Qwen/Qwen3-TTS-12Hz-1.7B-Base', voiceId: 'vivian' } };
    }
  }
}

const ONLY_INFERENCE: readonly FaultKind[] = ['lost-sentence', 'foreign-events', 'foreign-frames', 'late-frames'];
/** These are no passing trouble: the run ends, or the line is given up. */
const ENDS: readonly FaultKind[] = ['speech-redirect', 'speech-model-swap', 'speech-no-done'];

/** The enrolment client of the engine, within the account's limits; undefined where nothing is enrolled. */
export function openEnrolment(
  { httpBaseUrl, apiKey }: { httpBaseUrl: string; apiKey: string },
  limiterOf: (service: EnrolmentTerms['service']) => RateLimiter,
): { enrolment: EnrolmentClient; model: string } | undefined {
  const at = { httpBaseUrl, apiKey };
  switch (ENGINE.name) {
    case 'dashscope-realtime': {
      const enrolment = createEnrolmentClient({ ...at, limiter: limiterOf('qwen-voice-enrollment') });
      return { enrolment, model: 'qwen-tts-vc-realtime-2025-08-20' };
    }
    case 'dashscope-inference': {
      const enrolment = createVoiceClient({ ...at, limiter: limiterOf('voice-enrollment') });
      return { enrolment, model: 'qwen-audio-3.0-tts-flash' };
    }
    case 'openai-speech':
      return undefined;
  }
}

/** Whether a fault can strike this engine, and passes. */
export function strikes(kind: FaultKind): boolean {
  const place = FAULTS[kind];
  if (ENGINE.name === 'openai-speech')
    return (place === 'speech-call' || place === 'response') && ![...ONLY_INFERENCE, ...ENDS].includes(kind);
  if (place === 'speech-call') return false;
  return ENGINE.name === 'dashscope-inference' || (place !== 'run-task' && !ONLY_INFERENCE.includes(kind));
}
