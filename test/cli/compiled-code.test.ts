/** Compiled code is kept between starts, in the cache folder, and nothing depends on it. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hotCodeFlag } from '../../src/cli/hot-code.ts';
import { type Finished, makeRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.destroy());

const check = (command = 'check'): Promise<Finished> =>
  rig.start([command, 'no.yaml'], { XDG_CACHE_HOME: rig.path('cache') }).done;

/** Paths of what is kept of the program itself; Node from 22.1 on keeps modules beside it. */
const kept = async (): Promise<string[]> => {
  const names = await readdir(rig.path('cache/narration-pipeline/compiled')).catch(() => []);
  return names
    .filter((name) => name.endsWith('.code'))
    .map((name) => rig.path('cache/narration-pipeline/compiled', name));
};

/** Changes a text in kept code; by `isWhole` with the checksum of the change. */
async function change(path: string, { isWhole }: { isWhole: boolean }): Promise<void> {
  const bytes = await readFile(path);
  const at = bytes.indexOf('There is no file');
  expect(at).toBeGreaterThan(0);
  bytes.write('There is no pile', at, 'latin1');
  if (isWhole) bytes.writeUInt32LE(crc32(bytes.subarray(0, -8)), bytes.length - 8);
  await writeFile(path, bytes);
}

it('is what the next start of the command runs, unless it is damaged or of another user', async () => {
  expect((await check()).stderr).toContain('There is no file');
  const [path = '', ...more] = await kept();
  expect(more).toEqual([]);
  expect(path).toMatch(/check-[0-9a-f]{8}-[0-9a-f]{8}\.code$/);
  const first = await readFile(path);

  await change(path, { isWhole: true });
  expect((await check()).stderr).toContain('There is no pile');
  if (process.geteuid?.() === 0) {
    await chown(path, 12_345, 12_345);
    expect((await check()).stderr).toContain('There is no file');
    await writeFile(path, first);
  }

  await change(path, { isWhole: false });
  expect((await check()).stderr).toContain('There is no file');
  const replaced = await readFile(path);
  expect(crc32(replaced.subarray(0, -8))).toBe(replaced.readUInt32LE(replaced.length - 8));
});

it('is not kept of a command that does not exist, and kept again of a start that calls more', async () => {
  expect((await check('chekc')).code).toBe(2);
  expect(await kept()).toEqual([]);
  await check();
  const [path = ''] = await kept();
  const whole = await readFile(path);
  const size = whole.readUInt32LE(whole.length - 4);
  expect(size).toBeGreaterThan(500_000);
  // As if a start had kept it that called half as much.
  whole.writeUInt32LE(Math.floor(size / 2), whole.length - 4);
  await writeFile(path, whole);
  await check();
  const again = await readFile(path);
  expect(again.readUInt32LE(again.length - 4)).toBeGreaterThan(size * 0.9);
  const { mtimeMs } = await stat(path);
  await check();
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);
});

it('has the flags of the next start: the thread that hears takes changes none that stays', async () => {
  const flags = cachedDataVersionTag();
  const ears = new Worker(new URL('../../dist/src/audio/listening/listen-worker.js', import.meta.url));
  const answer = once(ears, 'message');
  ears.postMessage({ id: 1, narrow: new Float32Array(8_000), isVoice: false });
  expect((await answer)[0]).toMatchObject({ id: 1 });
  expect(cachedDataVersionTag()).toBe(flags);
  await ears.terminate();
});

it.runIf(hotCodeFlag('watch', process.versions.v8) !== undefined)(
  'of a command that lives long is what V8 takes at the next start, with less of it optimized',
  async () => {
    const tag = (path = ''): string | undefined => /-([0-9a-f]{8})\.code$/.exec(path)?.[1];
    const [, watcher] = [await check(), await check('watch')];
    expect(watcher.stderr).toContain('API key');
    expect(watcher.stderr).not.toContain('unrecognized flag');
    const [ofCheck, ofWatch = ''] = (await kept()).sort();
    expect(tag(ofWatch)).not.toBe(tag(ofCheck));
    const { mtimeMs } = await stat(ofWatch);
    await check('watch');
    expect((await stat(ofWatch)).mtimeMs).toBe(mtimeMs);
  },
);

it('is not given to another Node, although V8 would take it: code of 20.19 ends 20.20 with a segmentation fault', async () => {
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
  const checkWith = (node: string): string =>
    spawnSync(node, [main, 'check', 'no.yaml'], { env: { XDG_CACHE_HOME: rig.path('cache') } }).stderr.toString();
  const other = rig.path('node');
  await copyFile(process.execPath, other);
  expect(checkWith(process.execPath)).toContain('There is no file');
  const [own, ...more] = await kept();
  expect(more).toEqual([]);
  expect(checkWith(other)).toContain('There is no file');
  expect(await kept()).toHaveLength(2);
  expect(await kept()).toContain(own);
});

it('is optimized as V8 likes where a command ends, or where V8 is not known', () => {
  expect(hotCodeFlag('run', '11.3.244.8-node.33')).toBeUndefined();
  expect(hotCodeFlag('worker', '13.6.233.10-node.28')).toBeUndefined();
  expect(hotCodeFlag('worker', '12.4.254.21-node.33')).toContain('turbofan');
});

it('is of the last three releases', async () => {
  await check();
  const [path = ''] = await kept();
  const names = ['00000001', '00000002', '00000003'].map((release) =>
    path.replace(/check-[0-9a-f]{8}/, `check-${release}`),
  );
  for (const [index, name] of names.entries()) {
    await writeFile(name, 'older');
    await utimes(name, index + 1, index + 1);
  }
  const other = path.replace('check-', 'check-other-');
  await writeFile(other, 'of another command');
  await rm(path);
  await check();
  expect((await kept()).sort()).toEqual([other, path, names[1], names[2]].sort());
});

it('is not missed where it cannot be written', async () => {
  await rig.write('cache', 'a file, where a folder should be');
  await chmod(rig.path('cache'), 0o400);
  const { code, stderr } = await check();
  expect(code).toBe(2);
  expect(stderr).toContain('no.yaml');
  expect(stderr).not.toContain('cache');
});
