/** Publishes finished temporary files under their names atomically: a reader sees the complete file or none. */
import { link, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';
import { damagedName } from './layout.ts';
import { makeFolder } from './make-folder.ts';

/** What a disk without hard links answers. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
/** The target is a folder, made by somebody else. */
const IS_FOLDER: ReadonlySet<string> = new Set(['EISDIR', 'ENOTEMPTY', 'EEXIST']);

/**
 * Renames a temporary file to `path`, replacing what is there, and makes the folder if needed. In the usual case the folder
 * exists, and one system call is enough.
 */
export async function publishFile(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (IS_FOLDER.has(code)) await quarantine(path);
    else if (code === 'ENOENT') await makeFolder(dirname(path));
    else throw error;
    await rename(temporary, path);
  }
}

/**
 * Publishes a temporary file only if `path` does not exist. Of several writers exactly one gets `true`; on a disk without
 * hard links the last of two simultaneous writers wins, and both get `true`. The temporary file may remain.
 */
export async function publishNewFile(temporary: string, path: string): Promise<boolean> {
  try {
    await linkFile(temporary, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(systemCode(error) ?? '')) throw error;
    if ((await stat(path).catch(() => undefined)) !== undefined) return false;
    await rename(temporary, path);
    return true;
  }
}

/** Renames a damaged file, so that it counts as missing and is made again; its content stays available for inspection. */
export async function quarantine(path: string): Promise<void> {
  await rename(path, damagedName(path)).catch(() => undefined);
}

/** Links into a folder that may not exist yet; fails with EEXIST when `path` exists. */
async function linkFile(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    await link(temporary, path);
  }
}
