/**
 * A queue that an earlier version left when it was killed, beside the store of that moment. Each folder of
 * test/fixtures/upgrade-queue holds both: `pipeline run` of test/fixtures/upgrade/book.yaml with one session and the key
 * "upgrade" over Redis, killed while the second of three segments was spoken.
 */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { submitVoices } from '../../src/queue/submit.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { startRedis } from '../queue/redis-server.ts';
import { voice } from '../queue/steps.ts';
import { makeRig, SAMPLES } from './rig.ts';

const FIXTURES = 'test/fixtures/upgrade-queue';
const versions = await readdir(FIXTURES);
const probe = await startRedis();
await probe?.stop();

type Entry =
  | { type: 'string'; value: string; ttl?: number }
  | { type: 'hash'; value: Record<string, string>; ttl?: number }
  | { type: 'list' | 'set' | 'zset'; value: string[]; ttl?: number };

/** Puts every key back with its value and what was left of its life. */
async function fill(url: string, dump: Record<string, Entry>): Promise<void> {
  const redis = new Redis(url);
  for (const [key, entry] of Object.entries(dump)) {
    if (entry.type === 'string') await redis.set(key, entry.value);
    else if (entry.type === 'hash') await redis.hset(key, entry.value);
    else if (entry.type === 'list') await redis.rpush(key, ...entry.value);
    else if (entry.type === 'set') await redis.sadd(key, ...entry.value);
    else
      for (let at = 0; at < entry.value.length; at += 2) await redis.zadd(key, entry.value[at + 1]!, entry.value[at]!);
    if (entry.ttl !== undefined) await redis.pexpire(key, entry.ttl);
  }
  redis.disconnect();
}

describe.skipIf(probe === undefined)('a queue of another version', { timeout: 120_000 }, () => {
  // Side by side: most of the time is the wait for the dead process's leases.
  it.concurrent.each(versions)(
    'of %s: a worker does what was left, and the run after it finds it done',
    async (version) => {
      const [rig, redis] = [await makeRig(), (await startRedis())!];
      // Its voice lives at the service, whose memory is no part of the fixture.
      const simulator = await startSimulator({ voiceEngine: 'tones', behaviour: { adoptVoices: true } });
      const env = {
        REDIS_URL: redis.url,
        DASHSCOPE_API_KEY: 'upgrade',
        DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
        DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
      };
      try {
        await cp(join(FIXTURES, version, 'store'), rig.path('store'), { recursive: true });
        await cp('test/fixtures/upgrade/book.yaml', rig.path('book.yaml'));
        await cp(join(SAMPLES, 'mara.mp3'), rig.path('mara.mp3'));
        await fill(redis.url, JSON.parse(await readFile(join(FIXTURES, version, 'queue.json'), 'utf8')));
        const worker = rig.start(['worker', '--log-format', 'json', '--store', rig.path('store')], env);
        for (const chapter of [1, 2]) await worker.line(`"book":"The Old Store","chapter":${chapter},"key"`);
        const { code, finished } = await rig.runJson(['book.yaml', '--store', rig.path('store')], env);
        expect(code).toBe(0);
        expect(finished).toMatchObject({
          ok: true,
          voices: { enrolled: 0, reused: 1 },
          segments: { total: 3, synthesized: 0, reused: 3, failed: 0 },
          billedCharacters: 0,
        });
        expect(simulator.metrics().enroll.calls).toBe(0);
        worker.child.kill('SIGTERM');
        const { stdout } = await worker.done;
        expect(stdout.match(/"synthesize made"/g)).toHaveLength(2);
        expect(stdout).not.toContain('"end":"failed"');
      } finally {
        await rig.destroy();
        await simulator.close();
        await redis.stop();
      }
    },
  );

  it('of a format that this one does not read is refused with the ways on, and taken once it is empty', async () => {
    const prefix = 'test-format';
    const redis = (await startRedis())!;
    const open = () => openQueue({ redisUrl: redis.url, cacheDir: '/nowhere', prefix });
    const client = new Redis(redis.url);
    try {
      const ours = await open();
      await submitVoices(ours, { runId: 'r', steps: [voice('one')] });
      await ours.close();
      const mark = await client.get(`${prefix}:format`);
      expect(mark).toMatch(/^\d+$/);
      await client.set(`${prefix}:format`, '999');
      await expect(open()).rejects.toMatchObject({
        code: 'queue-unreachable',
        message: expect.stringMatching(
          /holds 1 steps of format 999, .*this version reads format \d+\..*pipeline cancel BOOK.*'test-format:\*' \| xargs redis-cli unlink/,
        ),
      });
      await client.unlink(await client.keys(`${prefix}:enroll:*`));
      await (await open()).close();
      expect(await client.get(`${prefix}:format`)).toBe(mark);
    } finally {
      client.disconnect();
      await redis.stop();
    }
  });
});
