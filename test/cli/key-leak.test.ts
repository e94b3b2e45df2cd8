/** The key appears nowhere: not in what a failing run prints, stores, queues or delivers, even when the service echoes it. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { startServer } from '../speech/server.ts';
import { makeRig, type Rig, writeBook } from './rig.ts';

/** Not of the usual form, so that only knowing the key can hide it. */
const KEY = 'Zebra/0123456789+crossing=';
const FORMS = [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64'), 'Zebra', 'crossing'];

let rig: Rig;
let redis: TestRedis | undefined;
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig);
  redis = await startRedis();
});
afterEach(async () => {
  await redis?.stop();
  await rig.destroy();
});

/** Every file below a folder, with its content. */
async function filesBelow(folder: string): Promise<[string, Buffer][]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => [path, await readFile(path)] as [string, Buffer]));
}

function expectNoKey(where: string, content: string | Buffer): void {
  for (const form of FORMS) expect(content.includes(form), `${where} holds ${form}`).toBe(false);
}

it('in logs, errors, store, queue and outputs of failing runs', { timeout: 120_000 }, async () => {
  const simulator = await startSimulator({
    voiceEngine: 'tones',
    apiKeys: [KEY],
    faults: [
      { kind: 'content-refusal', text: 'Listen' },
      { kind: 'drop', nth: 1 },
      { kind: 'http-5xx', nth: 1 },
    ],
  });
  // A service, or a proxy before it, that repeats what it was sent.
  const echo = await startServer({
    onRequest: (request, response) => {
      const message = `No rights for ${request.headers.authorization}`;
      response.writeHead(400).end(JSON.stringify({ code: KEY, message, request_id: KEY }));
    },
    onUpgrade: (socket, request) => {
      const body = JSON.stringify({ code: 'InvalidParameter', message: `What is ${request.headers.authorization}?` });
      socket.end(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    },
  });
  const queue = redis === undefined ? {} : { REDIS_URL: redis.url };
  const addresses = (to: { httpBaseUrl: string; realtimeUrl: string }) => ({
    DASHSCOPE_HTTP_BASE_URL: to.httpBaseUrl,
    DASHSCOPE_REALTIME_URL: to.realtimeUrl,
  });
  try {
    await rig.write('secret.txt', KEY);
    const fromFile = { DASHSCOPE_API_KEY_FILE_PATH: rig.path('secret.txt'), ...queue };
    const temporary = { DASHSCOPE_API_KEY: KEY, PIPELINE_TEMPORARY_KEY_SECONDS: '60', ...queue };
    const runs = [
      await rig.run(['run', 'book.yaml', '--json'], { ...fromFile, ...addresses(simulator) }),
      await rig.run(['run', 'book.yaml', '--store', 'two', '--out', 'out2'], { ...temporary, ...addresses(simulator) }),
      await rig.run(['run', 'book.yaml', '--json', '--store', 'three'], { ...fromFile, ...addresses(echo) }),
      await rig.run(['voices', 'list'], { ...fromFile, ...addresses(echo) }),
      await rig.run(['doctor'], { ...fromFile, ...addresses(simulator) }),
    ];
    // All but the doctor fail, and say something.
    expect(runs.map(({ code }) => code === 0)).toEqual([false, false, false, false, true]);
    for (const [index, { stdout, stderr }] of runs.entries()) {
      expect(stdout + stderr).not.toBe('');
      expectNoKey(`output of run ${index}`, stdout + stderr);
    }
    expect(runs[2]?.stdout).toContain('***');
    const files = (await filesBelow(rig.folder)).filter(([path]) => !path.endsWith('secret.txt'));
    expect(files.length).toBeGreaterThan(20);
    if (redis?.restart !== undefined) {
      // Our own server keeps all that was ever queued in its append-only file.
      const queued = await filesBelow(dirname(redis.url));
      expect(queued.some(([, content]) => content.includes('synthesize'))).toBe(true);
      files.push(...queued);
    }
    for (const [path, content] of files) expectNoKey(path, content);
  } finally {
    await echo.close();
    await simulator.close();
  }
});
