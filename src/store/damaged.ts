/** Stored bytes that do not match their digest: noticed and reported; the caller's store sets them aside. Pure. */
import { PipelineError } from '../errors.ts';

/**
 * Compares what was read of a blob with its digest. `setAside` moves a damaged one out of the way, so that it counts as missing
 * and is made again; then this rejects with `store-damaged`.
 *
 * @param found the SHA-256 of the bytes that were read, in hex
 */
export async function refuseDamaged(digest: string, found: string, setAside: () => Promise<void>): Promise<void> {
  if (found === digest) return;
  await setAside();
  throw damagedError(digest, 'has changed since it was written and was set aside');
}

/** A damaged blob; `what` completes the sentence "a file of the store …". */
export function damagedError(digest: string, what: string): PipelineError {
  return new PipelineError({
    code: 'store-damaged',
    message: `A file of the store (${digest.slice(0, 12)}…) ${what}. Run again to make it again.`,
    retry: 'never',
  });
}
