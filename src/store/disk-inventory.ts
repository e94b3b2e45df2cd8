/** The inventory of a store on disk, and the deletion of what it lists. */
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { publishNewFile } from './atomic-file.ts';
import { isNoFile } from './disk-many.ts';
import { OBJECT_FOLDERS } from './layout.ts';
import type { StoredObject } from './store.ts';

/** Concurrent reads of file facts. */
const READS_AT_ONCE = 32;

/** All files below the folders of blobs and records, a folder at a time. `probe` is the path of a file to write for the time. */
export async function* listDisk(root: string, probe: string): AsyncGenerator<StoredObject[]> {
  const nowMs = await diskTimeMs(probe);
  const limit = pLimit(READS_AT_ONCE);
  for (const top of OBJECT_FOLDERS) {
    for await (const { folder, names } of foldersBelow(root, top.slice(0, -1))) {
      const found = await limit.map(names, async (file): Promise<StoredObject[]> => {
        const facts = await factsOf(join(root, folder, file));
        if (facts === undefined) return [];
        const ageMs = nowMs - Number(facts.mtimeMs);
        return [{ name: `${folder}/${file}`, byteLength: Number(facts.size), ageMs, version: versionOf(facts) }];
      });
      if (names.length > 0) yield found.flat();
    }
  }
}

/** How long a file is as it is; undefined when there is none, or when `probe` cannot be written. */
export async function fileAgeMs(path: string, probe: string): Promise<number | undefined> {
  const facts = await factsOf(path);
  const nowMs = facts && (await diskTimeMs(probe).catch(() => undefined));
  return facts === undefined || nowMs === undefined ? undefined : Math.max(0, nowMs - Number(facts.mtimeMs));
}

/** The time at the disk, which may belong to another machine: as it stamps a file that is written for it. */
async function diskTimeMs(probe: string): Promise<number> {
  await writeFile(probe, '');
  const facts = await factsOf(probe);
  await rm(probe, { force: true });
  return Number(facts?.mtimeMs ?? 0n);
}

/** A folder and all folders in it, each with the names of its files. */
async function* foldersBelow(root: string, folder: string): AsyncGenerator<{ folder: string; names: string[] }> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (isNoFile(error)) return [];
    throw error;
  });
  yield { folder, names: entries.filter((entry) => entry.isFile()).map(({ name }) => name) };
  for (const entry of entries) if (entry.isDirectory()) yield* foldersBelow(root, `${folder}/${entry.name}`);
}

/**
 * Deletes a file unless it was written again since the inventory. It is moved away first and then judged, so that a file
 * that is written at this moment is never the one that is deleted.
 *
 * @param trash a free path on the same disk
 */
export async function deleteUnchanged(root: string, { name, version }: StoredObject, trash: string): Promise<boolean> {
  const path = join(root, name);
  const facts = await factsOf(path);
  if (facts !== undefined && versionOf(facts) !== version) return false;
  try {
    await rename(path, trash);
  } catch (error) {
    if (isNoFile(error)) return true;
    throw error;
  }
  const moved = await factsOf(trash);
  if (moved !== undefined && versionOf(moved) !== version) {
    // Unless it was written once more: then the newer one stays.
    await publishNewFile(trash, path);
    await rm(trash, { force: true });
    return false;
  }
  await rm(trash, { force: true });
  return true;
}

async function factsOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}

function versionOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs}`;
}
