/** Which failures stop a whole run. Pure. */
import type { FailureCode } from '../events.ts';

/** Failures that every further step would repeat: the run stops instead of failing a thousand times. */
export const BLOCKING: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'key-refused',
  'account-blocked',
  'model-unknown',
  'disk-full',
  'store-unwritable',
  'store-unreachable',
  'ffmpeg-missing',
  'service-unreachable',
  'queue-unreachable',
]);
