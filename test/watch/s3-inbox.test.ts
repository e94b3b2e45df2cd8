/** An S3 prefix that the built program watches like a folder; and which object names become local files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localFileOf } from '../../src/s3-inbox/object-names.ts';
import { makeRig, type Rig, seededCache } from '../cli/rig.ts';
import { type S3Server, startS3Server } from '../store/s3-server.ts';
import { chaptersOf, type Service, startService, startWatching, until, type Watching } from './program.ts';

describe('a name on S3', () => {
  it.each([
    ['book.yaml', 'file'],
    ['a/one.txt', 'file'],
    ['PAUSE', 'file'],
    ['书/本.yaml', 'file'],
    ['book.yaml.approved', 'file'],
    ['a/book.yaml.status.txt', 'status'],
    ['a/book.yaml.rejected.txt', 'status'],
    ['done/Book/01.mp3', 'skipped'],
    ['.pipeline-watch/claims/x.json', 'skipped'],
    ['folder/', 'skipped'],
    ['a/book.yaml.part', 'skipped'],
    ['../out.yaml', 'skipped'],
    ['a/..', 'skipped'],
    ['a//b.yaml', 'invalid'],
    ['/book.yaml', 'invalid'],
    ['a\\b.yaml', 'invalid'],
    [`${'x'.repeat(201)}.txt`, 'invalid'],
    ['a/b/c/d/e/f/g/h/i/j.txt', 'invalid'],
  ])('%s is %s', (name, place) => {
    expect(localFileOf(name, 'done/')).toBe(place);
  });
});

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 's3-cache-'));
  await seededCache(cache);
});
afterAll(() => rm(cache, { recursive: true, force: true }));
let rig: Rig;
let server: S3Server;
let service: Service;
const put = (name: string, text: string): void => {
  const bytes = Buffer.from(text);
  server.objects.set(`in/${name}`, { bytes, etag: `"${name}-${text.length}-${Math.random()}"`, modified: new Date() });
};
const textOf = (name: string): string => server.objects.get(`in/${name}`)?.bytes.toString() ?? '';
/** A machine of its own, with its own local copy and store. */
const watch = (machine: string): Watching =>
  startWatching(rig, ['s3://books/in', '--store', `store-${machine}`, '--books-at-once', '1'], {
    ...service.env,
    ...server.env,
    XDG_CACHE_HOME: cache,
  });
const isDelivered = (name: string) => (): boolean => textOf(`${name}.status.txt`).startsWith('delivered');

describe('a watched S3 prefix', { timeout: 240_000 }, () => {
  beforeEach(async () => {
    rig = await makeRig();
    server = await startS3Server();
    service = await startService(rig);
  });
  afterEach(async () => {
    await rig.destroy();
    await server.close();
  });

  it('gets statuses, rejections and finished books, follows edits and removals, and leaves the drops unchanged', async () => {
    const watcher = watch('a');
    const inFile = chaptersOf('Told', ['-']).replace('text: "-"', 'file: one.txt');
    put('told/book.yaml', inFile);
    put('wrong.yaml', chaptersOf('Wrong', ['No.']).replace('title:', 'titel:'));
    await until('waits', () => textOf('told/book.yaml.status.txt') === 'waiting for "one.txt"\n');
    put('told/one.txt', 'This was dropped later.');
    await until('delivered', isDelivered('told/book.yaml'));
    expect(textOf('told/book.yaml.status.txt')).toBe('delivered: 1 chapter in done/Told\n');
    expect(JSON.parse(textOf('done/Told/report.json'))).toMatchObject({ complete: true });
    await until('rejected', () => textOf('wrong.yaml.rejected.txt').includes('wrong.yaml:1:9'));
    const { stdout } = await rig.run(['status', 's3://books/in', '--json'], server.env);
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { delivered: 1, rejected: 1 },
      books: [{ path: 'told/book.yaml' }, { path: 'wrong.yaml' }],
      watchers: [expect.stringContaining('-1')],
    });
    put('told/one.txt', 'This was edited.');
    await until('spoken anew', async () => 'This was edited.' in (await service.spoken()));
    await until('delivered again', () => watcher.booksIn('delivered').length === 2);
    expect(textOf('told/book.yaml')).toBe(inFile);
    // S3 does not answer: nothing counts as removed. Then a book is removed.
    server.trouble = () => 'denied';
    await sleep(6_000);
    server.trouble = () => undefined;
    for (const name of server.objects.keys()) if (name === 'in/told/book.yaml') server.objects.delete(name);
    await until('cancelled', () => watcher.events.some(({ type }) => type === 'inbox.cancelled'));
    await until('our status is gone', () => !server.objects.has('in/told/book.yaml.status.txt'));
    expect(watcher.booksIn('cancelled')).toEqual(['told/book.yaml']);
    expect(textOf('told/one.txt')).toBe('This was edited.');
    expect(server.objects.has('in/done/Told/report.json')).toBe(true);
    watcher.child.kill('SIGTERM');
    expect((await watcher.done).code).toBe(0);
  });

  it('is shared by two machines with separate stores: no book is spoken twice, and one takes over from the other', async () => {
    const watchers = [watch('a'), watch('b')];
    const names = ['b1', 'b2', 'b3', 'b4'];
    const textFor = (name: string): string => `This is the book ${name}.`;
    for (const name of names) put(`${name}.yaml`, chaptersOf(name, [textFor(name)]));
    for (const name of names) await until(`${name} is delivered`, isDelivered(`${name}.yaml`));
    expect(await service.spoken()).toEqual(Object.fromEntries(names.map((name) => [textFor(name), 1])));
    for (const one of watchers) expect(one.booksIn('speaking').length).toBeGreaterThan(0);
    // Every watcher knows what was delivered, even a new one on a third machine.
    const third = watch('c');
    await until('all are known', () => third.booksIn('delivered').length === names.length);
    expect(third.booksIn('speaking')).toEqual([]);
    for (const one of [third, watchers[1] as Watching]) one.child.kill('SIGTERM');
    for (const one of [third, watchers[1] as Watching]) expect((await one.done).code).toBe(0);

    const [first] = watchers as [Watching];
    put(
      'long.yaml',
      chaptersOf(
        'long',
        Array.from({ length: 15 }, (_, index) => `Sentence ${index + 1} is here.`),
      ),
    );
    await until('the first one speaks', () => first.booksIn('speaking').includes('long.yaml'));
    first.child.kill('SIGKILL');
    await first.done;
    const fourth = watch('d');
    await until('taken over', isDelivered('long.yaml'));
    expect(fourth.booksIn('speaking')).toEqual(['long.yaml']);
    fourth.child.kill('SIGTERM');
    expect((await fourth.done).code).toBe(0);
  });

  it('is refused on a server without conditional writes, and with the HTTP API', async () => {
    const { done } = startWatching(rig, ['s3://books/in', '--http-port', '0'], { ...service.env, ...server.env });
    expect(await done).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--http-port needs a watched folder'),
    });
    await server.close();
    server = await startS3Server({ conditions: 'ignored' });
    const other = await watch('e').done;
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('does not support conditional writes')]);
  });
});
