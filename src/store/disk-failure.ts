/** Failures of the disk in words that help: which store, what is wrong, what to do. */
import { PipelineError, systemCode } from '../errors.ts';

/** Runs a piece of work on the disk; a failed system call comes out as a `PipelineError` that names the store. */
export async function guard<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(root, error);
  }
}

/** A failed system call in the store's words; anything else is passed on as it is. */
export function toStoreError(root: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof PipelineError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new PipelineError({
      code: 'disk-full',
      message: `The disk of the store (${root}) is full. What was made is kept: free some space and run again.`,
      retry: 'never',
      cause: error,
    });
  }
  return new PipelineError({
    code: 'store-unwritable',
    message: `The store in ${root} can not be used (${code}). Check that it is a folder this user may write to, or choose another with --store.`,
    retry: 'never',
    cause: error,
  });
}
