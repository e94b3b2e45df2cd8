import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newHolder } from '../../src/holders/holder.ts';
import { lockStore } from '../../src/store/lock.ts';
import type { LockHolder } from '../../src/store/store.ts';
import { diskFolder } from '../disk-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(diskFolder(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process of this machine as its lock names it; without its start time, only its end can be proved. */
const holderOf = (pid: number | undefined): object => ({ ...newHolder(), pid, started: undefined });
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
    await writeFile(join(folder, 'lock'), JSON.stringify(holderOf(child.pid)));
    const waiting = lockStore({ folder, onWait: () => child.kill('SIGKILL') });
    await (await waiting).release();
  });

  it.each([
    ['of another machine', JSON.stringify({ token: 'x', host: 'elsewhere', pid: 1 })],
    ['that was never finished', '{"tok'],
  ])('takes over a lock %s only when it has not changed for long, whatever its time', async (_what, content) => {
    const path = join(folder, 'lock');
    await writeFile(path, content);
    const old = new Date(Date.now() - 3_600_000);
    await utimes(path, old, old);
    const seen: LockHolder[] = [];
    const from = performance.now();
    const times = { beatMs: 50, staleMs: 600, pollMs: 20 };
    const lock = await lockStore({ folder, onWait: (holder) => seen.push(holder) }, times);
    expect(performance.now() - from).toBeGreaterThan(600);
    // Once when it waits, once when the holder has been silent for a third of the limit. A lock without a name is reported after a few
    // checks, which are that far apart on a slow machine.
    const isSilent = seen.map(({ takeOverMs = 0 }) => takeOverMs > 0);
    if (content.startsWith('{"token"') || isSilent.length > 1) expect(isSilent).toEqual([false, true]);
    else expect(isSilent).toEqual([true]);
    await lock.release();
  });

  it('gives a dead lock to one of many', async () => {
    await writeFile(join(folder, 'lock'), JSON.stringify(holderOf(2 ** 22 + 1)));
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
