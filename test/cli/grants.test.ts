/** A detached book spends its budget once, however often its workers are killed: real processes, a real Redis. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { billedUnits } from '../../src/models.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { makeRig, type Rig, writeBook } from './rig.ts';

const probe = await startRedis();
await probe?.stop();

/** Bills by the character, so that every sum is exact. */
const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
const CHARACTER = 0.0001;
const VOICE = 0.01;

describe.skipIf(probe?.restart === undefined)('a grant', { timeout: 120_000 }, () => {
  let rig: Rig;
  let redis: TestRedis;
  let simulator: Simulator;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    rig = await makeRig();
    redis = (await startRedis())!;
    simulator = await startSimulator({ voiceEngine: 'tones', speed: { firstAudioMs: 150 } });
    env = {
      REDIS_URL: redis.url,
      DASHSCOPE_API_KEY: 'any-secret-key',
      DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
      DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
    };
    await writeBook(rig, { formats: 'mp3' });
  });
  afterEach(async () => {
    await rig.destroy();
    await simulator.close();
    await redis.stop();
  });

  /** By the service's own count: every response that it began is billed. */
  const billed = (): number => {
    let sum = VOICE;
    for (const [text, times] of simulator.spokenTexts()) sum += times * billedUnits(text) * CHARACTER;
    return Math.round(sum * 10_000) / 10_000;
  };

  it('holds while the worker that conducts the book is killed in the middle, twice', async () => {
    const lines = Array.from({ length: 40 }, (_, line) => `Line number ${line} is said by nobody else.`);
    await rig.write('long.txt', `${lines.join('\n\n')}\n`);
    await rig.write(
      'long.yaml',
      `model: ${MODEL}\noutput: { formats: [mp3] }\nbook: { title: A Long Book }\ncharacters: { narrator: { sample: voices/narrator.wav } }\nchapters: [{ title: One, file: long.txt }]\n`,
    );
    // A quarter of the answers break off in the middle, billed.
    simulator.set({ faults: [{ kind: 'drop', rate: 0.25, frame: 1 }] });
    const price = 40 * 38 * CHARACTER;
    const budget = Math.round((VOICE + price * 1.2) * 10_000) / 10_000;
    const { stdout } = await rig.run(['run', 'long.yaml', '--detach', '--json', '--budget', String(budget)], env);
    const { id } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { id: string };
    const book = async () => JSON.parse((await rig.run(['status', id, '--json'], env)).stdout);
    for (let kill = 0; kill < 2; kill++) {
      const before = simulator.metrics().realtime.responses;
      const worker = rig.start(['worker', '--sessions', '4'], env);
      await expect.poll(() => simulator.metrics().realtime.responses, { timeout: 30_000 }).toBeGreaterThan(before + 10);
      worker.child.kill('SIGKILL');
      await worker.done;
      expect(billed()).toBeLessThanOrEqual(budget);
    }
    rig.start(['worker', '--sessions', '4'], env);
    await rig.run(['status', id, '--follow'], env);
    const end = await book();
    expect(billed()).toBeLessThanOrEqual(budget);
    expect(['done', 'failed']).toContain(end.status);
    expect(end.grant).toMatchObject({ granted: budget, currency: 'CNY' });
    expect(end.grant.spent).toBeGreaterThanOrEqual(billed());
    if (end.status === 'failed') expect(end.trouble).toMatchObject({ code: 'over-budget' });
  });
});
