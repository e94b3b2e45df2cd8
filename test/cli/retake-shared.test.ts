/** Commands about single lines beside others: a shared Redis, Ctrl-C, a book that is made at the same time. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type RetakeFlags, retakeCommand } from '../../src/cli/retake/retake.ts';
import type { LineName } from '../../src/script/line-name.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { bookFolder, called } from './in-process.ts';

/** Five seconds for what is under way, and what the queue needs to close. */
const MOST_MS = 9_000;
const MODEL = 'model: qwen-tts-vc-realtime-2025-08-20\n';

let redis: TestRedis | undefined;
let simulator: Simulator;
let book: Awaited<ReturnType<typeof bookFolder>>;

beforeAll(async () => {
  redis = await startRedis();
  simulator = await startSimulator({ voiceEngine: 'tones', speed: { cloneMs: 700 } });
  vi.stubEnv('REDIS_URL', redis?.url);
  vi.stubEnv('DASHSCOPE_API_KEY', 'sk-test');
  vi.stubEnv('DASHSCOPE_HTTP_BASE_URL', simulator.httpBaseUrl);
  vi.stubEnv('DASHSCOPE_REALTIME_URL', simulator.realtimeUrl);
  book = await bookFolder(['The boat came in.\n\n[mara] Ahoy, the light!'], { more: MODEL });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await book.destroy();
  await simulator.close();
  await redis?.stop();
});

const retake = (line: LineName, flags: Partial<RetakeFlags> = {}) =>
  called(() => retakeCommand(book.manifest, line, { ...book.flags, simulate: false, yes: true, ...flags }));

it('Ctrl-C lets a voice come that is being cloned, ends soon, and the next start has it', async () => {
  const stopped = retake({ chapter: 1, line: 2 });
  await expect.poll(() => simulator.metrics().enroll.calls, { timeout: MOST_MS }).toBe(1);
  const from = performance.now();
  process.emit('SIGINT');
  const { code, stderr } = await stopped;
  expect(stderr).toContain('Stopping');
  expect(code).toBe(130);
  expect(performance.now() - from).toBeLessThan(MOST_MS);
  const next = await retake({ chapter: 1, line: 2 });
  expect(next.events[0]).toMatchObject({ takes: [{ number: 2 }], calls: { enroll: 0, list: 0, synthesize: 1 } });
});
