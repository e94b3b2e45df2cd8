/** A worker as an operator sees it: its log, metrics and health, traces, and the page of the queue. Real processes, real Redis. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { makeRig, type Rig, type Running, writeBook } from '../cli/rig.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';

const probe = await startRedis();
await probe?.stop();

describe.skipIf(probe?.restart === undefined)('a worker that is watched', { timeout: 60_000 }, () => {
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

  const addressIn = async (worker: Running, text: string): Promise<string> => {
    const found = /https?:\/\/[^\s"]*\d/.exec(await worker.line(text))?.[0];
    if (found === undefined) throw new Error('no address');
    return found;
  };
  const get = async (url: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> => {
    const answer = await fetch(url, { headers });
    return { status: answer.status, body: await answer.text() };
  };
  const stopped = async ({ child, done }: Running): Promise<{ stdout: string; stderr: string }> => {
    child.kill('SIGTERM');
    const ended = await done;
    expect(ended.code).toBe(0);
    return ended;
  };

  it('logs one line of JSON a step, counts, and says whether it is ready', async () => {
    const worker = rig.start(['worker', '--http-port', '0'], env);
    const url = await addressIn(worker, 'Metrics and health');
    await worker.line('is ready');
    expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: '{"ok":true}' });
    expect(await get(`${url}/readyz`)).toEqual({ status: 200, body: '{"ok":true,"missing":[]}' });
    expect((await get(`${url}/`)).status).toBe(404);
    const before = await get(`${url}/metrics`);
    expect(before.body).toContain('pipeline_queue_jobs{kind="synthesize",state="waiting"} 0');

    // Leaves the speaking to the worker: one session of its own is slower than eight.
    const { code } = await rig.runJson(['book.yaml', '--sessions', '1'], env);
    expect(code).toBe(0);
    const { body } = await get(`${url}/metrics`);
    const value = (name: string): number =>
      Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(body)?.[1]);
    const spoken = value('pipeline_steps_total{kind="synthesize",end="made"}');
    expect(spoken).toBeGreaterThan(0);
    expect(value('pipeline_service_calls_total{call="synthesize"}')).toBe(spoken);
    expect(value('pipeline_audio_seconds_total')).toBeGreaterThan(0);
    expect(value('pipeline_billed_characters_total')).toBeGreaterThan(0);
    expect(value('pipeline_sessions{state="busy"}')).toBe(0);
    expect(value('pipeline_store_seconds_count{operation="writeRecord"}')).toBeGreaterThan(0);

    const { stdout } = await stopped(worker);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const segments = lines.filter(({ step, end }) => step === 'synthesize' && end === 'made');
    expect(segments).toHaveLength(spoken);
    expect(segments[0]).toMatchObject({
      level: 'info',
      book: 'A Small Book',
      chapter: expect.any(Number),
      segment: expect.any(Number),
      attempt: 1,
      seconds: expect.any(Number),
    });
    expect(stdout).not.toContain('any-secret-key');
    expect(stdout).not.toMatch(/came out of the fog|Ahoy/);
  });

  it('writes the words at level debug alone, and is not ready while Redis is away', async () => {
    const worker = rig.start(['worker', '--http-port', '0', '--log-format', 'text'], {
      ...env,
      PIPELINE_LOG_LEVEL: 'debug',
    });
    const url = await addressIn(worker, 'Metrics and health');
    await worker.line('is ready');
    await rig.runJson(['book.yaml', '--sessions', '1'], env);
    const away = redis.restart!({ awayMs: 1_500 });
    await expect.poll(() => get(`${url}/readyz`)).toEqual({ status: 503, body: '{"ok":false,"missing":["queue"]}' });
    expect((await get(`${url}/metrics`)).status).toBe(200);
    await away;
    await expect.poll(async () => (await get(`${url}/readyz`)).status, { timeout: 10_000 }).toBe(200);
    const { stdout } = await stopped(worker);
    expect(stdout).toMatch(/synthesize made .*book="A Small Book" .*text="/);
  });

  it('with --only, leaves the other kinds of step alone', async () => {
    const worker = rig.start(['worker', '--only', 'enroll,master', '--concurrency', 'master=1'], env);
    await worker.line('is ready');
    const { code } = await rig.runJson(['book.yaml'], env);
    expect(code).toBe(0);
    const { stdout } = await stopped(worker);
    expect(stdout).not.toContain('"step":"synthesize"');
    for (const wrong of [
      ['--only', 'sing'],
      ['--concurrency', 'master=0'],
      ['--concurrency', 'sing=2'],
      ['--log-format', 'xml'],
    ]) {
      expect((await rig.run(['worker', ...wrong], env)).code).toBe(2);
    }
  });

  it('sends traces of the queue where OpenTelemetry says, without key or text', async () => {
    const received: string[] = [];
    const collector = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        received.push(`${request.url} ${Buffer.concat(pieces).toString('latin1')}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    try {
      const { code } = await rig.runJson(['book.yaml'], { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
      expect(code).toBe(0);
    } finally {
      collector.closeAllConnections();
      collector.close();
    }
    const all = received.join('\n');
    expect(all).toMatch(/^\/v1\/traces /);
    expect(all).toContain('narration-pipeline');
    expect(all).toContain('synthesize');
    expect(all).not.toContain('any-secret-key');
    expect(all).not.toMatch(/came out of the fog|Ahoy/);
  });

  it('an endpoint that nobody answers costs a run nothing', async () => {
    const { code } = await rig.runJson(['book.yaml'], { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(code).toBe(0);
  });

  it('the board shows the queues, and changes nothing unless it may', async () => {
    await rig.runJson(['book.yaml'], env);
    const board = rig.start(['board', '--port', '0', '--json'], env);
    const { url, ...told } = JSON.parse(await board.line('"type":"board"')) as { url: string };
    expect(told).toEqual({ type: 'board', queue: expect.stringContaining('redis'), password: null });
    const page = await get(`${url}/`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Narration pipeline');
    // What the page loads is all of this server: no font of Google's, and nothing that its policy would allow.
    expect([...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].filter(([, to]) => /^(\w+:|\/\/)/.test(to!))).toEqual([]);
    expect(page.body).not.toContain('googleapis');
    expect((await fetch(`${url}/`)).headers.get('content-security-policy')).toContain("default-src 'self'");
    const queues = JSON.parse((await get(`${url}/api/queues`)).body) as {
      queues: { name: string; counts: Record<string, number>; readOnlyMode: boolean }[];
    };
    expect(queues.queues.map(({ name }) => name)).toEqual(['enroll', 'synthesize', 'master', 'bind']);
    expect(queues.queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    expect(queues.queues.find(({ name }) => name === 'synthesize')?.counts['completed']).toBe(5);
    const emptied = await fetch(`${url}/api/queues/synthesize/clean/completed`, { method: 'PUT' });
    expect(emptied.status).toBeGreaterThanOrEqual(400);
    await stopped(board);
    const without = await rig.run(['board', '--json'], {});
    expect([without.code, JSON.parse(without.stdout)]).toEqual([
      3,
      expect.objectContaining({ type: 'error', code: 'queue-unreachable', exitCode: 3 }),
    ]);
  });

  it('beyond this machine, figures and page are for those who have the token', async () => {
    const open = await rig.run(['worker', '--http-port', '0', '--http-host', '0.0.0.0'], env);
    expect(open).toMatchObject({ code: 2, stderr: expect.stringContaining('Set PIPELINE_API_TOKEN') });
    const token = 'a-token-of-some-length';
    const worker = rig.start(['worker', '--http-port', '0'], { ...env, PIPELINE_API_TOKEN: token });
    const figures = await addressIn(worker, 'Metrics and health');
    expect((await get(`${figures}/metrics`)).status).toBe(401);
    expect((await get(`${figures}/metrics`, { authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await get(`${figures}/healthz`)).status).toBe(200);
    expect((await stopped(worker)).stdout).not.toContain(token);

    // Loopback by another name, which nobody can be sure of.
    const board = rig.start(['board', '--port', '0', '--host', '::ffff:127.0.0.1'], env);
    const url = `http://127.0.0.1:${/\d+$/.exec(await addressIn(board, 'is shown at'))?.[0]}`;
    const password = /password (\S+)/.exec(await board.line('Sign in'))?.[1];
    const signedIn = { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` };
    for (const path of ['/', '/api/queues', '/static/../../package.json', '/%2e%2e/%2e%2e/package.json'])
      expect((await get(`${url}${path}`)).status).toBe(401);
    expect((await get(`${url}/api/queues`, signedIn)).status).toBe(200);
    expect((await get(`${url}/api/queues`, { ...signedIn, origin: 'https://evil.test' })).status).toBe(403);
    expect((await get(`${url}/static/%2e%2e/%2e%2e/package.json`, signedIn)).body).not.toContain('"version"');
    expect((await get(`${url}/static/`, signedIn)).status).toBeGreaterThanOrEqual(400);
    expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: '{"ok":true}' });
    await stopped(board);
  });
});
