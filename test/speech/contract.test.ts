import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import type { ServiceAddresses } from '../../src/config/service-addresses.ts';
import type { RateLimiter } from '../../src/limits.ts';
import { billedUnits, MODELS } from '../../src/models.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { createInferenceEngine } from '../../src/speech/dashscope-inference/engine.ts';
import { createRealtimeEngine } from '../../src/speech/dashscope-realtime/engine.ts';
import { openSession } from '../../src/speech/dashscope-realtime/session.ts';
import { createOpenAiSpeechEngine } from '../../src/speech/openai-speech/engine.ts';
import { ownServer } from '../../src/speech/openai-speech/options.ts';
import { identify } from '../../src/speech/openai-speech/server-identity.ts';
import { abilities, newGate, speechContract, type Target, type Terms } from './contract.ts';
import { MODEL } from './openai-speech/scripted.ts';

const ENROLMENT_PRICE_CNY = MODELS['qwen-tts-vc-realtime-2025-08-20']!.enrolment.priceCny;
const KEY = 'sk-simulated-0123456789';

type Place = Pick<ServiceAddresses, 'httpBaseUrl' | 'realtimeUrl' | 'inferenceUrl' | 'inferenceHttpUrl'>;
type PlacedTarget = Target & { at: Place; apiKey: string };

const realtime = (at: Place, apiKey: string, gate: RateLimiter) =>
  createRealtimeEngine({
    enrolment: { ...at, apiKey, limiter: gate },
    sessions: { ...at, apiKey, maxSessions: 1 },
  });
const inference = (at: Place, apiKey: string, gate: RateLimiter) =>
  createInferenceEngine({
    enrolment: { httpBaseUrl: at.inferenceHttpUrl, apiKey, limiter: gate },
    sessions: { ...at, apiKey, maxSessions: 1 },
  });

const FAMILY = { otherModelCode: 'voice-not-found', keepsVoices: true } as const;
const REALTIME: Terms = {
  ...FAMILY,
  can: abilities('qwen3-tts-vc-realtime-2026-01-15'),
  model: 'qwen3-tts-vc-realtime-2026-01-15',
  otherModel: 'qwen3-tts-vc-realtime-2025-11-27',
  preferredName: `contract_${process.pid % 100_000}`,
  missingVoice: 'qwen-tts-vc-nobody-voice-20250812105009984-838b',
};
const INFERENCE: Terms = {
  ...FAMILY,
  can: abilities('qwen-audio-3.0-tts-flash'),
  model: 'qwen-audio-3.0-tts-flash',
  otherModel: 'qwen-audio-3.1-tts-flash',
  preferredName: `c${process.pid % 100_000}`,
  missingVoice: 'qwen-audio-3.0-tts-flash-nobody-0123456789abcdef',
};

const ownServerTerms = (model: string): Terms => ({
  model,
  otherModel: 'no/such-model',
  otherModelCode: 'model-unknown',
  preferredName: 'contract',
  missingVoice: 'nobody',
  keepsVoices: false,
  can: { languageType: 'English', outputRateHz: 24_000, takesSeed: true, tellsWordTimes: false },
});

/** What the calls of the contract cost at the service, by the simulator's own count. */
const costsCny: number[] = [];

async function simulated(engineOf: typeof realtime): Promise<PlacedTarget> {
  const simulator = await startSimulator({ apiKeys: [KEY], voiceEngine: 'tones' });
  const at = { ...simulator, inferenceHttpUrl: simulator.httpBaseUrl };
  const gate = newGate();
  const close = async () => {
    const characters = [...simulator.spokenTexts()].reduce((sum, [text, times]) => sum + billedUnits(text) * times, 0);
    // As if each call had been a voice that was made; refused ones and lists are free.
    costsCny.push(simulator.metrics().enroll.calls * ENROLMENT_PRICE_CNY + characters / 10_000);
    await simulator.close();
  };
  return { at, apiKey: KEY, engine: (apiKey = KEY) => engineOf(at, apiKey, gate), simulated: true, close };
}

async function simulatedOwnServer(): Promise<Target> {
  const simulator = await startSimulator({ apiKeys: [KEY], voiceEngine: 'tones' });
  const engine = (apiKey = KEY) =>
    createOpenAiSpeechEngine({ url: simulator.openaiSpeechUrl, apiKey, profile: 'vllm-omni', simulated: true });
  return { engine, simulated: true, close: () => simulator.close() };
}

/** Only the first family leaves the cutting of a whole text to the service. */
function serverCommit(opened: () => { target: PlacedTarget; voiceId: string }): void {
  test('server_commit mode: all of the text is spoken before the session is finished', async () => {
    const { target, voiceId } = opened();
    const session = await openSession({
      ...target.at,
      apiKey: target.apiKey,
      model: REALTIME.model,
      settings: {
        voice: voiceId,
        language_type: 'English',
        response_format: 'pcm',
        sample_rate: 24_000,
        mode: 'server_commit',
      },
    });
    const spoken = await session.speakAll({ texts: ['The wind rose. ', 'Nobody slept.'], onAudio: () => undefined });
    expect(spoken.responses.length).toBeGreaterThan(0);
    expect(spoken.byteLength / 48_000).toBeGreaterThan(0.8);
  });
}

describe('at the simulator', () => {
  speechContract('the first family', { open: () => simulated(realtime), terms: REALTIME, further: serverCommit });
  speechContract('its successor', { open: () => simulated(inference), terms: INFERENCE });
  speechContract("one's own server", { open: simulatedOwnServer, terms: ownServerTerms(MODEL) });

  afterAll(() => {
    // The contract must stay cheap at the service.
    expect(costsCny).toHaveLength(2);
    expect(costsCny[0]).toBeGreaterThan(ENROLMENT_PRICE_CNY);
    for (const costCny of costsCny) expect(costCny).toBeLessThan(0.12);
  });
});

const { apiKey, ownServer: own, ...at } = readConfig({});

if (apiKey === undefined) {
  test.skip('the speech contract, live service: skipped, because DASHSCOPE_API_KEY is not set', () => undefined);
  process.stdout.write('Live speech contract skipped: DASHSCOPE_API_KEY is not set.\n');
} else {
  const live = async (engineOf: typeof realtime): Promise<PlacedTarget> => {
    const gate = newGate();
    const engine = (key = apiKey) => engineOf(at, key, gate);
    return { at, apiKey, engine, simulated: false, close: async () => undefined };
  };
  speechContract('live service, the first family', {
    open: () => live(realtime),
    terms: REALTIME,
    further: serverCommit,
  });
  speechContract('live service, its successor', { open: () => live(inference), terms: INFERENCE });
}

if (own.url === undefined) {
  test.skip("the speech contract, one's own server: skipped, because PIPELINE_SPEECH_URL is not set", () => undefined);
} else {
  const options = { url: own.url, apiKey: own.key, profile: own.profile };
  const { models = [], simulated } = await identify(ownServer(options), { timeoutMs: 10_000 });
  const engine = (apiKey = own.key) => createOpenAiSpeechEngine({ ...options, apiKey, simulated });
  speechContract("one's own server, live", {
    open: async () => ({ engine, simulated, close: async () => undefined }),
    terms: ownServerTerms(models[0]?.id ?? MODEL),
  });
}
