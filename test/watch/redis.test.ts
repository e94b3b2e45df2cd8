/** Two watchers of one folder in two processes, with one store and one Redis, against a counting simulator. */
import { mkdir, readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../cli/rig.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { chaptersOf, type Service, startService, startWatching, until, type Watching } from './program.ts';

const redis = await startRedis();
afterAll(() => redis?.stop());
let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await mkdir(rig.path('inbox'));
});
afterEach(() => rig.destroy());

const textsOf = (book: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `This is sentence ${index + 1} of book ${book}.`);

describe.runIf(redis !== undefined)('two watchers over Redis', { timeout: 240_000 }, () => {
  const { url } = redis as TestRedis;
  const watch = (service: Service): Watching =>
    startWatching(rig, ['inbox', '--books-at-once', '1', '--sessions', '2'], { ...service.env, REDIS_URL: url });
  const delivered = async (name: string): Promise<boolean> =>
    (await readFile(rig.path('inbox', `${name}.status.txt`), 'utf8').catch(() => '')).startsWith('delivered');
  const drop = (name: string, count: number): Promise<void> =>
    rig.write(`inbox/${name}.yaml`, chaptersOf(`Book ${name}`, textsOf(name, count)));

  it('share the books and speak every sentence once', async () => {
    const service = await startService(rig);
    const watchers = [watch(service), watch(service)];
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) await drop(name, 3);
    for (const name of names) await until(`${name} is delivered`, () => delivered(`${name}.yaml`));
    const begun = watchers.map((one) => new Set(one.booksIn('speaking')));
    for (const books of begun) expect(books.size).toBeGreaterThan(0);
    expect(begun.flatMap((books) => [...books]).sort()).toEqual(names.map((name) => `${name}.yaml`));
    const expected = names.flatMap((name) => textsOf(name, 3).map((text) => [text, 1]));
    expect(await service.spoken()).toEqual(Object.fromEntries(expected));
    for (const { child } of watchers) child.kill('SIGTERM');
    for (const { done } of watchers) expect((await done).code).toBe(0);
  });

  it('a run that is done speaks to the end what it has begun for another one', async () => {
    const service = await startService(rig, ['--speed', 'firstAudioMs=1500']);
    const env = { ...service.env, REDIS_URL: url };
    const books = { long: textsOf('long', 8), short: textsOf('short', 1) };
    for (const [name, texts] of Object.entries(books)) await rig.write(`${name}.yaml`, chaptersOf(name, texts));
    const long = rig.start(['run', 'long.yaml', '--sessions', '2', '--out', 'out'], env);
    await until('the long one speaks', async () => Object.keys(await service.spoken()).length > 0);
    const short = rig.start(['run', 'short.yaml', '--sessions', '2', '--out', 'out'], env);
    for (const { done } of [short, long]) expect((await done).code).toBe(0);
    expect(await service.spoken()).toEqual(
      Object.fromEntries(Object.values(books).flatMap((all) => all.map((text) => [text, 1]))),
    );
  });

  it('when one is killed and Redis is emptied, the other continues and speaks nothing again that was stored', async () => {
    const service = await startService(rig, ['--speed', 'timesRealtime=4', '--speed', 'firstAudioMs=200']);
    const first = watch(service);
    await drop('a', 24);
    await until('the first one has begun', () => first.booksIn('speaking').includes('a.yaml'));
    const second = watch(service);
    await until('the second one watches', () => second.events.length > 0);
    await until('the first one speaks', async () => Object.keys(await service.spoken()).length >= 4);
    await drop('b', 3);
    await until('the second one speaks', () => second.booksIn('speaking').includes('b.yaml'));
    first.child.kill('SIGKILL');
    await first.done;
    const client = new Redis(url);
    await client.flushall();
    client.disconnect();
    for (const name of ['a', 'b']) await until(`${name} is delivered`, () => delivered(`${name}.yaml`));
    expect(second.booksIn('speaking')).toContain('a.yaml');
    const spoken = await service.spoken();
    expect(Object.keys(spoken).sort()).toEqual([...textsOf('a', 24), ...textsOf('b', 3)].sort());
    const again = Object.values(spoken).reduce((sum, times) => sum + times - 1, 0);
    // At most what was in the sessions of both at those moments.
    expect(again).toBeLessThanOrEqual(4);
    second.child.kill('SIGTERM');
    expect((await second.done).code).toBe(0);
  });
});
