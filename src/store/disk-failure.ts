/** Disk errors with their way out: which store, what is wrong, what to do. */
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';

/** Runs work on the disk; a failed system call becomes a `PipelineError` that names the store. */
export async function guard<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isNoSpace(error) && (await lacksInodes(root))) throw inodesError(`of the store (${root})`, error);
    throw toStoreError(root, error);
  }
}

/** Whether the disk takes no more files although it may have free space. The folder may be one that it did not take. */
export async function lacksInodes(folder: string): Promise<boolean> {
  let found = await statfs(folder).catch(() => undefined);
  for (let at = resolve(folder); found === undefined && dirname(at) !== at; at = dirname(at))
    found = await statfs(dirname(at)).catch(() => undefined);
  // Some file systems do not count them.
  return found !== undefined && found.files > 0 && found.ffree === 0;
}

/** The failure of such a disk; `which` completes "The disk …". */
export function inodesError(which: string, cause: unknown): PipelineError {
  const message = `The disk ${which} cannot hold more files: it has no free inodes, even if it has free space (df -i). Everything made so far is kept. Delete files that are not needed, and run again.`;
  return new PipelineError({ code: 'disk-full', message, retry: 'never', cause });
}

function isNoSpace(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** The `PipelineError` for a failed system call; any other error is returned unchanged. */
export function toStoreError(root: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof PipelineError || code === undefined) return error;
  if (isNoSpace(error)) {
    return new PipelineError({
      code: 'disk-full',
      message: `The disk of the store (${root}) is full. Everything made so far is kept. Free some space and run again.`,
      retry: 'never',
      cause: error,
    });
  }
  return new PipelineError({
    code: 'store-unwritable',
    message: `The store in ${root} cannot be used (${code}). Check that it is a folder that this user may write to, or choose another one with --store.`,
    retry: 'never',
    cause: error,
  });
}
