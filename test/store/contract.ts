/** What every store must do, whatever it writes to. Run by one test file per kind of store. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLines, sealLine } from '../../src/store/journals.ts';
import type { Store, StoredObject } from '../../src/store/store.ts';
import { diskFolder } from '../disk-folder.ts';

/** `foreign`: another program's file is in its place. */
export type Damage = 'flip' | 'truncate' | 'empty' | 'foreign' | 'remove';

/** `open` gives a fresh handle on one and the same store; `damage` changes a stored blob behind its back. */
export interface StoreUnderTest {
  open(): Promise<Store>;
  damage(digest: string, how: Damage): Promise<void>;
  destroy(): Promise<void>;
}

export function describeStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`store on ${name}`, () => {
    let under: StoreUnderTest;
    let store: Store;
    let folder: string;
    beforeEach(async () => {
      under = await make();
      store = await under.open();
      folder = await mkdtemp(join(diskFolder(), 'store-out-'));
    });
    afterEach(async () => {
      await under.destroy();
      await rm(folder, { recursive: true, force: true });
    });

    it('gives a record back, to another handle too, and forgets a deleted one', async () => {
      await store.writeRecord('take', 'abc', { text: 'Grüße, 灯塔 🗼' });
      expect(await (await under.open()).readRecord('take', 'abc')).toEqual({ text: 'Grüße, 灯塔 🗼' });
      expect(await store.listRecords('take')).toEqual(['abc']);
      await store.deleteRecord('take', 'abc');
      await store.deleteRecord('take', 'abc');
      expect(await store.readRecord('take', 'abc')).toBeUndefined();
      expect(await store.listRecords('take')).toEqual([]);
    });

    it('keeps kinds apart', async () => {
      await store.writeRecord('take', 'abc', { of: 'take' });
      expect(await store.readRecord('master', 'abc')).toBeUndefined();
    });

    it('names a blob by its content, however it arrives', async () => {
      const bytes = randomBytes(200_000);
      const digest = createHash('sha256').update(bytes).digest('hex');
      const writer = await store.createBlob();
      for (let at = 0; at < bytes.length; at += 7_777) await writer.write(bytes.subarray(at, at + 7_777));
      expect(await store.blobSize(digest)).toBeUndefined();
      expect(await writer.commit()).toEqual({ digest, byteLength: bytes.length });
      expect(await store.putBlob(bytes)).toEqual({ digest, byteLength: bytes.length });
      expect(await store.blobSize(digest)).toBe(bytes.length);
      expect(await store.readBlob(digest)).toEqual(bytes);
      // In memory that is handed in, whether it is larger or too small.
      const room = randomBytes(bytes.length + 100);
      expect(await store.readBlob(digest, room)).toEqual(bytes);
      expect(await store.readBlob(digest, room.subarray(0, 100))).toEqual(bytes);
    });

    it('keeps the lines of a journal that several processes append to, through folds at any moment', async () => {
      const other = await under.open();
      const wanted = Array.from({ length: 60 }, (_, at) => ({ id: `call ${at}`, text: 'Grüße, 灯塔' }));
      const merge = (texts: readonly string[]): string[] => {
        const { values } = readLines(texts);
        return [...new Map(values.map((value) => [(value as { id: string }).id, value])).values()].map(sealLine);
      };
      const append = (at: number): Promise<void> =>
        [store, other][at % 2]!.journals.append('test/a', [sealLine(wanted[at]!)], {
          writer: `writer-${at % 3}`,
          flush: at % 4 === 0,
        });
      const folds: Promise<void>[] = [];
      for (let at = 0; at < wanted.length; at += 6) {
        await Promise.all([0, 1, 2, 3, 4, 5].map((more) => append(at + more)));
        folds.push(store.journals.fold('test/a', merge), other.journals.fold('test/a', merge));
        const { values } = readLines(await store.journals.read('test/a'));
        expect(new Set(values.map((value) => (value as { id: string }).id)).size).toBe(at + 6);
      }
      await Promise.all(folds);
      // Killed when the files are set aside and nothing is written yet.
      const killed = new Error('killed');
      const fold = store.journals.fold('test/a', () => {
        throw killed;
      });
      await expect(fold).rejects.toBe(killed);
      expect(readLines(await other.journals.read('test/a')).values.length).toBeGreaterThanOrEqual(wanted.length);
      await store.journals.fold('test/a', merge);
      const { values, damaged } = readLines(await other.journals.read('test/a'));
      expect(damaged).toEqual([]);
      expect(values).toHaveLength(wanted.length);
      expect(new Set(values.map((value) => JSON.stringify(value)))).toEqual(
        new Set(wanted.map((value) => JSON.stringify(value))),
      );
      expect(await store.journals.files('test/a')).toHaveLength(1);
      expect(await store.journals.list('test/')).toEqual(['test/a']);
      expect(await store.journals.list('tes/')).toEqual([]);
      expect(await store.journals.read('test/b')).toEqual([]);
    });

    it('tells a damaged line of a journal from one that was never finished', async () => {
      const line = sealLine({ id: 'one' });
      const torn = `\n${line}\n${line.replace('one', 'two')}\n${line.slice(0, 20)}`;
      expect(readLines([torn])).toEqual({ values: [{ id: 'one' }], damaged: [line.replace('one', 'two')] });
    });

    it('shows nothing of a blob that was discarded', async () => {
      const writer = await store.createBlob();
      await writer.write(Buffer.from('half'));
      await writer.discard();
      await writer.discard();
      expect(await store.blobSize(createHash('sha256').update('half').digest('hex'))).toBeUndefined();
    });

    it('copies a blob out, and refuses to overwrite', async () => {
      const { digest } = await store.putBlob(Buffer.from('chapter'));
      const path = join(folder, 'chapter.mp3');
      await store.copyOut(digest, path);
      expect(await readFile(path, 'utf8')).toBe('chapter');
      await expect(store.copyOut(digest, path)).rejects.toThrow();
    });

    it.each(['flip', 'truncate', 'empty', 'foreign', 'remove'] as const)(
      'notices a blob that was damaged (%s), and takes it again',
      async (how) => {
        const bytes = randomBytes(1000);
        const { digest } = await store.putBlob(bytes);
        await under.damage(digest, how);
        const message = expect.stringContaining(how === 'remove' ? '…) is missing. Run' : 'and was set aside. Run');
        await expect(store.readBlob(digest)).rejects.toMatchObject({ code: 'store-damaged', retry: 'never', message });
        expect(await store.blobSize(digest)).toBeUndefined();
        await store.putBlob(bytes);
        expect(await store.readBlob(digest)).toEqual(bytes);
      },
    );

    it('adds a record once, for the first writer, and lets it be replaced and added again', async () => {
      const handles = await Promise.all(Array.from({ length: 8 }, () => under.open()));
      const added = await Promise.all(handles.map((handle, index) => handle.addRecord('take', 'one', { index })));
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await store.readRecord('take', 'one')).toEqual({ index: added.indexOf(true) });
      await store.writeRecord('take', 'one', { index: 'other' });
      expect(await store.readRecord('take', 'one')).toEqual({ index: 'other' });
      expect(await store.addRecord('take', 'one', { index: 9 })).toBe(false);
      await store.deleteRecord('take', 'one');
      expect(await store.addRecord('take', 'one', { index: 9 })).toBe(true);
    });

    it('reads many records and sizes at once, without those that are missing or damaged', async () => {
      const keys = Array.from({ length: 150 }, (_, at) => `${at * 7919}`);
      await Promise.all(keys.map((key) => store.writeRecord('take', key, { key })));
      const refs = await Promise.all(keys.map((key) => store.putBlob(Buffer.from(`sound of ${key}`))));
      const [gone, short] = [refs[3]?.digest ?? '', refs[149]?.digest ?? ''];
      await under.damage(gone, 'remove');
      await under.damage(short, 'truncate');
      await store.deleteRecord('take', keys[5] ?? '');
      const found = new Map<string, unknown>();
      for await (const piece of store.readRecords('take', [...keys, 'nobody'])) {
        for (const [key, value] of piece) found.set(key, value);
      }
      expect(found).toEqual(new Map(keys.filter((_, at) => at !== 5).map((key) => [key, { key }])));
      const sizes = await store.blobSizes([...refs.map(({ digest }) => digest), 'f'.repeat(64)]);
      expect(sizes.size).toBe(149);
      for (const { digest, byteLength } of refs) {
        expect(sizes.get(digest)).toBe(digest === gone ? undefined : digest === short ? 10 : byteLength);
      }
    });

    it('lists all that it holds, with sizes and ages, and deletes what was not written again since', async () => {
      const { digest } = await store.putBlob(Buffer.from('sound'));
      await store.writeRecord('take', 'abc', { text: 'one' });
      const objects = await inventoryOf(store);
      const byName = new Map(objects.map((object) => [object.name, object]));
      const blob = byName.get(`blobs/${digest.slice(0, 2)}/${digest}`)!;
      const record = byName.get('records/take/ab/abc.json')!;
      expect(byName.size).toBe(2);
      expect(blob.byteLength).toBe(5);
      expect(Math.abs(blob.ageMs)).toBeLessThan(30_000);
      expect(await store.recordAgeMs('take', 'abc')).toBeLessThan(30_000);
      expect(await store.recordAgeMs('take', 'def')).toBeUndefined();
      // A server stamps whole seconds, so that a rewrite within one shows in the bytes only.
      await store.writeRecord('take', 'abc', { text: 'two' });
      expect(await store.deleteObject(record)).toBe(false);
      expect(await store.readRecord('take', 'abc')).toEqual({ text: 'two' });
      expect(await store.deleteObject(blob)).toBe(true);
      expect(await store.deleteObject(blob)).toBe(true);
      expect(await store.blobSize(digest)).toBeUndefined();
      expect(await inventoryOf(store)).toHaveLength(1);
    });

    it('is held by one at a time, and names the holder to the second', async () => {
      const other = await under.open();
      const first = await store.lock({ onWait: nobody });
      const waited: number[] = [];
      const order: string[] = [];
      const waiting = other.lock({ onWait: ({ pid }) => waited.push(pid) }).then((lock) => {
        order.push('second');
        return lock;
      });
      await expect.poll(() => waited).toEqual([process.pid]);
      order.push('first');
      await first.release();
      await first.release();
      const second = await waiting;
      expect(order).toEqual(['first', 'second']);
      await second.release();
      await (await store.lock({ onWait: nobody })).release();
    });

    it('stops waiting on abort', async () => {
      const held = await store.lock({ onWait: nobody });
      const stop = new AbortController();
      const other = await under.open();
      await expect(other.lock({ onWait: () => stop.abort(), signal: stop.signal })).rejects.toMatchObject({
        code: 'interrupted',
      });
      await held.release();
    });

    it('keeps its id over all handles', async () => {
      const ids = await Promise.all(Array.from({ length: 4 }, async () => (await under.open()).id));
      expect(new Set([...ids, store.id]).size).toBe(1);
      expect(store.id).toMatch(/^[0-9a-f]{8}$/);
    });

    it('gives folders of this machine for intermediate files', async () => {
      const one = await store.workFolder();
      expect(await readdir(one)).toEqual([]);
      expect(await store.workFolder()).not.toBe(one);
      await writeFile(join(one, 'file'), 'x');
      expect(await store.putFile(join(one, 'file'))).toMatchObject({ byteLength: 1 });
    });

    it('lets many writers of one key and one blob agree', async () => {
      const bytes = randomBytes(50_000);
      const handles = await Promise.all(Array.from({ length: 8 }, () => under.open()));
      const refs = await Promise.all(handles.map((handle) => handle.putBlob(bytes)));
      await Promise.all(handles.map((handle, index) => handle.writeRecord('take', 'one', { index })));
      expect(new Set(refs.map((ref) => ref.digest)).size).toBe(1);
      expect(await store.readRecord('take', 'one')).toHaveProperty('index');
      expect(await store.readBlob(refs[0]?.digest ?? '')).toEqual(bytes);
    });
  });
}

async function inventoryOf(store: Store): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const piece of store.inventory()) objects.push(...piece);
  return objects;
}

const nobody = (): never => {
  throw new Error('nobody should have to wait');
};
