import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockStore } from '../../src/store/lock.ts';
import { diskFolder } from '../disk-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(diskFolder(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = (): never => {
  throw new Error('nobody should have to wait');
};

describe('lock of a store', () => {
  it('lets one in at a time, and tells the second who is at it', async () => {
    const { release } = await lockStore({ folder, onWait: never });
    const waited: number[] = [];
    let second: (() => Promise<void>) | undefined;
    const waiting = lockStore({ folder, onWait: ({ pid }) => waited.push(pid) }).then((given) => {
      second = given.release;
    });
    await expect.poll(() => waited).toEqual([process.pid]);
    expect(second).toBeUndefined();
    await release();
    await release();
    await waiting;
    await second?.();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over from a process that was killed', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await writeFile(join(folder, 'lock'), JSON.stringify({ token: 'x', host: hostname(), pid: child.pid }));
    const waiting = lockStore({ folder, onWait: () => child.kill('SIGKILL') });
    await (await waiting).release();
  });

  it('leaves the lock to a process on this machine that is only asleep, however old it is', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const path = join(folder, 'lock');
    await writeFile(path, JSON.stringify({ token: 'x', host: hostname(), pid: child.pid }));
    const old = new Date(Date.now() - 3_600_000);
    await utimes(path, old, old);
    const stop = new AbortController();
    await expect(lockStore({ folder, onWait: () => stop.abort(), signal: stop.signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    child.kill('SIGKILL');
  });

  it.each([
    ['of another machine', JSON.stringify({ token: 'x', host: 'elsewhere', pid: 1 })],
    ['that was never finished', '{"tok'],
  ])('takes over a lock %s only when it is old', async (_what, content) => {
    const path = join(folder, 'lock');
    await writeFile(path, content);
    const stop = new AbortController();
    const refused = lockStore({ folder, onWait: () => undefined, signal: stop.signal });
    setTimeout(() => stop.abort(), 700);
    await expect(refused).rejects.toMatchObject({ code: 'interrupted' });
    const old = new Date(Date.now() - 61_000);
    await utimes(path, old, old);
    await (await lockStore({ folder, onWait: never })).release();
  });

  it('gives a dead lock to one of many', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify({ token: 'x', host: hostname(), pid: 2 ** 22 + 1 }));
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { release } = await lockStore({ folder, onWait: () => undefined });
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((done) => setImmediate(done));
        inside -= 1;
        await release();
      }),
    );
    expect(most).toBe(1);
  });
});
