/** Books that are handed in and steered from anywhere: real processes, a real Redis, the simulator on a real socket. */
import { readdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { startReceiver } from '../web/note-endpoint.ts';
import { makeRig, type Rig, type Running, writeBook } from './rig.ts';

const probe = await startRedis();
await probe?.stop();

interface Book {
  id: string;
  title: string;
  status: string;
  segments: { done: number; total: number; failed: number } | null;
  failures: { code: string; text?: string; chapter?: number }[];
  trouble: { code: string } | null;
}

describe.skipIf(probe?.restart === undefined)('books on the shelf', { timeout: 120_000 }, () => {
  let rig: Rig;
  let redis: TestRedis;
  let simulator: Simulator;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    rig = await makeRig();
    redis = (await startRedis())!;
    simulator = await startSimulator({ voiceEngine: 'tones' });
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

  const submit = async (manifest = 'book.yaml'): Promise<string> => {
    const { code, stdout, stderr } = await rig.run(['run', manifest, '--detach', '--json'], env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const last = JSON.parse(stdout.trim().split('\n').at(-1)!) as { type: string; id: string };
    expect(last.type).toBe('run.submitted');
    return last.id;
  };
  const book = async (id: string): Promise<Book> => {
    const { stdout, stderr } = await rig.run(['status', id, '--json'], env);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as Book;
  };
  const status = async (id: string): Promise<string> => (await book(id)).status;
  const worker = async (...args: string[]): Promise<Running> => {
    const running = rig.start(['worker', ...args], env);
    await running.line('is ready');
    return running;
  };
  /** A book of many lines, each spoken in its own segment, slowly enough to be caught in the middle. */
  const writeLongBook = async (lines: number, title = 'A Long Book', manifest = 'long.yaml'): Promise<void> => {
    await rig.write(
      `${manifest}.txt`,
      Array.from({ length: lines }, (_, n) => `[${n % 2 === 0 ? 'mara' : 'narrator'}] Line ${n} of ${title}.`).join(
        '\n\n',
      ),
    );
    await rig.write(
      manifest,
      `book: { title: ${title} }
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3 }
chapters:
  - { title: Only, file: ${manifest}.txt }
output: { formats: [mp3] }
`,
    );
  };
  /** Waits until so many segments of a book are done. The program is asked only when so many were heard: each start costs. */
  const done = async (id: string, segments: number): Promise<void> => {
    await expect.poll(() => simulator.spokenTexts().size, { timeout: 30_000 }).toBeGreaterThanOrEqual(segments);
    await expect
      .poll(async () => (await book(id)).segments?.done ?? 0, { timeout: 30_000 })
      .toBeGreaterThanOrEqual(segments);
  };
  const slow = (firstAudioMs: number): void => simulator.set({ speed: { firstAudioMs } });

  it('needs a shared queue and a service that is not inside the process', async () => {
    const alone = await rig.run(['run', 'book.yaml', '--detach'], { ...env, REDIS_URL: '' });
    expect(alone.code).toBe(3);
    expect(alone.stderr).toMatch(/Set REDIS_URL, and start `pipeline worker`/);
    const simulated = await rig.run(['run', 'book.yaml', '--detach', '--simulate'], env);
    expect(simulated.code).toBe(2);
    expect(simulated.stderr).toMatch(/do not go together/);
  });

  it('is handed in, waits for a worker, and is delivered with nobody attached', async () => {
    await writeBook(rig);
    const id = await submit();
    expect(id).toMatch(/^a-small-book-[0-9a-f]{6}$/);
    expect(await status(id)).toBe('queued');
    // The author's files are not needed any more.
    await rig.write('one.txt', 'Something else.\n');
    const running = await worker();
    const followed = await rig.run(['status', id, '--follow'], env);
    expect(followed.code).toBe(0);
    expect(await book(id)).toMatchObject({ status: 'done', segments: { done: 5, total: 5, failed: 0 }, failures: [] });
    expect((await readdir(rig.path('out', 'A Small Book'))).filter((name) => /\.(mp3|m4b)$/.test(name)).length).toBe(3);
    const all = JSON.parse((await rig.run(['status', '--json'], env)).stdout) as { type: string; books: Book[] };
    expect(all).toMatchObject({ type: 'status', books: [{ id, status: 'done' }] });
    running.child.kill('SIGTERM');
    expect((await running.done).code).toBe(0);
  });

  it('goes on when the worker that saw it through is killed', async () => {
    await writeLongBook(24);
    slow(600);
    const id = await submit('long.yaml');
    const first = await worker('--sessions', '2');
    await done(id, 3);
    first.child.kill('SIGKILL');
    await first.done;
    slow(0);
    await worker('--sessions', '2');
    expect((await rig.run(['status', id, '--follow'], env)).code).toBe(0);
    for (const [text, times] of simulator.spokenTexts()) {
      // Two sessions were under way when it died.
      expect(times, text).toBeLessThanOrEqual(2);
    }
    expect([...simulator.spokenTexts().values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2);
  });

  it('is paused, goes on, is cancelled, and is taken up again; other books are not held up', async () => {
    await writeLongBook(40);
    slow(500);
    const id = await submit('long.yaml');
    await worker('--sessions', '2');
    await done(id, 1);
    expect((await rig.run(['pause', 'a long book'], env)).code).toBe(0);
    expect(await status(id)).toBe('paused');
    const other = await submit();
    expect((await rig.run(['status', other, '--follow'], env)).code).toBe(0);
    const spoken = simulator.spokenTexts().size;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(simulator.spokenTexts().size).toBe(spoken);
    expect((await rig.run(['resume', id], env)).code).toBe(0);
    await expect.poll(() => simulator.spokenTexts().size, { timeout: 15_000 }).toBeGreaterThan(spoken);
    const cancelled = await rig.run(['cancel', id, '--json'], env);
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ type: 'book', did: 'cancelled', id });
    await expect.poll(async () => (await book(id)).trouble?.code, { timeout: 15_000 }).toBe('cancelled');
    expect((await rig.run(['resume', id], env)).stderr).toMatch(/was cancelled, not paused/);
    slow(0);
    expect((await rig.run(['retry', id], env)).code).toBe(0);
    expect((await rig.run(['status', id, '--follow'], env)).code).toBe(0);
    expect([...simulator.spokenTexts().values()].every((times) => times === 1)).toBe(true);
  });

  it('names what failed for good, tells a person once, finishes the rest, and takes up just that', async () => {
    const receiver = await startReceiver();
    env['PIPELINE_NOTIFY_URL'] = receiver.url;
    await worker();
    simulator.set({
      faults: [
        { kind: 'content-refusal', text: 'Listen' },
        { kind: 'finished-without-audio', text: 'They listened' },
      ],
    });
    const id = await submit();
    expect((await rig.run(['status', id, '--follow'], env)).code).toBe(1);
    const failed = await book(id);
    expect(failed).toMatchObject({ status: 'failed', segments: { done: 3, total: 5, failed: 2 } });
    expect(failed.failures[0]).toMatchObject({
      code: 'text-refused',
      chapter: 2,
      text: expect.stringContaining('Listen'),
    });
    expect(await readdir(rig.path('out', 'A Small Book'))).toContain('01 - Arrival.mp3');
    const report = JSON.parse(String(await rig.read('out/A Small Book/report.json'))) as Record<string, object[]>;
    expect(report['refused']).toMatchObject([{ chapter: 2, line: 2, text: 'Listen!' }]);
    expect(report['parked']).toMatchObject([
      { chapter: 2, line: 3, text: 'They listened.', code: 'take-incomplete', reason: expect.stringMatching(/\w/) },
    ]);
    expect(String(await rig.read('out/A Small Book/report.html'))).toContain('Lines put aside (1)');
    simulator.set({ faults: [] });
    const before = simulator.spokenTexts();
    expect((await rig.run(['retry', id], env)).code).toBe(0);
    expect((await rig.run(['status', id, '--follow'], env)).code).toBe(0);
    for (const [text, times] of simulator.spokenTexts()) {
      if (!/isten/.test(text)) expect(times).toBe(before.get(text));
    }
    expect((await rig.run(['retry', id], env)).stderr).toMatch(/is done. Nothing has failed/);
    await receiver.close();
    expect(receiver.received.map(({ text }) => JSON.parse(text))).toEqual([
      expect.objectContaining({
        title: 'A Small Book',
        state: 'failed',
        whatToDo: expect.stringContaining(`retry ${id}`),
      }),
    ]);
  });

  it('tells names that nobody knows or that may be several', async () => {
    expect((await rig.run(['status', 'nothing'], env)).stderr).toMatch(/No book was run or submitted/);
    const id = await submit();
    await writeLongBook(2, 'A Small Boot', 'boot.yaml');
    await submit('boot.yaml');
    const typo = await rig.run(['cancel', 'a smal book'], env);
    expect(typo.code).toBe(2);
    expect(typo.stderr).toContain(`Did you mean ${id}?`);
    const several = await rig.run(['cancel', 'a small'], env);
    expect(several.code).toBe(2);
    expect(several.stderr).toMatch(/matches several books.*\n.*a-small-bo.*\n.*a-small-bo/);
    const json = await rig.run(['pause', 'zzz', '--json'], env);
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'error', exitCode: 2 });
  });

  it('a run submits again what an emptied Redis has lost, by itself', async () => {
    await writeLongBook(30);
    slow(400);
    const run = rig.start(['run', 'long.yaml', '--sessions', '2', '--json'], env);
    await run.line('"segment.done"');
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    const { code, stdout } = await run.done;
    expect(code).toBe(0);
    expect(stdout).toContain('The missing steps are submitted again');
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({
      ok: true,
      segments: { total: 30, failed: 0 },
    });
    expect([...simulator.spokenTexts().values()].every((times) => times === 1)).toBe(true);
  });
});
