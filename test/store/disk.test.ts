import { chmod, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDiskStore } from '../../src/store/disk.ts';
import { findTake, putTake, type TakeRecord } from '../../src/store/takes.ts';
import { diskFolder } from '../disk-folder.ts';
import { describeStore } from './contract.ts';

const blobPath = (root: string, digest: string): string => join(root, 'blobs', digest.slice(0, 2), digest);

describeStore('disk', async () => {
  const root = await mkdtemp(join(diskFolder(), 'store-'));
  return {
    open: () => openDiskStore(root),
    damage: async (digest, how) => {
      const path = blobPath(root, digest);
      if (how === 'remove') return rm(path);
      if (how === 'truncate') return truncate(path, 10);
      if (how === 'empty') return truncate(path, 0);
      if (how === 'foreign') return writeFile(path, 'Dear diary');
      const bytes = await readFile(path);
      bytes[5] = (bytes[5] ?? 0) ^ 1;
      await writeFile(path, bytes);
    },
    destroy: () => rm(root, { recursive: true, force: true }),
  };
});

describe('store folder', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(diskFolder(), 'store-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('that was moved away, or whose disk is no longer mounted, does not begin again with what is paid next', async () => {
    const store = await openDiskStore(root);
    for (const name of await readdir(root)) await rm(join(root, name), { recursive: true });
    const written = store.journals.append('spending/2026-11', ['{}'], { writer: 'me', flush: true });
    await expect(written).rejects.toMatchObject({ code: 'store-unwritable' });
    await rm(root, { recursive: true });
    const again = store.journals.append('spending/2026-11', ['{}'], { writer: 'me', flush: false });
    await expect(again).rejects.toMatchObject({ code: 'store-unwritable' });
    await expect(readdir(root)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a folder that a newer program wrote', async () => {
    await openDiskStore(root);
    await writeFile(join(root, 'format.json'), '{"format":"narration-store","version":99}');
    await expect(openDiskStore(root)).rejects.toThrow(/has format 99; this program writes format 1/);
  });

  it('says which folder cannot be used, and how to choose another', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(openDiskStore(join(root, 'file'))).rejects.toMatchObject({
      code: 'store-unwritable',
      message: expect.stringContaining('--store'),
    });
  });

  // Root may write anywhere, so the permission itself cannot be tested by root.
  it.runIf(process.getuid?.() !== 0)('reports a folder without permission', async () => {
    await openDiskStore(root);
    await chmod(join(root, 'tmp'), 0o500);
    const store = await openDiskStore(root);
    await expect(store.putBlob(Buffer.from('x'))).rejects.toMatchObject({ code: 'store-unwritable' });
    await chmod(join(root, 'tmp'), 0o700);
  });

  it('does without what lies where a file of its own belongs, and puts it aside', async () => {
    const store = await openDiskStore(root);
    const { digest } = await store.putBlob(Buffer.from('sound'));
    await store.writeRecord('take', 'abcd', { a: 1 });
    for (const path of [blobPath(root, digest), join(root, 'records', 'take', 'ab', 'abcd.json')]) {
      await rm(path);
      await mkdir(path);
      await writeFile(join(path, 'diary.txt'), 'Dear diary');
    }
    expect(await store.blobSize(digest)).toBeUndefined();
    await expect(store.readBlob(digest)).rejects.toMatchObject({ code: 'store-damaged' });
    expect(await store.readRecord('take', 'abcd')).toBeUndefined();
    await store.putBlob(Buffer.from('sound'));
    await store.writeRecord('take', 'abcd', { a: 2 });
    expect(await store.readBlob(digest)).toEqual(Buffer.from('sound'));
    expect(await store.readRecord('take', 'abcd')).toEqual({ a: 2 });
    expect(await readFile(join(`${blobPath(root, digest)}.damaged`, 'diary.txt'), 'utf8')).toBe('Dear diary');
  });

  it('lets the first of two takes of one key stand, unless its sound is gone', async () => {
    const store = await openDiskStore(root);
    const [one, two, measures] = await Promise.all(['one', 'two', 'm'].map((text) => store.putBlob(Buffer.from(text))));
    if (one === undefined || two === undefined || measures === undefined) throw new Error('no blobs');
    const first = takeRecord({ key: 'k1', pcm: one, measures });
    const second = takeRecord({ key: 'k1', pcm: two, measures });
    expect(await putTake(store, first)).toEqual(first);
    expect(await putTake(store, second)).toEqual(first);
    await rm(blobPath(root, one.digest));
    expect(await putTake(store, second)).toEqual(second);
    expect(await findTake(store, 'k1')).toEqual(second);
  });

  it('treats a record that is no JSON as missing', async () => {
    const store = await openDiskStore(root);
    await store.writeRecord('take', 'abcd', { a: 1 });
    await writeFile(join(root, 'records', 'take', 'ab', 'abcd.json'), '{"a":');
    expect(await store.readRecord('take', 'abcd')).toBeUndefined();
  });

  it('counts a take whose audio is gone or short as missing', async () => {
    const store = await openDiskStore(root);
    const pcm = await store.putBlob(Buffer.alloc(4800, 1));
    const measures = await store.putBlob(Buffer.from('measures'));
    await putTake(store, takeRecord({ key: 'k1', pcm, measures }));
    expect(await findTake(store, 'k1')).toMatchObject({ key: 'k1' });
    await truncate(blobPath(root, pcm.digest), 100);
    expect(await findTake(store, 'k1')).toBeUndefined();
  });
});

function takeRecord(of: Pick<TakeRecord, 'key' | 'pcm' | 'measures'>): TakeRecord {
  return {
    ...of,
    sampleRateHz: 24_000,
    durationSeconds: 0.1,
    character: 'narrator',
    text: 'Hello.',
    model: 'm',
    voiceId: 'v',
    sessionId: 's',
    responseId: 'r',
    billedCharacters: 6,
    simulated: true,
    madeAt: new Date(0).toISOString(),
  };
}
