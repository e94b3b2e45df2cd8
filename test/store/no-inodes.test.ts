/** A disk without free inodes, on a real one; needs root to mount it. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDeliveryFolder } from '../../src/deliver/deliver-files.ts';
import { openDiskStore } from '../../src/store/disk.ts';

it('is reported as one that takes no more files, not as a full one', async (test) => {
  const folder = await mkdtemp(join(tmpdir(), 'no-inodes-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m,nr_inodes=20', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    await rm(folder, { recursive: true });
    return test.skip('no disk of our own can be mounted here');
  }
  try {
    const store = await openDiskStore(join(folder, 'store'));
    for (let n = 0; n < 20; n++) await writeFile(join(folder, `file-${n}`), '').catch(() => undefined);
    const refusal = { code: 'disk-full', message: expect.stringContaining('no free inodes') };
    await expect(store.createBlob()).rejects.toMatchObject(refusal);
    await expect(store.writeRecord('take', 'key', {})).rejects.toMatchObject(refusal);
    for (const to of [folder, join(folder, 'new', 'folder')])
      await expect(openDeliveryFolder(to)).rejects.toMatchObject(refusal);
  } finally {
    execFileSync('umount', [folder]);
    await rm(folder, { recursive: true, force: true });
  }
});
