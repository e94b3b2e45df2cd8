/** The error for stored bytes that do not match their digest. Pure. */
import { PipelineError } from '../errors.ts';

/** A damaged blob; `what` completes the sentence "a file of the store …". */
export function damagedError(digest: string, what: string): PipelineError {
  return new PipelineError({
    code: 'store-damaged',
    message: `A file of the store (${digest.slice(0, 12)}…) ${what}. It was set aside. Run again to make it again.`,
    retry: 'never',
  });
}
