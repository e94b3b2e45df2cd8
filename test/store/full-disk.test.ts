/** A store on a disk that is full, on a real small disk; needs root to mount one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDiskStore } from '../../src/store/disk.ts';
import { openStoreDisk } from '../chaos/disk.ts';
import { diskFolder } from '../disk-folder.ts';

it('begins no blob that it could not keep, and goes on when there is room again', async (test) => {
  const folder = await mkdtemp(join(diskFolder(), 'full-disk-'));
  const disk = await openStoreDisk(folder, { mebibytes: 64, say: console.warn });
  try {
    if (disk.fill === undefined) return test.skip('no disk of our own can be mounted here');
    const store = await openDiskStore(join(disk.folder, 'store'));
    const { digest } = await store.putBlob(Buffer.from('before'));
    const full = disk.fill(1_000);
    await expect
      .poll(
        () =>
          store.createBlob().then(
            (blob) => blob.discard(),
            (error) => error.code,
          ),
        { interval: 20 },
      )
      .toBe('disk-full');
    await full;
    await store.putBlob(Buffer.from('after'));
    expect((await store.readBlob(digest)).toString()).toBe('before');
  } finally {
    await disk.close();
    await rm(folder, { recursive: true, force: true });
  }
});
