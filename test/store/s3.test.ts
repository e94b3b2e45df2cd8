import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import pLimit from 'p-limit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { newHolder } from '../../src/holders/holder.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { acquireStoreLease } from '../../src/store/s3/lease.ts';
import type { S3Place } from '../../src/store/s3/place.ts';
import { openS3Store } from '../../src/store/s3/store.ts';
import type { Store } from '../../src/store/store.ts';
import { describeStore, type StoreUnderTest } from './contract.ts';
import { type S3Options, type S3Server, startS3Server } from './s3-server.ts';

const MIB = 1024 * 1024;

let work: string;
beforeAll(async () => {
  silenceSdkNotice();
  work = await mkdtemp(join(tmpdir(), 'store-s3-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** Credentials come to the SDK as they come to every AWS tool: through the environment. */
function placeAt(server: S3Server, store = 's3://books/narration/store', env: Record<string, string> = {}): S3Place {
  const all = { ...server.env, ...env };
  for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
  const { s3 } = readConfig({ store }, all);
  if (s3 === undefined) throw new Error('no S3 store');
  return s3;
}

const open = (place: S3Place): Promise<Store> => openS3Store(place, { workFolder: join(work, 'work') });
const nameOf = (digest: string): string => `narration/store/blobs/${digest.slice(0, 2)}/${digest}`;

/** Any store on S3 for the contract; `place` has a prefix of its own. */
function underTest(place: S3Place, close: () => Promise<void>): StoreUnderTest {
  const bucket = new Bucket(place);
  return {
    open: () => open(place),
    damage: async (digest, how) => {
      const name = `blobs/${digest.slice(0, 2)}/${digest}`;
      const bytes = await buffer((await bucket.get(name))?.body ?? Readable.from([]));
      if (how === 'remove') await bucket.delete(name);
      else if (how === 'truncate') await bucket.put(name, bytes.subarray(0, 10));
      else if (how === 'empty') await bucket.put(name, '');
      else if (how === 'foreign') await bucket.put(name, 'Dear diary');
      else await bucket.put(name, Buffer.from(bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte))));
    },
    destroy: async () => {
      for await (const { name } of bucket.list('')) await bucket.delete(name);
      await close();
    },
  };
}

describeStore('S3', async () => {
  const server = await startS3Server();
  return underTest(placeAt(server), () => server.close());
});

// A real server, such as s3://my-bucket/tests, with credentials and AWS_ENDPOINT_URL in the environment.
const real = process.env['PIPELINE_TEST_S3'];
if (real !== undefined) {
  describeStore(`S3 at ${real}`, async () => {
    const { s3 } = readConfig({ store: `${real}/${randomUUID()}` });
    if (s3 === undefined) throw new Error('PIPELINE_TEST_S3 is no s3:// address');
    return underTest(s3, async () => undefined);
  });
}

describe('store on S3', () => {
  let server: S3Server;
  const start = async (options?: S3Options): Promise<S3Server> => {
    await server?.close();
    server = await startS3Server(options);
    return server;
  };
  beforeEach(() => start());
  afterEach(() => server.close());

  it('sends a master in parts, and reads it back', async () => {
    const store = await open(placeAt(server));
    const bytes = randomBytes(20 * MIB);
    await writeFile(join(work, 'master'), bytes);
    const { digest } = await store.putFile(join(work, 'master'));
    expect(server.counts.get('UploadPart')).toBe(3);
    expect(server.uploads.size).toBe(0);
    expect((await store.readBlob(digest)).equals(bytes)).toBe(true);
  });

  it('shows nothing and leaves no parts when a part cannot be sent', async () => {
    const store = await open(placeAt(server));
    server.trouble = ({ operation, count }) => (operation === 'UploadPart' && count > 1 ? 'denied' : undefined);
    const before = await readdir(join(work, 'work'));
    const writer = await store.createBlob();
    for (let mib = 0; mib < 20; mib++) await writer.write(randomBytes(MIB));
    await expect(writer.commit()).rejects.toMatchObject({ code: 'store-unwritable' });
    await writer.discard();
    expect([...server.objects.keys()]).toEqual(['narration/store/format.json']);
    expect(server.uploads.size).toBe(0);
    expect(await readdir(join(work, 'work'))).toEqual(before);
  });

  it('shows nothing of a blob whose process was killed in the middle', async () => {
    const place = placeAt(server);
    const bytes = randomBytes(20 * MIB);
    const path = join(work, 'killed');
    await writeFile(path, bytes);
    const program = `
      import { openS3Store } from ${JSON.stringify(join(process.cwd(), 'src/store/s3/store.ts'))};
      const store = await openS3Store(${JSON.stringify(place)}, { workFolder: ${JSON.stringify(join(work, 'killed-work'))} });
      await store.putFile(${JSON.stringify(path)});
    `;
    const script = join(work, 'put.mts');
    await writeFile(script, program);
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      env: { ...process.env, ...server.env },
      stdio: 'ignore',
    });
    server.trouble = ({ operation, count }) => {
      if (operation === 'UploadPart' && count === 3) child.kill('SIGKILL');
      return undefined;
    };
    await once(child, 'exit');
    server.trouble = () => undefined;
    const store = await open(place);
    const digest = createHash('sha256').update(bytes).digest('hex');
    expect(await store.blobSize(digest)).toBeUndefined();
    expect(server.uploads.size).toBe(1);
    await store.putFile(path);
    expect(await store.blobSize(digest)).toBe(bytes.length);
  });

  it('tries again when the server is overrun, fails or hangs up', async () => {
    const store = await open(placeAt(server));
    const troubles = ['slow-down', 'internal-error', 'cut', undefined] as const;
    let asked = 0;
    server.trouble = () => troubles[asked++ % troubles.length];
    await store.writeRecord('take', 'abc', { a: 1 });
    expect(await store.readRecord('take', 'abc')).toEqual({ a: 1 });
    const { digest } = await store.putBlob(Buffer.from('sound'));
    expect(await store.readBlob(digest)).toEqual(Buffer.from('sound'));
    expect(asked).toBe(16);
  });

  it('goes on while 35 % of the requests are refused, says so, and fails none', async () => {
    let seed = 7;
    const chance = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed / 0x7fffffff;
    };
    const notices: string[] = [];
    const store = await openS3Store(placeAt(server), {
      workFolder: join(work, 'work'),
      notice: (message) => notices.push(message),
    });
    server.trouble = () => (chance() < 0.35 ? 'slow-down' : undefined);
    const from = performance.now();
    await pLimit(32).map(
      Array.from({ length: 200 }, (_, index) => index),
      (index) => store.writeRecord('take', `${index}`, { index }),
    );
    // The SDK's adaptive way comes down to one request a second.
    expect(performance.now() - from).toBeLessThan(60_000);
    server.trouble = () => undefined;
    expect(await store.listRecords('take')).toHaveLength(200);
    expect(notices).toEqual([expect.stringMatching(/refuses 3\d % of the requests for a moment. They are repeated/)]);
  });

  it('says that the server does not answer when it never does, and that it may later', async () => {
    const store = await open(placeAt(server));
    server.trouble = () => 'slow-down';
    await expect(store.readRecord('take', 'abc')).rejects.toMatchObject({
      code: 'store-unreachable',
      retry: 'backoff',
      message: expect.stringContaining('503 SlowDown'),
    });
    const place = placeAt(server);
    await server.close();
    await expect(open(place)).rejects.toMatchObject({
      code: 'store-unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('goes on reading where the line broke', async () => {
    const store = await open(placeAt(server));
    const bytes = randomBytes(4 * MIB);
    const { digest } = await store.putBlob(bytes);
    let cuts = 0;
    server.trouble = ({ operation }) => (operation === 'GetObject' && ++cuts <= 3 ? 'cut-body' : undefined);
    expect((await store.readBlob(digest)).equals(bytes)).toBe(true);
    expect(cuts).toBe(4);
  });

  it('does not discard a blob that was only damaged in transit', async () => {
    const store = await open(placeAt(server));
    const bytes = randomBytes(1000);
    const { digest } = await store.putBlob(bytes);
    let corrupted = false;
    server.trouble = ({ operation }) => {
      if (operation !== 'GetObject' || corrupted) return undefined;
      corrupted = true;
      return 'corrupt-body';
    };
    await expect(store.readBlob(digest)).rejects.toMatchObject({ code: 'store-unreachable', retry: 'backoff' });
    expect(await store.readBlob(digest)).toEqual(bytes);
  });

  it('keeps damaged blobs for inspection', async () => {
    const store = await open(placeAt(server));
    const { digest } = await store.putBlob(Buffer.from('sound'));
    const object = server.objects.get(nameOf(digest));
    if (object !== undefined) object.bytes = Buffer.from('noise');
    await expect(store.readBlob(digest)).rejects.toMatchObject({ code: 'store-damaged' });
    expect(server.objects.get(`${nameOf(digest)}.damaged`)?.bytes.toString()).toBe('noise');
  });

  it('knows its own record again when the answer to its first write was lost', async () => {
    const store = await open(placeAt(server));
    let lost = false;
    server.trouble = ({ operation }) => {
      if (operation !== 'PutObject' || lost) return undefined;
      lost = true;
      return 'answer-lost';
    };
    expect(await store.addRecord('take', 'abc', { a: 1 })).toBe(true);
    expect(await store.addRecord('take', 'abc', { a: 2 })).toBe(false);
  });

  it('lists more records than one response has', async () => {
    const store = await open(placeAt(server));
    const etag = '"x"';
    for (let at = 0; at < 2345; at++) {
      const key = at.toString(16).padStart(6, '0');
      server.objects.set(`narration/store/records/take/${key.slice(0, 2)}/${key}.json`, {
        bytes: Buffer.alloc(0),
        etag,
        modified: new Date(),
      });
    }
    expect(new Set(await store.listRecords('take')).size).toBe(2345);
    expect(await store.listRecords('master')).toEqual([]);
  });

  it('makes links that work without credentials, name the file and run out', async () => {
    const store = await open(placeAt(server));
    const { digest } = await store.putBlob(Buffer.from('chapter'));
    const link = await store.linkTo(digest, { fileName: '01 - Grüße "(1)".mp3', expiresSeconds: 60 });
    const answer = await fetch(link ?? '');
    expect(await answer.text()).toBe('chapter');
    expect(answer.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''01%20-%20Gr%C3%BC%C3%9Fe%20%22%281%29%22.mp3",
    );
    expect((await fetch((link ?? '').replace('Expires=60', 'Expires=600'))).status).toBe(403);
    const short = await store.linkTo(digest, { fileName: 'a.mp3', expiresSeconds: 1 });
    await expect.poll(async () => (await fetch(short ?? '')).status, { timeout: 5000, interval: 300 }).toBe(403);
  });

  describe('says what to do', () => {
    const cases: [string, { options?: S3Options; store?: string; env?: Record<string, string> }, RegExp][] = [
      ['without the bucket', { store: 's3://other-books' }, /There is no bucket "other-books".*Create it/],
      [
        'with an unknown key',
        { env: { AWS_ACCESS_KEY_ID: 'AKIAOTHER' } },
        /does not accept the current credentials.*InvalidAccessKeyId/,
      ],
      [
        'with a wrong secret',
        { env: { AWS_SECRET_ACCESS_KEY: 'hush-hush' } },
        /does not accept the current credentials.*SignatureDoesNotMatch/,
      ],
      ['in another region', { env: { AWS_REGION: 'us-west-9' } }, /another region.*AWS_REGION=eu-test-1/],
    ];
    it.each(cases)('%s', async (_what, { store, env }, message) => {
      const failure = await open(placeAt(server, store, env)).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'store-unwritable',
        retry: 'never',
        message: expect.stringMatching(message),
      });
      expect(JSON.stringify([failure, String(failure)])).not.toMatch(/hush-hush|secret\/of/);
    });

    it('without permission', async () => {
      const store = await open(placeAt(server));
      server.trouble = () => 'denied';
      for (const work of [() => store.blobSize('a'.repeat(64)), () => store.putBlob(Buffer.from('x'))]) {
        await expect(work()).rejects.toMatchObject({
          code: 'store-unwritable',
          message: expect.stringMatching(/refuses (HeadObject|PutObject).*s3:GetObject.*docs\/reference\/store\.md/),
        });
      }
    });

    it('without credentials', async () => {
      const place = placeAt(server, undefined, {
        AWS_ACCESS_KEY_ID: '',
        AWS_SECRET_ACCESS_KEY: '',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SHARED_CREDENTIALS_FILE: join(work, 'none'),
        AWS_CONFIG_FILE: join(work, 'none'),
      });
      await expect(open(place)).rejects.toMatchObject({
        code: 'store-unwritable',
        message: expect.stringContaining('AWS_PROFILE'),
      });
    });

    it('when the clock is wrong', async () => {
      const place = placeAt(server);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
      server.trouble = () => {
        vi.setSystemTime(new Date('2020-01-01'));
        return undefined;
      };
      try {
        await expect(open(place)).rejects.toMatchObject({ message: expect.stringContaining('clock') });
      } finally {
        vi.useRealTimers();
      }
    });

    it.each(['{"format":"narration-store","version":99,"id":"a"}', 'Dear diary'])('at a mark like %s', async (mark) => {
      server.objects.set('narration/store/format.json', {
        bytes: Buffer.from(mark),
        etag: '"x"',
        modified: new Date(),
      });
      await expect(open(placeAt(server))).rejects.toThrow(/has format 99|is not the mark of a narration store/);
      expect(server.objects.get('narration/store/format.json')?.bytes.toString()).toBe(mark);
    });
  });

  it.each(['ignored', 'refused'] as const)(
    'works on a server where conditions are %s, but cannot be locked',
    async (conditions) => {
      await start({ conditions });
      const store = await open(placeAt(server));
      expect((await open(placeAt(server))).id).toBe(store.id);
      expect(await store.addRecord('take', 'abc', { a: 1 })).toBe(true);
      expect(await store.addRecord('take', 'abc', { a: 2 })).toBe(false);
      expect(await store.readRecord('take', 'abc')).toEqual({ a: 1 });
      await expect(store.lock({ onWait: () => undefined })).rejects.toMatchObject({
        code: 'store-unwritable',
        message: expect.stringContaining('REDIS_URL'),
      });
    },
  );
});

describe('lease of a store on S3', () => {
  const TIMES = { beatMs: 50, staleMs: 400, pollMs: 20 };
  let server: S3Server;
  let bucket: Bucket;
  beforeEach(async () => {
    server = await startS3Server();
    bucket = new Bucket(placeAt(server));
  });
  afterEach(() => server.close());
  const never = (): never => {
    throw new Error('nobody should have to wait');
  };
  const lockOf = (holder: object) =>
    server.objects.set('narration/store/lock', {
      bytes: Buffer.from(JSON.stringify(holder)),
      etag: `"${randomBytes(8).toString('hex')}"`,
      modified: new Date(),
    });

  it('takes over at once from a process of this machine that died', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    lockOf({ ...newHolder(), pid: child.pid });
    await (await acquireStoreLease(bucket, { onWait: never }, TIMES)).release();
    expect(server.objects.size).toBe(0);
  });

  it('takes over from another machine when its lock no longer changes, by one of many', async () => {
    lockOf({ token: 'x', host: 'elsewhere', pid: 1 });
    const from = performance.now();
    const inside: number[] = [];
    let now = 0;
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const lock = await acquireStoreLease(bucket, { onWait: () => undefined }, TIMES);
        inside.push(++now);
        await new Promise((done) => setTimeout(done, 30));
        now -= 1;
        await lock.release();
      }),
    );
    expect(performance.now() - from).toBeGreaterThan(TIMES.staleMs);
    expect(inside).toEqual([1, 1, 1, 1]);
  });

  it('keeps a lock that is renewed, however long', async () => {
    const lock = await acquireStoreLease(bucket, { onWait: never }, TIMES);
    const stop = new AbortController();
    const waiting = acquireStoreLease(bucket, { onWait: () => undefined, signal: stop.signal }, TIMES);
    setTimeout(() => stop.abort(), 3 * TIMES.staleMs);
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
  });

  it('tells a holder that slept that the store is no longer its own', async () => {
    const lock = await acquireStoreLease(bucket, { onWait: never }, TIMES);
    lockOf({ token: 'y', host: 'elsewhere', pid: 1 });
    await expect.poll(() => lock.lost.aborted).toBe(true);
    expect(lock.lost.reason).toMatchObject({ code: 'interrupted', message: expect.stringContaining('Run again') });
    await lock.release();
    expect(server.objects.has('narration/store/lock')).toBe(true);
  });

  it('gives the store up when it cannot renew its lock for so long that others may take it', async () => {
    const lock = await acquireStoreLease(bucket, { onWait: never }, TIMES);
    let release: () => void = () => undefined;
    const held = new Promise<undefined>((go) => {
      release = () => go(undefined);
    });
    server.trouble = () => held;
    await expect.poll(() => lock.lost.aborted, { timeout: 3000 }).toBe(true);
    release();
    await lock.release();
  });

  it('outlives an answer that was lost', async () => {
    server.trouble = ({ operation, count }) =>
      operation === 'PutObject' && count % 2 === 1 ? 'answer-lost' : undefined;
    const lock = await acquireStoreLease(bucket, { onWait: never }, TIMES);
    await expect.poll(() => server.counts.get('PutObject') ?? 0, { timeout: 5000 }).toBeGreaterThan(8);
    expect(lock.lost.aborted).toBe(false);
    await lock.release();
  });
});
