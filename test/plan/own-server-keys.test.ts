/** The keys of steps for one's own server: apart from all others, by profile, and without the address. */
import { expect, it } from 'vitest';
import { ownAccount } from '../../src/account.ts';
import { readConfig } from '../../src/config/config.ts';
import { modelOf } from '../../src/models.ts';
import { plannedSeed, seedOfTry, takeKey, voiceKey } from '../../src/plan/keys.ts';
import { manifestWith, read } from '../manifest/read.ts';

const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';

it('tells engine and profile apart, also for a model with the name of one in the table', () => {
  const engines = [{}, ...['vllm-omni', 'crispasr'].map((profile) => ({ engine: 'openai-speech' as const, profile }))];
  const voices = engines.map((by) => voiceKey({ sampleDigest: 'a', model: MODEL, ...by }));
  const sound = { voice: { voiceId: 'v' }, model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: 'A.' };
  const takes = engines.map((by) => takeKey({ ...sound, ...by }, 'own'));
  expect(new Set(voices).size).toBe(3);
  expect(new Set(takes).size).toBe(3);
  expect(takeKey(sound, 'own')).not.toBe(takeKey(sound, 'local'));
});

it('has an account by host, key and realm, and nothing of the key in it', () => {
  const url = 'http://gpu:8000/v1';
  const real = ownAccount({ url, key: 'Zebra', profile: 'vllm-omni', simulated: false });
  const simulated = ownAccount({ url, key: 'Zebra', profile: 'vllm-omni', simulated: true });
  expect(real).toMatchObject({
    realm: 'own',
    profile: 'vllm-omni',
    id: expect.stringMatching(/^own-gpu-[0-9a-f]{12}$/),
  });
  expect(simulated.realm).toBe('local');
  expect(simulated.id).not.toBe(real.id);
  expect(ownAccount({ url, profile: 'vllm-omni', simulated: false }).id).not.toBe(real.id);
});

it('lets a manifest name the engine and any model, and never an address', () => {
  const own = read(manifestWith({ rest: 'engine: openai-speech\nmodel: Qwen/Any' }));
  expect(own.diagnostics).toEqual([]);
  expect(own.manifest).toMatchObject({ engine: 'openai-speech', model: 'Qwen/Any' });
  const codes = (more: string) => read(manifestWith({ rest: more })).diagnostics.map(({ code }) => code);
  expect(codes('engine: openai-speech')).toEqual(['missing-model']);
  expect(codes('model: Qwen/Any')).toEqual(['unknown-model']);
  expect(codes('engine: dashscope-realtime\nmodel: Qwen/Any')).not.toEqual([]);
  for (const field of ['url', 'engineUrl', 'server', 'baseUrl'])
    expect(codes(`engine: openai-speech\nmodel: Qwen/Any\n${field}: http://evil.example`)).toEqual(['unknown-field']);
});

it('knows the row of any model, and languages by their English names', () => {
  const row = modelOf({ engine: 'openai-speech', model: MODEL });
  expect(row).toMatchObject({ id: MODEL, engine: 'openai-speech', price: null, maxSegmentUnits: 300 });
  expect(row?.languages).toMatchObject({ zh: 'Chinese', en: 'English', it: 'Italian' });
  expect(modelOf({ model: 'Qwen/Any' })).toBeUndefined();
  expect(modelOf({ model: 'constructor' })).toBeUndefined();
});

it('reads its settings; one call at a time unless told otherwise', () => {
  const of = (env: NodeJS.ProcessEnv, flags = {}) => readConfig(flags, env).ownServer;
  expect(of({})).toMatchObject({ url: undefined, key: undefined, profile: 'vllm-omni', callsAtOnce: 1 });
  expect(of({ PIPELINE_SPEECH_SESSIONS: '4' }).callsAtOnce).toBe(4);
  expect(of({ PIPELINE_SPEECH_SESSIONS: '4' }, { sessions: 2 }).callsAtOnce).toBe(2);
  expect(of({ PIPELINE_SPEECH_URL: 'http://h:8000/v1/' }).url).toBe('http://h:8000/v1');
  expect(() => of({ PIPELINE_SPEECH_URL: 'ws://h' })).toThrow(/PIPELINE_SPEECH_URL/);
  expect(() => of({ PIPELINE_SPEECH_URL: 'http://u:p@h/v1' })).toThrow(/password/);
  expect(() => of({ PIPELINE_SPEECH_PROFILE: 'x' })).toThrow(/vllm-omni/);
});

it('plans seeds that every engine takes, 1 to 65,535, also for the tries after a doubt', () => {
  for (let at = 0; at < 2_000; at++) {
    const planned = plannedSeed({ text: `Line ${at}.`, ...(at % 3 === 0 && { retake: at }) });
    for (const tries of [0, 1, 2, 65_534, 65_535]) {
      const seed = seedOfTry(planned, tries);
      expect(Number.isInteger(seed) && seed >= 1 && seed <= 65_535, `${seed}`).toBe(true);
    }
    expect(seedOfTry(planned, 1)).not.toBe(planned);
  }
  expect(seedOfTry(65_535, 1)).toBe(1);
});
