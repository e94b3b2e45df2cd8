/** The other commands, as a user sees them. */
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { madeOnce, makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
/** Without one: the queue inside, which other machines do not share. */
const ALONE = { REDIS_URL: '' };

let rig: Rig;
/** The book and what one run made of it. */
const afterOneRun = madeOnce(async (first) => {
  await writeBook(first, { formats: 'mp3' });
  expect((await first.run(['run', 'book.yaml', '--simulate'])).code).toBe(0);
});
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig, { formats: 'mp3' });
});
afterEach(() => rig.destroy());

describe('pipeline plan', () => {
  it('says what a run would do, and after the run that nothing is left', async () => {
    const before = await rig.run(['plan', 'book.yaml', '--simulate', '--json']);
    expect(JSON.parse(before.stdout)).toMatchObject({
      type: 'plan',
      voices: { enroll: 2, reuse: 0 },
      segments: { total: 5, synthesize: 5, reuse: 0 },
      billedCharacters: 107,
      cost: { currency: 'CNY' },
      chapters: [
        { index: 1, title: 'Arrival', synthesize: 2, reasons: { master: 'takes-missing', new: 2 } },
        { index: 2, title: 'Storm', synthesize: 3, reasons: { master: 'takes-missing', new: 3 } },
      ],
    });
    await afterOneRun(rig);
    const after = await rig.run(['plan', 'book.yaml', '--simulate']);
    expect(after.stdout).toContain('0 voices to enroll, 0 segments to speak, 0 billed characters, 0.00 CNY.');
    expect(after.stdout).toContain('chapter 1 “Arrival”: nothing to do');
    // What was simulated does not count as spoken by the real service.
    const real = await rig.run(['plan', 'book.yaml', '--json']);
    expect(JSON.parse(real.stdout)).toMatchObject({ voices: { enroll: 2 }, segments: { synthesize: 5 } });
  });
});

describe('pipeline simulate', () => {
  it('prints one line with both addresses when it is ready, and is used through the environment', async () => {
    const server = rig.start(['simulate', '--port', '0', '--tones']);
    const line = await server.line('Simulator ready');
    expect(line).toMatch(
      /^Simulator ready: DASHSCOPE_HTTP_BASE_URL=http:\/\/127\.0\.0\.1:(\d+)\/api\/v1 DASHSCOPE_REALTIME_URL=ws:\/\/127\.0\.0\.1:\1\/api-ws\/v1\/realtime$/,
    );
    const env = Object.fromEntries([...line.matchAll(/(DASHSCOPE_\w+)=(\S+)/g)].map((match) => [match[1], match[2]]));
    const { code, finished } = await rig.runJson(['book.yaml'], { ...env, DASHSCOPE_API_KEY: 'any' });
    expect(code).toBe(0);
    // The simulator names itself, so even without --simulate the report is honest.
    expect(finished.simulated).toBe(true);
    const again = await rig.run(['run', 'book.yaml'], { ...env, DASHSCOPE_API_KEY: 'any' });
    expect(again.stdout).toContain('Simulated speech: the server that was asked says that it is a simulator.');
    server.child.kill('SIGTERM');
    expect((await server.done).code).toBe(0);
  });

  it('says when the port is taken', async () => {
    const told = rig.start(['simulate', '--port', '0', '--tones', '--json']);
    expect(JSON.parse(await told.line('"type":"simulator"'))).toEqual({
      type: 'simulator',
      httpBaseUrl: expect.stringMatching(/^http:.*\/api\/v1$/),
      realtimeUrl: expect.stringMatching(/^ws:.*\/realtime$/),
    });
    told.child.kill('SIGTERM');
    const first = await startSimulator({ voiceEngine: 'tones' });
    try {
      const { code, stderr } = await rig.run(['simulate', '--port', new URL(first.httpBaseUrl).port]);
      expect(code).toBe(3);
      expect(stderr).toContain(new URL(first.httpBaseUrl).port);
    } finally {
      await first.close();
    }
  });
});

describe('pipeline doctor and status', () => {
  it('doctor looks at everything a run needs', async () => {
    const { code, stdout } = await rig.run(['doctor', '--json'], {
      ...ALONE,
      DASHSCOPE_HTTP_BASE_URL: 'http://127.0.0.1:1/api/v1',
    });
    expect(code).toBe(0);
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: { what: string; state: string }[] };
    expect(ok).toBe(true);
    expect(findings.map(({ what, state }) => `${what} ${state}`)).toEqual([
      'node ok',
      'ffmpeg ok',
      'queue ok',
      'store ok',
      'simulator ok',
      'key warn',
      'service warn',
      'models ok',
    ]);
  });

  it('doctor ends with 3 when a run would not work, and never shows the key', async () => {
    const { code, stdout } = await rig.run(['doctor'], {
      FFMPEG_PATH: '/nowhere',
      DASHSCOPE_API_KEY: 'sk-very-secret',
      DASHSCOPE_HTTP_BASE_URL: 'http://127.0.0.1:1',
    });
    expect(code).toBe(3);
    expect(stdout).toContain('✗ ffmpeg');
    expect(stdout).not.toContain('very-secret');
  });

  it('status counts what the store has', async () => {
    await afterOneRun(rig);
    const { stdout } = await rig.run(['status']);
    expect(stdout).toMatch(/2 voices, 5 takes, 2 finished chapters\./);
  });
});

describe('pipeline watch', () => {
  it('runs what is dropped, says what is wrong beside it, and runs it again when it is mended', async () => {
    await rig.write('inbox/book/book.yaml', 'book: { titel: X }\n');
    const watcher = rig.start(['watch', 'inbox', '--simulate']);
    await watcher.line('book.yaml: rejected');
    expect((await rig.read('inbox/book/book.yaml.rejected.txt')).toString()).toContain('title');
    await rig.write(
      'inbox/book/book.yaml',
      'book: { title: Dropped }\ncharacters: { narrator: { voice: qwen-tts-vc-a-voice-20250812105009984-838b } }\nchapters: [{ title: One, text: Hello there. }]\noutput: { formats: [mp3] }\n',
    );
    await watcher.line('book.yaml: delivered: 1 chapter');
    expect(await readdir(rig.path('inbox', 'done', 'Dropped'))).toContain('01 - One.mp3');
    expect((await rig.read('inbox/book/book.yaml.status.txt')).toString()).toBe(
      'delivered: 1 chapter in done/Dropped\n',
    );
    expect(await readdir(rig.path('inbox', 'book'))).not.toContain('book.yaml.rejected.txt');
    watcher.child.kill('SIGTERM');
    expect((await watcher.done).code).toBe(0);
  });
});

describe('with Redis', () => {
  let redis: TestRedis | undefined;
  let simulator: Simulator;
  beforeEach(async () => {
    redis = await startRedis();
    simulator = await startSimulator({ voiceEngine: 'tones', speed: { firstAudioMs: 50 } });
  });
  afterEach(async () => {
    await simulator.close();
    await redis?.stop();
  });
  const environment = (url: string): NodeJS.ProcessEnv => ({
    REDIS_URL: url,
    DASHSCOPE_API_KEY: 'any',
    DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
    DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
  });

  it('a run and a worker share the work, a flushed queue loses nothing, and nothing is spoken twice', async (test) => {
    if (redis === undefined) return test.skip('neither redis-server nor REDIS_URL');
    const env = environment(redis.url);
    const lines = Array.from({ length: 30 }, (_, index) => `This is line number ${index}, and somebody says it.`).join(
      '\n\n',
    );
    await writeBook(rig, { lines, formats: 'mp3' });
    const worker = rig.start(['worker', '--sessions', '4'], env);
    await worker.line('is ready');
    const { code, finished } = await rig.runJson(['book.yaml', '--sessions', '2'], env);
    expect(code).toBe(0);
    expect(finished).toMatchObject({ segments: { total: 32, synthesized: 32 }, calls: { enroll: 2, synthesize: 32 } });
    expect([...simulator.spokenTexts().values()].every((times) => times === 1)).toBe(true);
    const takes = await takesBy(rig);
    expect(takes.size).toBe(32);
    worker.child.kill('SIGTERM');
    expect((await worker.done).code).toBe(0);

    // The queue is gone altogether: the store still knows everything.
    await redis.stop();
    redis = await startRedis();
    await rm(rig.path('out'), { recursive: true });
    const again = await rig.runJson(['book.yaml'], environment(redis?.url ?? ''));
    expect(again.finished).toMatchObject({ ok: true, calls: { enroll: 0, list: 0, synthesize: 0 } });
  });

  it("two runs of one account with stores of their own share Redis and its limits, never each other's steps", async (test) => {
    if (redis === undefined) return test.skip('neither redis-server nor REDIS_URL');
    const env = environment(redis.url);
    const runs = await Promise.all([
      rig.runJson(['book.yaml', '--store', 'store-a', '--out', 'out-a'], env),
      rig.runJson(['book.yaml', '--store', 'store-b', '--out', 'out-b'], env),
    ]);
    for (const { code, finished } of runs) {
      expect(code).toBe(0);
      expect(finished).toMatchObject({ ok: true, segments: { synthesized: 5 } });
    }
    expect(simulator.metrics().enroll.maxInAnySecond).toBeLessThanOrEqual(10);
  });

  it('limits of the account are set in one place, shown, and given back', async (test) => {
    if (redis === undefined) return test.skip('neither redis-server nor REDIS_URL');
    const env = environment(redis.url);
    const set = await rig.run(['limits', '--sessions', '1', '--enrolments-per-second', '5', '--json'], env);
    expect(JSON.parse(set.stdout)).toEqual({
      type: 'limits',
      sessions: { value: 1, isSet: true },
      callsPerMinute: { value: null, isSet: false },
      enrolmentsPerSecond: { value: 5, isSet: true },
    });
    // A run that asks for more keeps to what is set.
    const { code } = await rig.runJson(['book.yaml', '--sessions', '4'], env);
    expect(code).toBe(0);
    expect(simulator.metrics().realtime.maxAtOnce).toBe(1);
    const shown = await rig.run(['limits', '--sessions', 'default'], env);
    expect(shown.stdout).toMatch(/sessions at once +8 {2}\(setting of this machine\)/);
    expect(shown.stdout).toMatch(/enrollment calls per second +5 {2}\(set for all machines\)/);
  });

  it('limits without a shared queue, or beyond all reason, say what is needed', async () => {
    const alone = await rig.run(['limits', '--sessions', '2', '--json'], { ...ALONE, DASHSCOPE_API_KEY: 'any' });
    expect(alone.code).toBe(3);
    expect(JSON.parse(alone.stdout)).toMatchObject({ type: 'error', code: 'queue-unreachable', exitCode: 3 });
    expect(alone.stderr).toContain('REDIS_URL');
    const wrong = await rig.run(['limits', '--sessions', '0']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('from 1 to 1000');
  });

  it('a worker without a shared queue says what it needs', async () => {
    const { code, stderr } = await rig.run(['worker'], { ...ALONE, DASHSCOPE_API_KEY: 'any' });
    expect(code).toBe(3);
    expect(stderr).toContain('REDIS_URL');
  });

  it('a worker that is told to stop finishes what it can within its time, hands back the rest, and nothing is spoken twice', async (test) => {
    if (redis === undefined) return test.skip('neither redis-server nor REDIS_URL');
    await simulator.close();
    // One line is never answered the first time; the worker would wait a minute for it.
    simulator = await startSimulator({
      voiceEngine: 'tones',
      speed: { firstAudioMs: 400 },
      faults: [{ kind: 'stall', text: 'hanging line', times: 1 }],
    });
    const env = { ...environment(redis.url), PIPELINE_STALL_SECONDS: '60' };
    const lines = Array.from({ length: 12 }, (_, index) => `This is line number ${index}, and somebody says it.`);
    await writeBook(rig, { lines: ['This is the hanging line.', ...lines].join('\n\n'), formats: 'mp3' });
    const worker = rig.start(['worker', '--sessions', '2'], env);
    await worker.line('is ready');
    expect((await rig.run(['run', 'book.yaml', '--detach'], env)).code).toBe(0);
    await expect.poll(() => simulator.spokenTexts().size, { timeout: 20_000 }).toBeGreaterThan(5);
    const before = performance.now();
    worker.child.kill('SIGTERM');
    const { code } = await worker.done;
    const seconds = (performance.now() - before) / 1_000;
    expect(code).toBe(0);
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThan(30);
    const second = rig.start(['worker', '--sessions', '2'], env);
    await second.line('is ready');
    await expect
      .poll(async () => (await rig.run(['status', '--json'], env)).stdout, { timeout: 40_000, interval: 2_000 })
      .toContain('"done"');
    second.child.kill('SIGTERM');
    expect((await second.done).code).toBe(0);
    const spoken = [...simulator.spokenTexts()];
    expect(spoken.filter(([text, times]) => times > (text.includes('hanging line') ? 2 : 1))).toEqual([]);
  }, 120_000);

  it('a worker that is killed half way is replaced, and the book is whole', async (test) => {
    if (redis === undefined) return test.skip('neither redis-server nor REDIS_URL');
    const env = environment(redis.url);
    const lines = Array.from({ length: 30 }, (_, index) => `This is line number ${index}, and somebody says it.`).join(
      '\n\n',
    );
    await writeBook(rig, { lines, formats: 'mp3' });
    const worker = rig.start(['worker', '--sessions', '4'], env);
    await worker.line('is ready');
    const running = rig.start(['run', 'book.yaml', '--json', '--sessions', '1'], env);
    await running.line('"ordinal":6');
    worker.child.kill('SIGKILL');
    await once(worker.child, 'close');
    const { code } = await running.done;
    expect(code).toBe(0);
    // Four were being spoken; of some more the sound had arrived and was being stored.
    expect([...simulator.spokenTexts().values()].filter((times) => times > 1).length).toBeLessThanOrEqual(6);
  });
});

async function takesBy({ path }: Rig): Promise<Set<string>> {
  const names = await readdir(path('.pipeline', 'records', 'take'), { recursive: true });
  return new Set(names.filter((name) => name.endsWith('.json')));
}
