/** Temporary files: those of processes that ended are removed, those of live ones never, whatever clocks say. */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OWNER_MARK, ownerOf, removeAbandoned, temporaryName } from '../../src/holders/abandoned.ts';
import { THIS_PROCESS } from '../../src/holders/process-identity.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { diskFolder } from '../disk-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(diskFolder(), 'abandoned-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const { pid, boot, namespaces, started } = THIS_PROCESS;
const mine = temporaryName();
const ended = `2222222_${boot}_${namespaces}_1-x`;
const elsewhere = `${pid}_${boot}_1-1_${started}-x`;

it('a name tells its process', () => {
  expect(ownerOf(`.delivering-${mine}`)).toEqual(boot === undefined ? undefined : { pid, boot, namespaces, started });
  // As its last part, too.
  expect(ownerOf(`book-${OWNER_MARK}`)).toEqual(ownerOf(mine));
  expect(ownerOf(`book-${OWNER_MARK}.bytes`)).toEqual(ownerOf(mine));
  expect(ownerOf('1234-3f3a1ac1-122a-4b5d-ab29-2cdd6169c91e')).toBeUndefined();
});

it.runIf(boot !== undefined)(
  'what a process left that ended goes at once, whatever its time; folders, too',
  async () => {
    const names = [mine, ended, elsewhere, '1234-3f3a1ac1-122a-4b5d-ab29-2cdd6169c91e', 'somebody else’s'];
    for (const name of names) await writeFile(join(folder, name), '');
    await mkdir(join(folder, `${ended}-folder`));
    await writeFile(join(folder, `${ended}-folder`, 'x'), '');
    await removeAbandoned(folder, { afterMs: 60_000 });
    expect(await readdir(folder)).toEqual(names.filter((name) => name !== ended).sort());
  },
);

it.runIf(boot !== undefined)('of others only what has not changed for long, by the clock of the disk', async () => {
  const old = new Date(Date.now() - 1e9);
  for (const name of [mine, elsewhere, 'new']) {
    await writeFile(join(folder, name), '');
    // A delivered file gets the time of its master before it is renamed.
    await utimes(join(folder, name), old, old);
  }
  await removeAbandoned(folder, { afterMs: 60_000 });
  expect(await readdir(folder)).toHaveLength(3);
  await sleep(120);
  await writeFile(join(folder, 'new'), 'more');
  await removeAbandoned(folder, { afterMs: 100, isTemporary: (name) => name !== 'new' });
  expect(await readdir(folder)).toEqual([mine, 'new'].sort());
});

it('opening a store removes what a killed process left in it, and nothing of a live one', async () => {
  await (await openDiskStore(folder)).putBlob(Buffer.from('x'));
  for (const name of [mine, ...(boot === undefined ? [] : [ended])]) await writeFile(join(folder, 'tmp', name), '');
  await openDiskStore(folder);
  expect(await readdir(join(folder, 'tmp'))).toEqual([mine]);
});
