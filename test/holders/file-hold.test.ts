/** Holds as files: one holder at a time, whatever clocks say and whoever is killed. Real files, real processes. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileHolds, type Hold } from '../../src/holders/file-hold.ts';
import { newHolder, parseHolder } from '../../src/holders/holder.ts';
import { THIS_PROCESS } from '../../src/holders/process-identity.ts';
import { openStoreDisk } from '../chaos/disk.ts';
import { diskFolder } from '../disk-folder.ts';

const TIMES = { beatMs: 40, staleMs: 600 };
let bundle: string;
let folder: string;
let path: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  bundle = await mkdtemp(join(diskFolder(), 'hold-program-'));
  const entry = `
    import { FileHolds } from './src/holders/file-hold.ts';
    const [path] = process.argv.slice(2);
    const holds = new FileHolds(${JSON.stringify(TIMES)});
    process.stdin.resume().on('end', () => process.exit());
    let hold;
    for (let isFirst = true; ; isFirst = false) {
      const tried = await holds.tryTake(path);
      if ('release' in tried) { hold = tried; break; }
      if (isFirst) console.log('waits');
      await new Promise((done) => setTimeout(done, 20));
    }
    hold.lost.addEventListener('abort', () => console.log('lost ' + hold.lost.reason));
    console.log('holds ' + process.pid);
    setInterval(() => {}, 1000);`;
  await build({
    stdin: { contents: entry, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' },
    ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'silent', outfile: join(bundle, 'program.mjs') },
  });
});
afterAll(() => rm(bundle, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(diskFolder(), 'hold-'));
  path = join(folder, 'lock');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.stdin?.end();
    child.kill('SIGKILL');
  }
  await rm(folder, { recursive: true, force: true });
});

/** A process that takes the hold as soon as it may; `within`: a program that starts it, such as `faketime`. */
function start(...within: string[]): { child: ChildProcess; says(text: string): Promise<void>; output: () => string } {
  const [program = '', ...args] = [...within, process.execPath, join(bundle, 'program.mjs'), path];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  let output = '';
  child.stdout?.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  return {
    child,
    output: () => output,
    says: (text) => expect.poll(() => output, { timeout: 10_000, interval: 20 }).toContain(text),
  };
}

function canRun(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function take(holds = new FileHolds(TIMES)): Promise<Hold> {
  for (;;) {
    const tried = await holds.tryTake(path);
    if ('release' in tried) return tried;
    await sleep(20);
  }
}

const isFree = async (holds = new FileHolds(TIMES)): Promise<boolean> => {
  const tried = await holds.tryTake(path);
  if ('release' in tried) await tried.release();
  return 'release' in tried;
};

describe('a holder that was killed', () => {
  it.runIf(THIS_PROCESS.started !== undefined)('in this system is replaced at once', async () => {
    const { child, says } = start();
    await says('holds');
    expect(await isFree()).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isFree()).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  it('in a container with our host name and our process ID is replaced after the limit, by nobody sooner', async () => {
    await writeFile(path, JSON.stringify({ ...newHolder(), host: hostname(), namespaces: '1-1' }));
    const from = performance.now();
    const hold = await take();
    expect(performance.now() - from).toBeGreaterThan(TIMES.staleMs);
    await hold.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('while it removed a dead holder leaves nothing that blocks others', async () => {
    await writeFile(path, JSON.stringify({ ...newHolder(), namespaces: '1-1' }));
    await writeFile(`${path}.takeover`, '');
    await (await take()).release();
    expect(await readdir(folder)).toEqual([]);
  });

  const inNamespace = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
  const canUnshare = canRun(inNamespace[0], ...inNamespace.slice(1), 'true');
  if (!canUnshare) console.warn('SKIPPED: other PID namespaces cannot be made here (unshare needs root)');
  it.runIf(canUnshare)('or lives in another PID namespace with the same host name', async () => {
    const { child, says } = start(...inNamespace);
    await says('holds 1');
    const holds = new FileHolds(TIMES);
    for (const until = performance.now() + 2 * TIMES.staleMs; performance.now() < until; ) {
      expect(await isFree(holds)).toBe(false);
      await sleep(40);
    }
    // And the other way: the process in the container does not rob ours.
    child.kill('SIGKILL');
    const ours = await take(holds);
    const again = start(...inNamespace);
    await again.says('waits');
    await sleep(2 * TIMES.staleMs);
    expect(again.output()).toBe('waits\n');
    expect(ours.lost.aborted).toBe(false);
    await ours.release();
    await again.says('holds 1');
  });
});

describe('clocks', () => {
  const canFake = canRun('faketime', '-f', '+90s', 'true');
  if (!canFake) console.warn('SKIPPED: faketime is not installed');
  it.runIf(canFake).each(['+90s', '-90s', '+2d'])('a machine whose clock is off by %s does not rob', async (offset) => {
    const ours = await take();
    const other = start('faketime', '-f', offset);
    await other.says('waits');
    await sleep(1.5 * TIMES.staleMs);
    expect(other.output()).toBe('waits\n');
    expect(ours.lost.aborted).toBe(false);
    await ours.release();
    await other.says('holds');
    const holds = new FileHolds(TIMES);
    for (const until = performance.now() + 1.5 * TIMES.staleMs; performance.now() < until; await sleep(40)) {
      expect(await isFree(holds)).toBe(false);
    }
  });

  it('the time of a file means nothing', async () => {
    const dead = { ...newHolder(), namespaces: '1-1' };
    for (const offsetMs of [-1e9, 1e9]) {
      await writeFile(path, JSON.stringify(dead));
      const when = new Date(Date.now() + offsetMs);
      await utimes(path, when, when);
      expect(await isFree()).toBe(false);
    }
  });
});

describe('versions', () => {
  /** How commit 4ea1121 judges the lock of a store, and how its watchers judge a claim. */
  const oldJudges = async (clockAheadMs: number, self: { host: string; pid: number }): Promise<boolean[]> => {
    const holder = parseHolder(await readFile(path, 'utf8'))!;
    const runsHere = (pid: number): boolean => pid === self.pid;
    const age = Date.now() + clockAheadMs - (await stat(path)).mtimeMs;
    const lock = holder.host === self.host ? holder.pid !== self.pid && !runsHere(holder.pid) : age > 60_000;
    const claim = holder.host === self.host && holder.pid !== self.pid && !runsHere(holder.pid);
    return [lock, claim];
  };

  it('an earlier one does not take us for its own dead process, and its clock may be minutes ahead', async () => {
    const hold = await take();
    for (const clockAheadMs of [-90_000, 0, 90_000, 240_000]) {
      // Another PID namespace with our host name.
      expect(await oldJudges(clockAheadMs, { host: hostname(), pid: 7 })).toEqual([false, false]);
    }
    const before = await readFile(path, 'utf8');
    // Its watchers wait while the content changes; its length does not, so that it is never incomplete.
    await expect.poll(async () => (await readFile(path, 'utf8')) !== before).toBe(true);
    expect((await readFile(path, 'utf8')).length).toBe(before.length);
    await hold.release();
  });

  it('a holder of an earlier one is alive while it sets the time of its lock', async () => {
    await writeFile(path, JSON.stringify({ token: 'x', host: hostname(), pid: 1 }));
    const holds = new FileHolds(TIMES);
    for (let beat = 0; beat < 20; beat++) {
      const when = new Date(Date.now() - 90_000 + beat * 1000);
      await utimes(path, when, when);
      expect(await isFree(holds)).toBe(false);
      await sleep(TIMES.staleMs / 10);
    }
    await (await take(holds)).release();
  });
});

it('a dead hold is taken by one of many', async () => {
  for (let round = 0; round < 5; round++) {
    await writeFile(path, JSON.stringify({ ...newHolder(), pid: 2 ** 22 + 1, started: '1' }));
    const tried = await Promise.all(Array.from({ length: 20 }, () => new FileHolds(TIMES).tryTake(path)));
    const held = tried.filter((hold) => 'release' in hold);
    expect(held.length).toBeLessThanOrEqual(1);
    const hold = held[0] ?? (await take());
    await sleep(3 * TIMES.beatMs);
    expect(hold.lost.aborted).toBe(false);
    await hold.release();
    expect(await readdir(folder)).toEqual([]);
  }
});

it('a lock that was never finished is nobody’s after the limit', async () => {
  await writeFile(path, '{"tok');
  expect(await isFree()).toBe(false);
  await (await take()).release();
});

it('a holder whose lock is deleted by hand keeps it, and one that was replaced gives up', async () => {
  const hold = await take();
  await rm(path);
  await expect.poll(() => readdir(folder)).toEqual(['lock']);
  expect(hold.lost.aborted).toBe(false);
  const other = JSON.stringify({ ...newHolder(), namespaces: '1-1' });
  await writeFile(path, other);
  await expect.poll(() => hold.lost.aborted).toBe(true);
  expect(hold.lost.reason).toBe('taken');
  await hold.release();
  expect(await readFile(path, 'utf8')).toBe(other);
});

it('a holder that was suspended for longer than the limit keeps what nobody took', async () => {
  const { child, says, output } = start();
  await says('holds');
  child.kill('SIGSTOP');
  await sleep(2 * TIMES.staleMs);
  child.kill('SIGCONT');
  await sleep(5 * TIMES.beatMs);
  expect(output()).not.toContain('lost');
});

it('a holder that slept knows whether it is still its own before any timer has run', async () => {
  const hold = await take(new FileHolds({ beatMs: 60_000, staleMs: 600 }));
  const clock = vi.spyOn(Date, 'now');
  try {
    expect(await hold.isOurs()).toBe(true);
    const other = JSON.stringify({ ...newHolder(), namespaces: '1-1' });
    const ours = await readFile(path, 'utf8');
    clock.mockReturnValue(Date.now() + 10_000);
    // Two of its callers ask at once.
    expect(await Promise.all([hold.isOurs(), hold.isOurs()])).toEqual([true, true]);
    expect(await readFile(path, 'utf8')).not.toBe(ours);
    clock.mockReturnValue(Date.now() + 10_000);
    await writeFile(path, other);
    expect(await hold.isOurs()).toBe(false);
    expect(hold.lost.reason).toBe('taken');
  } finally {
    clock.mockRestore();
    await hold.release();
  }
});

it('a holder that cannot write its heartbeats gives up before others may take over', async () => {
  const hold = await take();
  await rm(path);
  await rm(folder, { recursive: true });
  const from = performance.now();
  await expect.poll(() => hold.lost.aborted, { interval: 10 }).toBe(true);
  expect(hold.lost.reason).toBe('silent');
  expect(performance.now() - from).toBeLessThan(TIMES.staleMs + 200);
  await hold.release();
});

it('a full disk stops no heartbeat', async (test) => {
  const disk = await openStoreDisk(folder, { mebibytes: 32, say: console.warn });
  try {
    if (disk.fill === undefined) return test.skip('no disk of our own can be mounted here');
    path = join(disk.folder, 'lock');
    const hold = await take();
    const full = disk.fill(2_000);
    const write = (): Promise<unknown> => writeFile(join(disk.folder, randomUUID()), 'x'.repeat(9_000));
    await expect.poll(() => write().catch(({ code }) => code), { timeout: 5_000, interval: 10 }).toBe('ENOSPC');
    const holds = new FileHolds({ ...TIMES, staleMs: 300 });
    for (const until = performance.now() + 500; performance.now() < until; await sleep(30)) {
      expect(await isFree(holds)).toBe(false);
    }
    expect(hold.lost.aborted).toBe(false);
    await full;
    await hold.release();
  } finally {
    await disk.close();
  }
});
