/** The mirror of a place on S3: what it fetches, what it jumps over, and what a crash may have left in it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silenceSdkNotice } from '../../src/config.ts';
import { S3Sync } from '../../src/s3-inbox/sync.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { type S3Server, startS3Server } from '../store/s3-server.ts';

let base: string;
let server: S3Server;
let bucket: Bucket;
const notices: string[] = [];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'mirror-'));
  server = await startS3Server();
  Object.assign(process.env, server.env);
  silenceSdkNotice();
  bucket = new Bucket({ bucket: 'books', prefix: 'in/', endpoint: server.url, region: 'eu-test-1', pathStyle: true });
  notices.length = 0;
});
afterEach(async () => {
  for (const name of Object.keys(server.env)) delete process.env[name];
  await server.close();
  await rm(base, { recursive: true, force: true });
});

const put = (name: string, text: string): void => {
  server.objects.set(`in/${name}`, { bytes: Buffer.from(text), etag: `"${text}"`, modified: new Date() });
};
const open = async (): Promise<S3Sync> => {
  const folder = join(base, 'inbox');
  const notice = (message: string): number => notices.push(message);
  const mirror = new S3Sync({ bucket, folder, indexPath: join(base, 'index.json'), done: 'done/', notice });
  await mirror.open();
  return mirror;
};
const read = (name: string): Promise<string> => readFile(join(base, 'inbox', name), 'utf8');
const changes = async (mirror: S3Sync): Promise<string[]> =>
  (await mirror.syncOnce()).map((path) => path.slice(base.length + '/inbox/'.length)).sort();

it('fetches what was dropped, follows what changes and goes, and says once what it can not take', async () => {
  put('a/book.yaml', 'one');
  put('a/one.txt', 'text');
  put('a/book.yaml.status.txt', 'delivered');
  put('a/../../out.txt', 'out');
  put('..', 'out');
  const mirror = await open();
  expect(await changes(mirror)).toEqual(['a/book.yaml', 'a/book.yaml.status.txt', 'a/one.txt']);
  expect(await read('a/one.txt')).toBe('text');
  // Of ours it matters that it is there; what it says is at the place, and changes all the time.
  expect(await read('a/book.yaml.status.txt')).toBe('');
  put('a/book.yaml.status.txt', 'speaking 1 / 2');
  expect(await changes(mirror)).toEqual([]);
  const facts = mirror.fingerprintOf('a/book.yaml');
  put('a/book.yaml', 'two');
  expect(await changes(mirror)).toEqual(['a/book.yaml']);
  expect(mirror.fingerprintOf('a/book.yaml')).not.toBe(facts);
  server.objects.clear();
  expect(await changes(mirror)).toEqual(['a/book.yaml', 'a/book.yaml.status.txt', 'a/one.txt']);
  expect(mirror.fingerprintOf('a/book.yaml')).toBeUndefined();
  expect(await readdir(join(base, 'inbox'))).toEqual(['.pipeline-watch']);
});

it('jumps over finished books, however many there are', async () => {
  for (let index = 0; index < 5_000; index++) put(`done/Book ${index}/01.mp3`, 'x');
  for (const name of ['a.txt', 'don.txt', 'done.txt', 'done0.txt', 'z.txt']) put(name, name);
  const mirror = await open();
  expect(await changes(mirror)).toEqual(['a.txt', 'don.txt', 'done.txt', 'done0.txt', 'z.txt']);
  expect(server.counts.get('ListObjectsV2')).toBe(2);
});

it('fetches nothing again after a restart, but what a crash has spoilt or left', async () => {
  for (const name of ['a.txt', 'b.txt', 'c.txt']) put(name, `text of ${name}`);
  await (await open()).syncOnce();
  await writeFile(join(base, 'inbox/b.txt'), '');
  await writeFile(join(base, 'inbox/phantom.yaml'), 'book: {}');
  const left = '.pipeline-watch/tmp/.fetching-0b7c1f4e-0000-4000-8000-000000000000';
  await writeFile(join(base, 'inbox', left), 'half');
  const mirror = await open();
  expect(await readdir(join(base, 'inbox/.pipeline-watch/tmp'))).toEqual([]);
  expect(await changes(mirror)).toEqual(['b.txt']);
  expect(await read('b.txt')).toBe('text of b.txt');
  expect((await readdir(join(base, 'inbox'))).sort()).toEqual(['.pipeline-watch', 'a.txt', 'b.txt', 'c.txt']);
  await writeFile(join(base, 'index.json'), 'damaged');
  expect(await changes(await open())).toEqual(['a.txt', 'b.txt', 'c.txt']);
});

it('stays as it is while the place does not answer, or an object comes half', async () => {
  put('a.txt', 'text');
  const mirror = await open();
  server.trouble = ({ operation }) => (operation === 'GetObject' ? 'denied' : undefined);
  expect(await changes(mirror)).toEqual([]);
  expect(await changes(mirror)).toEqual([]);
  expect(notices).toEqual([expect.stringContaining('"a.txt" could not be fetched')]);
  server.trouble = () => undefined;
  expect(await changes(mirror)).toEqual(['a.txt']);
  server.trouble = () => 'denied';
  await expect(mirror.syncOnce()).rejects.toMatchObject({ code: 'store-unwritable' });
  expect(await read('a.txt')).toBe('text');
});
