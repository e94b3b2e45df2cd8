/** Delivery to S3: the objects equal the files that a folder would have, and no other object is changed. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type S3Server, startS3Server } from '../store/s3-server.ts';
import { makeRig, queueInRedis, type Rig, seededCache, writeBook } from './rig.ts';

queueInRedis();

const OUT = ['--out', 's3://books/finished', '--simulate'];

let rig: Rig;
let server: S3Server;
let env: Record<string, string>;
let cache: string;
beforeAll(async () => {
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

/** Fewer formats, for tests where they do not matter. */
const inFormats = async (formats: string): Promise<void> =>
  rig.write('book.yaml', `${(await rig.read('book.yaml')).toString()}output: { formats: [${formats}] }\n`);
const names = (): string[] => [...server.objects.keys()].sort();
const run = (...more: string[]) => rig.runJson(['book.yaml', ...OUT, ...more], env);
const writes = (): number =>
  (server.counts.get('PutObject') ?? 0) + (server.counts.get('CompleteMultipartUpload') ?? 0);

describe('pipeline run --out s3://…', { timeout: 180_000 }, () => {
  it('uploads what a folder would contain, emits addresses and writes nothing twice', async () => {
    await inFormats('mp3, m4b');
    server.objects.set('finished/A Small Book/notes.txt', {
      bytes: Buffer.from('Not ours.'),
      etag: '"x"',
      modified: new Date(),
    });
    const { code, stderr, finished, events } = await run();
    expect([code, stderr]).toEqual([0, '']);
    expect(finished.folder).toBe('s3://books/finished/A Small Book');
    expect(finished.chapters[0]?.files[0]).toBe('s3://books/finished/A Small Book/01 - Arrival.mp3');
    expect(finished.book?.files).toEqual(['s3://books/finished/A Small Book/A Small Book.m4b']);
    const inFolder = await rig.runJson(['book.yaml', '--simulate', '--out', 'folder'], env);
    expect(inFolder.finished.calls.synthesize).toBe(0);
    for (const name of ['01 - Arrival.mp3', 'A Small Book.m4b', 'completeness.json']) {
      const object = server.objects.get(`finished/A Small Book/${name}`);
      expect(object?.bytes.equals(await readFile(rig.path('folder/A Small Book', name))), name).toBe(true);
    }
    const report = server.objects.get('finished/A Small Book/report.html');
    expect(report?.notes).toMatchObject({ 'content-type': 'text/html; charset=utf-8' });
    // Events come after the upload; the report, which lists everything, is uploaded last.
    const told = events.flatMap((event) => (event.type === 'chapter.delivered' ? event.files : []));
    expect(told.every((file) => file.startsWith('s3://books/finished/A Small Book/'))).toBe(true);
    expect([...server.objects.keys()].at(-1)).toBe('finished/A Small Book/report.json');

    const before = writes();
    const again = await run();
    expect(again.code).toBe(0);
    const outcomes = again.events.flatMap((event) => (event.type === 'chapter.delivered' ? [event.outcome] : []));
    expect(outcomes).toEqual(['unchanged', 'unchanged']);
    // The write check, and a report that now says that nothing was spoken.
    expect(writes() - before).toBeLessThanOrEqual(3);
    expect(names().filter((name) => name.includes('.publishing-'))).toEqual([]);
  });

  it('removes the files of the previous edition, from any machine, and keeps two books of one name apart', async () => {
    await inFormats('mp3');
    await run();
    const renamed = (await rig.read('book.yaml')).toString().replace('title: Storm', 'title: Calm');
    await rig.write('book.yaml', renamed);
    server.objects.set('finished/A Small Book/02 - Storm.txt', {
      bytes: Buffer.from('Mine.'),
      etag: '"x"',
      modified: new Date(),
    });
    expect((await run()).code).toBe(0);
    const here = names().filter((name) => name.includes('/02 - '));
    expect(here).toEqual(['finished/A Small Book/02 - Calm.mp3', 'finished/A Small Book/02 - Storm.txt']);
    await rig.write('book.yaml', renamed.replace('author: Somebody', 'author: Somebody Else'));
    expect((await run()).finished.folder).toBe('s3://books/finished/A Small Book (2)');
  });

  it('survives failures; what cannot be written is reported as not delivered and comes with the next run', async () => {
    await inFormats('mp3');
    const troubles = ['cut', 'slow-down', 'answer-lost', 'internal-error'] as const;
    let asked = 0;
    server.trouble = () => (++asked % 11 === 0 ? troubles[(asked / 11) % troubles.length] : undefined);
    expect((await run('--out', 's3://books/stumbling')).code).toBe(0);
    server.trouble = ({ operation, key }) =>
      operation === 'PutObject' && key.includes('02 - Storm.mp3') ? 'denied' : undefined;
    const { code, stderr, finished, events } = await run();
    expect(code).toBe(3);
    expect(stderr).toContain('s3://books/finished refuses PutObject');
    expect(finished).toMatchObject({ ok: false });
    expect(finished.chapters.map(({ files }) => files.length)).toEqual([1, 0]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'chapter.failed', index: 2, code: 'store-unwritable' }),
    );
    expect(names()).not.toContain('finished/A Small Book/report.json');
    server.trouble = () => undefined;
    const next = await run();
    expect([next.code, next.finished.calls.synthesize]).toEqual([0, 0]);
    expect(names()).toContain('finished/A Small Book/report.json');
  });

  it('is refused before anything is paid for when the bucket cannot be written', async () => {
    server.trouble = ({ operation }) => (operation === 'PutObject' ? 'denied' : undefined);
    const { code, stdout, stderr } = await rig.run(['run', 'book.yaml', ...OUT, '--json'], env);
    expect(code).toBe(3);
    expect(stderr).toContain('s3://books/finished refuses PutObject');
    expect(stdout).not.toContain('voice.ready');
  });

  it('works for a watched folder, too', async () => {
    await inFormats('mp3');
    for (const name of ['book.yaml', 'one.txt', 'two.txt', 'voices/narrator.wav', 'voices/mara.mp3'])
      await rig.write(`inbox/${name}`, await rig.read(name));
    const watcher = rig.start(['watch', 'inbox', ...OUT, '--json'], env);
    const line = JSON.parse(await watcher.line('"inbox.delivered"')) as { folder: string; changed: number };
    expect(line.folder).toBe('s3://books/finished/A Small Book');
    expect(line.changed).toBeGreaterThan(0);
    const status = await readFile(rig.path('inbox/book.yaml.status.txt'), 'utf8');
    expect(status).toBe('delivered: 2 chapters in s3://books/finished/A Small Book\n');
    expect(names()).toContain('finished/A Small Book/report.json');
    watcher.child.kill('SIGTERM');
    expect((await watcher.done).code).toBe(0);
    const both = await rig.run(['watch', 'inbox', ...OUT, '--library', 'lib'], env);
    expect([both.code, both.stderr]).toEqual([
      2,
      expect.stringContaining('--library copies finished books from a folder'),
    ]);
  });
});
