/** Whole runs over a store on S3, as an operator sees them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type S3Server, startS3Server } from '../store/s3-server.ts';
import { makeRig, queueInRedis, type Rig, seededCache, writeBook } from './rig.ts';

// Runs share a Redis, except where the lock that the queue inside takes on the store is the point.
queueInRedis();
const INSIDE = { REDIS_URL: '' };

const STORE = ['--store', 's3://books/narration', '--simulate'];

let rig: Rig;
let server: S3Server;
let env: Record<string, string>;
let cache: string;
beforeAll(async () => {
  // Its own, so that nothing stays in the user's.
  cache = await mkdtemp(join(tmpdir(), 's3-cache-'));
  await seededCache(cache);
});
afterAll(() => rm(cache, { recursive: true, force: true }));
beforeEach(async () => {
  rig = await makeRig();
  server = await startS3Server();
  env = { ...server.env, XDG_CACHE_HOME: cache };
  await writeBook(rig);
});
afterEach(async () => {
  await rig.destroy();
  await server.close();
});

const run = () => rig.runJson(['book.yaml', ...STORE], env);

describe('pipeline with a store on S3', { timeout: 180_000 }, () => {
  it('speaks a book once; a second run finds all of it, and another machine too', async () => {
    const first = await rig.runJson(['book.yaml', ...STORE], { ...env, ...INSIDE });
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(first.finished).toMatchObject({ ok: true, calls: { enroll: 2, synthesize: 5 } });
    expect(server.uploads.size).toBe(0);
    expect(server.objects.has('narration/lock')).toBe(false);
    const mp3 = await rig.read('out/A Small Book/01 - Arrival.mp3');

    env['XDG_CACHE_HOME'] = rig.path('other-machine');
    const writes = server.puts.length;
    const second = await rig.runJson(['book.yaml', ...STORE, '--out', 'other'], env);
    expect(second.code).toBe(0);
    expect(second.finished).toMatchObject({ ok: true, calls: { enroll: 0, list: 0, synthesize: 0 } });
    expect((await rig.read('other/A Small Book/01 - Arrival.mp3')).equals(mp3)).toBe(true);
    // Only the mark, to learn whether the server knows conditions, what the run needs, and that the book was run; the last as
    // often as the run is long.
    const written = new Set(server.puts.slice(writes).map((key) => key.split('/').slice(1, 3).join('/')));
    expect(written).toEqual(new Set(['format.json', 'records/submission', 'records/book-state', 'records/needs']));

    const status = await rig.run(['status', '--store', 's3://books/narration'], env);
    expect(status.stdout).toContain('Store s3://books/narration: 2 voices, 5 takes, 2 finished chapters.');
    const doctor = await rig.run(['doctor', '--store', 's3://books/narration', '--json'], env);
    expect(JSON.parse(doctor.stdout).findings).toContainEqual(
      expect.objectContaining({
        what: 'store',
        state: 'ok',
        found: expect.stringMatching(/writable and answers in [\d.]+ ms/),
      }),
    );

    const spent = await rig.run(['cost', 'book.yaml', ...STORE, '--json'], env);
    expect(JSON.parse(spent.stdout)).toMatchObject({ type: 'cost', entries: 7, total: first.finished.cost?.amount });

    const links = await rig.run(['links', 'book.yaml', ...STORE, '--expires', '2h', '--json'], env);
    expect(links.code).toBe(0);
    const { files } = JSON.parse(links.stdout) as { files: { name: string; url: string }[] };
    expect(files.map(({ name }) => name)).toEqual([
      '01 - Arrival.mp3',
      '01 - Arrival.m4a',
      '02 - Storm.mp3',
      '02 - Storm.m4a',
      'A Small Book.m4b',
    ]);
    const fetched = await fetch(files[0]?.url ?? '');
    expect(Buffer.from(await fetched.arrayBuffer()).equals(mp3)).toBe(true);

    await writeBook(rig, { lines: 'The wind had turned again.\n\n[mara] Listen!\n\nThey listened.' });
    const stale = await rig.run(['links', 'book.yaml', ...STORE], env);
    expect(stale.code).toBe(1);
    expect(stale.stdout).toContain('01 - Arrival.mp3');
    expect(stale.stderr).toContain('chapter 2 "Storm"');
    const third = await run();
    expect(third.finished.calls).toEqual({ enroll: 0, list: 0, synthesize: 1 });
  });

  it('ends as without trouble when the server stumbles all the time', async () => {
    const troubles = ['cut', 'slow-down', 'answer-lost', 'cut-body', 'internal-error'] as const;
    let asked = 0;
    server.trouble = () => (++asked % 23 === 0 ? troubles[(asked / 23) % troubles.length] : undefined);
    const { code, finished, stderr } = await run();
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(finished).toMatchObject({ ok: true, calls: { enroll: 2, synthesize: 5 } });
  });

  it('waits for another run on the same store, and tells which', async () => {
    await writeBook(rig, { formats: 'mp3' });
    Object.assign(env, INSIDE);
    const first = rig.start(['run', 'book.yaml', ...STORE], env);
    await expect.poll(() => server.objects.has('narration/lock'), { timeout: 60_000, interval: 10 }).toBe(true);
    const second = await rig.run(['run', 'book.yaml', ...STORE, '--out', 'second'], env);
    expect((await first.done).code).toBe(0);
    expect(second.code).toBe(0);
    expect(`${second.stdout}${second.stderr}`).toMatch(/Another run \(process \d+ on .*\) is using this store/);
    expect(server.objects.has('narration/lock')).toBe(false);
  });

  it('makes again what was damaged, a master or a take, in the run that notices', async () => {
    await writeBook(rig, { formats: 'mp3' });
    const first = await run();
    const again = () => rig.runJson(['book.yaml', ...STORE, '--out', 'again'], env);
    const record = (kind: string): { files: { digest: string }[]; pcm: { digest: string } } => {
      const name = [...server.objects.keys()].find((one) => one.startsWith(`narration/records/${kind}/`)) ?? '';
      return JSON.parse(server.objects.get(name)?.bytes.toString() ?? '').value;
    };
    const spoil = (digest: string, bytes: (good: Buffer) => Buffer): void => {
      const object = server.objects.get(`narration/blobs/${digest.slice(0, 2)}/${digest}`);
      if (object !== undefined) object.bytes = bytes(object.bytes);
    };
    const flipped = (good: Buffer): Buffer => Buffer.from(good.map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
    // Its length tells at once: this very run makes it again.
    spoil(record('master').files[0]?.digest ?? '', (good) => good.subarray(0, 10));
    expect((await again()).finished).toMatchObject({ ok: true, calls: { enroll: 0, synthesize: 0 } });
    // Its length is right: noticed when it is read for the master, which is due for it is gone; spoken in the same run.
    spoil(record('take').pcm.digest, flipped);
    for (const name of server.objects.keys()) if (name.includes('/records/master/')) server.objects.delete(name);
    const healed = await again();
    expect(healed.finished).toMatchObject({ ok: true, calls: { enroll: 0, synthesize: 1 } });
    expect(healed.finished.chapters.length).toBe(first.finished.chapters.length);
    expect([...server.objects.keys()].filter((name) => name.endsWith('.damaged'))).toHaveLength(1);
  });

  it('says what is wrong and ends with 3, or 2 when the command line is', async () => {
    const wrongKey = await rig.run(['run', 'book.yaml', ...STORE], { ...env, AWS_SECRET_ACCESS_KEY: 'hush-hush' });
    expect(wrongKey.code).toBe(3);
    expect(wrongKey.stderr).toMatch(/^pipeline: s3:\/\/books\/narration does not accept the current credentials/);
    expect(wrongKey.stderr).not.toMatch(/hush-hush|\n +at /);
    const tests: [string[], RegExp][] = [
      [['--store', 's3://B'], /cannot be the name of a bucket/],
      [['--store', 's3://books/../x'], /prefix "\.\.\/x" must consist of/],
      [['--store', 'gs://books/x'], /a folder or s3:\/\/bucket\/prefix/],
      [['--out', 's3://books/../x'], /--out: the prefix "\.\.\/x" must consist of/],
    ];
    for (const [flags, message] of tests) {
      const { code, stderr } = await rig.run(['run', 'book.yaml', '--simulate', ...flags], env);
      expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    }
    const onDisk = await rig.run(['links', 'book.yaml', '--simulate'], env);
    expect([onDisk.code, onDisk.stderr]).toEqual([2, expect.stringContaining('--store s3://')]);
  });

  it('will not run unguarded on a server without conditional writes', async () => {
    await server.close();
    server = await startS3Server({ conditions: 'ignored' });
    Object.assign(env, server.env, INSIDE);
    const { code, stderr } = await rig.run(['run', 'book.yaml', ...STORE], env);
    expect([code, stderr]).toEqual([3, expect.stringContaining('REDIS_URL')]);
    const doctor = await rig.run(['doctor', '--store', 's3://books/narration'], env);
    expect([doctor.code, doctor.stdout]).toEqual([3, expect.stringContaining('does not support conditional writes')]);
  });
});
