/** Before anything is paid for, every folder of a store is proven to take files. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountFor } from '../../src/composition/service.ts';
import { openWorkbench } from '../../src/composition/workbench.ts';
import { readConfig } from '../../src/config/config.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { Store } from '../../src/store/store.ts';

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prove-'));
  store = await openDiskStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refusal = (path: string) => ({ code: 'store-unwritable', message: expect.stringContaining(join(folder, path)) });

describe('a store that can be written', () => {
  it('is proven, new or used, and nothing is left behind', async () => {
    await store.proveWritable();
    await store.putBlob(Buffer.from('sound'));
    await store.writeRecord('take', 'key', { sound: 1 });
    // What a file manager leaves is no folder of ours.
    await writeFile(join(folder, 'records', '.DS_Store'), '');
    await writeFile(join(folder, 'records', 'take', '.DS_Store'), '', { mode: 0o400 });
    const before = await readdir(folder, { recursive: true });
    await store.proveWritable();
    expect((await readdir(folder, { recursive: true })).sort()).toEqual(before.sort());
  });
});

/** A folder that nobody can write to, root included: a file has its name. */
describe('a store in which one folder cannot be written', () => {
  it.each(['blobs', 'records', 'records/take', 'records/voice-intent', 'records/master'])('%s', async (path) => {
    await rm(join(folder, path), { recursive: true, force: true });
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), '');
    await expect(store.proveWritable()).rejects.toMatchObject(refusal(path));
  });

  it('opens no worker that could pay', async () => {
    await writeFile(join(folder, 'records'), '');
    const config = readConfig({ simulate: true });
    const opened = openWorkbench({ config, account: accountFor(config), store, notice: () => undefined });
    await expect(opened).rejects.toMatchObject(refusal('records'));
  });

  it('tmp', async () => {
    await rm(join(folder, 'tmp'), { recursive: true });
    await expect(store.proveWritable()).rejects.toMatchObject(refusal('tmp'));
  });

  it('the work folder', async () => {
    const work = join(folder, 'elsewhere');
    const apart = await openDiskStore(folder, { workFolder: work });
    await rm(work, { recursive: true });
    await expect(apart.proveWritable()).rejects.toMatchObject(refusal('elsewhere'));
  });
});
