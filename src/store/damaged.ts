/** What a store says of bytes that are not what their name promises. */
import { PipelineError } from '../errors.ts';

/** A blob that is not what it should be; `what` goes on "a file of the store …". */
export function damagedError(digest: string, what: string): PipelineError {
  return new PipelineError({
    code: 'store-damaged',
    message: `A file of the store (${digest.slice(0, 12)}…) ${what}. It was set aside; run again and it is made anew.`,
    retry: 'never',
  });
}
