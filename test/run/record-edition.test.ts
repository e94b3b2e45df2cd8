/** The record of a delivered edition, as `pipeline history` lists it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunFinishedEvent } from '../../src/events.ts';
import { recordEdition } from '../../src/run/record-edition.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { listEditions } from '../../src/store/editions.ts';
import { edition, said } from '../plan/editions.ts';

it('is as long as the book: a retail sample repeats a part of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'record-edition-'));
  const store = await openDiskStore(folder);
  const book = edition({ One: [said('narrator', 'The fog came.')] });
  const delivered = (role: object, durationSeconds: number) => ({ title: 'T', files: [], durationSeconds, ...role });
  const finished = {
    chapters: [
      delivered({ role: 'opening-credits' }, 14),
      delivered({}, 300),
      delivered({ role: 'retail-sample' }, 180),
    ],
    cost: null,
    billedCharacters: 13,
  } as unknown as RunFinishedEvent;
  expect(await recordEdition(store, { edition: book, finished, hasLock: true, isNew: true })).toBeUndefined();
  expect(await listEditions(store, book)).toMatchObject([{ number: 1, chapters: 1, durationSeconds: 314 }]);
  await rm(folder, { recursive: true });
});
