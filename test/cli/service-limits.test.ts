/** `limits --from-service`: ours beside the service's, and the gates that keep to them. */
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { modelsCheck } from '../../src/cli/doctor/models-check.ts';
import { compareLimits, limitLines, serviceLimits, toSave } from '../../src/cli/limits/service-limits.ts';
import { modelLimits } from '../../src/composition/model-limits.ts';
import { readConfig } from '../../src/config/config.ts';
import { readServiceLimits, saveServiceLimits } from '../../src/queue/limits/account-limits.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis } from '../queue/redis-server.ts';
import { startServer } from '../speech/server.ts';
import { makeRig } from './rig.ts';

const redisServer = await startRedis();
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones', inference: { tasksPerMinute: 60 } });
});
afterAll(async () => {
  await simulator.close();
  await redisServer?.stop();
});
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const act of undo.splice(0)) await act();
});

const env = (more: NodeJS.ProcessEnv = {}) => ({
  DASHSCOPE_API_KEY: 'sk-1',
  DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
  DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
  DASHSCOPE_INFERENCE_URL: simulator.inferenceUrl,
  ...more,
});

test('a limit of the service that is lower than ours is named', async () => {
  const limits = await compareLimits(readConfig({}, env()), {});
  const of = (model: string) => limits.find((one) => one.model === model);
  expect(of('qwen-audio-3.0-tts-flash')).toEqual({
    model: 'qwen-audio-3.0-tts-flash',
    ours: { callsPerMinute: 180, callsPerSecond: null, tokensPerMinute: null },
    service: { callsPerMinute: 60 },
    tooHigh: ['callsPerMinute'],
  });
  // 3 calls a second are more than 60 a minute, too; a limit that we do not know counts as none.
  expect(of('cosyvoice-v3-flash')?.tooHigh).toEqual([]);
  expect(of('qwen-audio-3.1-tts-flash')?.tooHigh).toEqual(['callsPerMinute']);
  const text = limitLines(limits).join('\n');
  expect(text).toContain('LOWER than ours: calls a minute');
  // After they were taken over, none is.
  const after = await compareLimits(readConfig({}, env()), toSave(limits));
  expect(after.flatMap(({ tooHigh }) => tooHigh)).toEqual([]);
});

test.each([
  [{ limit: { calls: 180, seconds: 60 } }, { callsPerMinute: 180 }],
  [{ limit: { calls: 3, seconds: 1 } }, { callsPerSecond: 3 }],
  [{ limit: { calls: 25, seconds: 10 } }, { callsPerSecond: 2 }],
  [{ limit: { calls: 5, seconds: 10 } }, { callsPerMinute: 5 }],
  [{ limit: { calls: 100, seconds: 3_600 } }, { callsPerMinute: 1 }],
  [{ tokenLimit: { tokens: 100_000, seconds: 60 } }, { tokensPerMinute: 100_000 }],
  [{ tokenLimit: { tokens: 2_000, seconds: 1 } }, { tokensPerMinute: 2_000 }],
  [{}, null],
])('%j becomes %j: no window of the service is exceeded', (access, expected) => {
  expect(serviceLimits(access)).toEqual(expected);
});

test('the stricter limit on tokens is read; one on another unit is none', async () => {
  const limit = (usage_limit: number, usage_limit_field = 'total_tokens') => ({
    ...{ request_limit: 60, request_limit_period: 60, usage_limit_period: 60 },
    ...{ usage_limit, usage_limit_field },
  });
  const server = await startServer({
    onRequest(request, response) {
      const model = new URL(request.url ?? '', 'http://x').searchParams.get('model');
      const isLimits = request.url?.includes('/limits');
      const unit = model?.startsWith('cosy') ? 'characters' : undefined;
      const row = { model, model_limit: limit(100_000, unit), workspace_limit: limit(5_000, unit) };
      response.end(JSON.stringify({ output: isLimits ? { quotas: [row] } : { models: [{ model }] } }));
    },
  });
  undo.push(() => server.close());
  const config = { ...readConfig({}, env()), inferenceHttpUrl: server.httpBaseUrl };
  const limits = await compareLimits(config, {});
  const of = (model: string) => limits.find((one) => one.model === model);
  expect(of('qwen-audio-3.1-tts-flash')?.service).toEqual({ callsPerMinute: 60, tokensPerMinute: 5_000 });
  expect(of('qwen-audio-3.1-tts-flash')?.tooHigh).toEqual(['callsPerMinute', 'tokensPerMinute']);
  expect(of('cosyvoice-v3-flash')?.service).toEqual({ callsPerMinute: 60 });
  const { found } = await modelsCheck(config);
  expect(found).toContain('qwen-audio-3.1-tts-flash (60 calls a minute, 5000 tokens a minute)');
  const isOver = new Date().toISOString() >= '2026-10-10';
  const ends =
    '; past their announced end: qwen3-tts-vc-realtime-2025-11-27, qwen3-tts-vc-realtime-2026-01-15; ' +
    'very likely ended: qwen-tts-vc-realtime-2025-08-20';
  expect(found.endsWith(ends)).toBe(isOver);
});

test('a service that does not answer is an error with a way out', async () => {
  const config = { ...readConfig({}, env()), inferenceHttpUrl: 'http://127.0.0.1:9' };
  await expect(compareLimits(config, {})).rejects.toMatchObject({
    code: 'service-unreachable',
    message: expect.stringContaining('--calls-per-minute'),
  });
});

describe.skipIf(redisServer === undefined)('taken over', () => {
  const account = { id: 'account' };

  test('the gates of processes that start later keep to them', async () => {
    const redis = new Redis(redisServer!.url);
    undo.push(() => redis.disconnect());
    const before = await modelLimits({ config: readConfig({}, {}), account, redis });
    expect(before.callsPerMinute('qwen-audio-3.0-tts-flash')).toBe(180);
    expect(before.tokensPerMinute('qwen-audio-3.1-tts-flash')).toBeNull();
    await saveServiceLimits(redis, account.id, {
      'qwen-audio-3.0-tts-flash': { callsPerMinute: 2 },
      'qwen-audio-3.1-tts-flash': { callsPerSecond: 4, tokensPerMinute: 900 },
    });
    const of = { config: readConfig({}, {}), redis };
    const after = await modelLimits({ ...of, account });
    expect(after.callsPerMinute('qwen-audio-3.0-tts-flash')).toBe(2);
    expect(after.callsPerSecond('qwen-audio-3.1-tts-flash')).toBe(4);
    expect(after.tokensPerMinute('qwen-audio-3.1-tts-flash')).toBe(900);
    // An operator's own setting comes first; one's own server has none of them.
    const own = await modelLimits({ ...of, account: { id: account.id, profile: 'vllm-omni' } });
    expect(own.callsPerMinute('qwen-audio-3.0-tts-flash')).toBeNull();
    const set = await modelLimits({
      ...of,
      account,
      config: readConfig({}, { PIPELINE_CALLS_PER_MINUTE: '7', PIPELINE_TOKENS_PER_MINUTE: '8' }),
    });
    expect([set.callsPerMinute('qwen-audio-3.0-tts-flash'), set.tokensPerMinute('any')]).toEqual([7, 8]);
    const limits = openLimits({ redis, prefix: 'p' }, { account: account.id, ...after, sessionsAtOnce: 1 });
    undo.push(() => limits.close());
    const calls = limits.callLimiter('qwen-audio-3.0-tts-flash');
    for (let call = 0; call < 2; call += 1) (await calls.acquire())();
    await expect(calls.acquire(AbortSignal.timeout(150))).rejects.toMatchObject({ code: 'interrupted' });
    const tokens = limits.tokenLimiter('qwen-audio-3.1-tts-flash');
    (await tokens?.reserve(800))?.settle(850);
    await expect(tokens?.reserve(100, AbortSignal.timeout(150))).rejects.toMatchObject({ code: 'interrupted' });
    expect(limits.tokenLimiter('cosyvoice-v3-flash')).toBeUndefined();
    await saveServiceLimits(redis, account.id, { other: { callsPerMinute: 1 } });
    expect(await readServiceLimits(redis, account.id)).toEqual({ other: { callsPerMinute: 1 } });
  });

  test('on the command line', { timeout: 60_000 }, async () => {
    const rig = await makeRig();
    undo.push(() => rig.destroy());
    const shown = await rig.run(['limits', '--from-service'], env());
    expect(shown.stdout).toContain('--from-service --save');
    const save = ['limits', '--from-service', '--save'];
    const without = await rig.run(save, env());
    expect([without.code, without.stderr]).toEqual([3, expect.stringContaining('REDIS_URL')]);
    const saved = await rig.run([...save, '--json'], env({ REDIS_URL: redisServer!.url }));
    const event = JSON.parse(saved.stdout) as { models: { model: string; service: object }[] };
    expect(event).toMatchObject({ type: 'limits.service', saved: true });
    expect(event.models.find(({ model }) => model === 'qwen-audio-3.0-tts-flash')?.service).toEqual({
      callsPerMinute: 60,
    });
    const both = await rig.run([...save, '--sessions', '2'], env());
    expect(both.code).toBe(2);
  });
});
