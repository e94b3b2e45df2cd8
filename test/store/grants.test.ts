/** A grant is changed by many processes at once, and no change is lost. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { changeGrant, findGrant, type Grant, grantBalance, leftNanos } from '../../src/store/grants.ts';
import { openS3Store } from '../../src/store/s3/store.ts';
import type { Store } from '../../src/store/store.ts';
import { startS3Server } from './s3-server.ts';

const grant: Grant = {
  id: 'grant-1',
  title: 'A Book',
  grantedNanos: 1_000,
  currency: 'CNY',
  spentNanos: 0,
  allotments: {},
  openedAt: '2026-11-29T00:00:00.000Z',
};

const storages = [
  {
    name: 'disk',
    open: async (folder: string) => {
      // One store for each process.
      const open = (): Promise<Store> => openDiskStore(join(folder, 'store'));
      return { open, close: async () => undefined };
    },
  },
  {
    name: 'S3',
    open: async (folder: string) => {
      silenceSdkNotice();
      const server = await startS3Server();
      for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
      const { s3 } = readConfig({ store: 's3://books/grants' }, server.env);
      const close = async (): Promise<void> => {
        vi.unstubAllEnvs();
        await server.close();
      };
      return { open: () => openS3Store(s3!, { workFolder: join(folder, 'work') }), close };
    },
  },
];

describe.each(storages)('grants ($name)', ({ open }) => {
  let folder: string;
  let opened: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'grants-'));
    opened = await open(folder);
  });
  afterEach(async () => {
    await opened.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('set aside never more than was granted, however many ask at once, and keep one record', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => opened.open()));
    await changeGrant(stores[0]!, grant.id, () => grant);
    let taken = 0;
    await Promise.all(
      stores.map(async (store, n) => {
        for (let turn = 0; turn < 5; turn++) {
          let given = 0;
          await changeGrant(store, grant.id, (found) => {
            given = Math.min(90, leftNanos(found!));
            if (given === 0) return undefined;
            const budget = `budget-${n}`;
            const nanos = (found!.allotments[budget]?.nanos ?? 0) + given;
            const allotment = { nanos, generation: 1, spentNanos: 0, isShared: true };
            return { ...found!, allotments: { ...found!.allotments, [budget]: allotment } };
          });
          taken += given;
        }
      }),
    );
    const found = (await findGrant(stores[1]!, grant.id))!;
    expect(taken).toBe(1_000);
    expect(grantBalance(found)).toEqual({ grantedNanos: 1_000, spentNanos: 0, heldNanos: 1_000, currency: 'CNY' });
    expect(await stores[0]!.listRecords('grant', { startsWith: 'grant-1.' })).toHaveLength(1);
    expect(await stores[0]!.listRecords('grant', { startsWith: 'grant-2.' })).toHaveLength(0);
  });

  it('a process that slept through many changes loses its own, and reads again', async () => {
    const [awake, asleep] = [await opened.open(), await opened.open()];
    await changeGrant(awake, grant.id, () => grant);
    const add = (by: number) => (found: Grant | undefined) => ({ ...found!, spentNanos: found!.spentNanos + by });
    let slept = false;
    // Between its reading and its writing the others write, and delete what it has read.
    const addRecord: Store['addRecord'] = async (...of) => {
      if (!slept) for (let turn = 0; turn < 4; turn++) await changeGrant(awake, grant.id, add(10));
      slept = true;
      return asleep.addRecord(...of);
    };
    const sleepy = new Proxy(asleep, {
      get: (store, name) => (name === 'addRecord' ? addRecord : store[name as 'readRecord'].bind?.(store)),
    });
    await changeGrant(sleepy, grant.id, add(1));
    expect((await findGrant(awake, grant.id))?.spentNanos).toBe(41);
    expect(await awake.listRecords('grant')).toHaveLength(1);
  });
});

it('a damaged grant is not a new one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'grants-'));
  try {
    const store = await openDiskStore(folder);
    await changeGrant(store, grant.id, () => grant);
    const [name] = await readdir(join(folder, 'records/grant/gr'));
    await rm(join(folder, 'records/grant/gr', name!));
    await writeFile(join(folder, 'records/grant/gr', name!), '{"digest":"');
    await expect(findGrant(store, grant.id)).rejects.toMatchObject({ code: 'store-damaged' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
