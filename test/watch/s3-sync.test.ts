/** The local copy of an S3 prefix: what is fetched, what is skipped, and what a crash may leave. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { silenceSdkNotice } from '../../src/config/config.ts';
import { S3Sync } from '../../src/s3-inbox/sync.ts';
import { Bucket } from '../../src/store/s3/bucket.ts';
import { type S3Server, startS3Server } from '../store/s3-server.ts';

let base: string;
let server: S3Server;
let bucket: Bucket;
const notices: string[] = [];
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 's3-sync-'));
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
  const sync = new S3Sync({ bucket, folder, indexPath: join(base, 'index.json'), done: 'done/', notice });
  await sync.open();
  return sync;
};
const read = (name: string): Promise<string> => readFile(join(base, 'inbox', name), 'utf8');
const changes = async (sync: S3Sync): Promise<string[]> =>
  (await sync.syncOnce()).map((path) => path.slice(base.length + '/inbox/'.length)).sort();

it('fetches drops, follows changes and removals, and reports once what it ignores', async () => {
  put('a/book.yaml', 'one');
  put('a/one.txt', 'text');
  put('a/book.yaml.status.txt', 'delivered');
  put('a/../../out.txt', 'out');
  put('..', 'out');
  const sync = await open();
  expect(await changes(sync)).toEqual(['a/book.yaml', 'a/book.yaml.status.txt', 'a/one.txt']);
  expect(await read('a/one.txt')).toBe('text');
  // Only the existence of a status file matters; its text changes all the time and is read from S3.
  expect(await read('a/book.yaml.status.txt')).toBe('');
  put('a/book.yaml.status.txt', 'speaking 1 / 2');
  expect(await changes(sync)).toEqual([]);
  const fingerprint = sync.fingerprintOf('a/book.yaml');
  put('a/book.yaml', 'two');
  expect(await changes(sync)).toEqual(['a/book.yaml']);
  expect(sync.fingerprintOf('a/book.yaml')).not.toBe(fingerprint);
  server.objects.clear();
  expect(await changes(sync)).toEqual(['a/book.yaml', 'a/book.yaml.status.txt', 'a/one.txt']);
  expect(sync.fingerprintOf('a/book.yaml')).toBeUndefined();
  expect(await readdir(join(base, 'inbox'))).toEqual(['.pipeline-watch']);
});

it('skips finished books, however many there are', async () => {
  for (let index = 0; index < 5_000; index++) put(`done/Book ${index}/01.mp3`, 'x');
  for (const name of ['a.txt', 'don.txt', 'done.txt', 'done0.txt', 'z.txt']) put(name, name);
  const sync = await open();
  expect(await changes(sync)).toEqual(['a.txt', 'don.txt', 'done.txt', 'done0.txt', 'z.txt']);
  expect(server.counts.get('ListObjectsV2')).toBe(2);
});

it('fetches nothing again after a restart except what a crash has damaged', async () => {
  for (const name of ['a.txt', 'b.txt', 'c.txt']) put(name, `text of ${name}`);
  await (await open()).syncOnce();
  await writeFile(join(base, 'inbox/b.txt'), '');
  await writeFile(join(base, 'inbox/phantom.yaml'), 'book: {}');
  const left = '.pipeline-watch/tmp/.fetching-0b7c1f4e-0000-4000-8000-000000000000';
  await writeFile(join(base, 'inbox', left), 'half');
  const sync = await open();
  expect(await readdir(join(base, 'inbox/.pipeline-watch/tmp'))).toEqual([]);
  expect(await changes(sync)).toEqual(['b.txt']);
  expect(await read('b.txt')).toBe('text of b.txt');
  expect((await readdir(join(base, 'inbox'))).sort()).toEqual(['.pipeline-watch', 'a.txt', 'b.txt', 'c.txt']);
  await writeFile(join(base, 'index.json'), 'damaged');
  expect(await changes(await open())).toEqual(['a.txt', 'b.txt', 'c.txt']);
});

it('stays as it is while S3 does not answer or an object arrives incomplete', async () => {
  put('a.txt', 'text');
  const sync = await open();
  server.trouble = ({ operation }) => (operation === 'GetObject' ? 'denied' : undefined);
  expect(await changes(sync)).toEqual([]);
  expect(await changes(sync)).toEqual([]);
  expect(notices).toEqual([expect.stringContaining('"a.txt" could not be fetched')]);
  server.trouble = () => undefined;
  expect(await changes(sync)).toEqual(['a.txt']);
  server.trouble = () => 'denied';
  await expect(sync.syncOnce()).rejects.toMatchObject({ code: 'store-unwritable' });
  expect(await read('a.txt')).toBe('text');
});
