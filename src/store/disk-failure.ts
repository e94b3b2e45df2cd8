/** Disk errors with their way out: which store, what is wrong, what to do. */
import { PipelineError, systemCode } from '../errors.ts';

/** Runs work on the disk; a failed system call becomes a `PipelineError` that names the store. */
export async function guard<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(root, error);
  }
}

/** The `PipelineError` for a failed system call; any other error is returned unchanged. */
export function toStoreError(root: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof PipelineError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
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
