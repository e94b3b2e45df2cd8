/** Calls to the service, counted together. */
import type { CallCounts } from '../plan/step.ts';

/** The sum of two counts; an absent one counts nothing. */
export function sumOfCalls(a: CallCounts | undefined, b: CallCounts): CallCounts {
  if (a === undefined) return { ...b };
  return { enroll: a.enroll + b.enroll, list: a.list + b.list, synthesize: a.synthesize + b.synthesize };
}
