/** The doubt that words of a take are missing, by signs of the service and not of the sound. Pure. */
import type { TakeDoubt } from '../events.ts';

/** Name of the check; it stands beside those of take.ts in records and reports. */
export const WORDS_MISSING = 'words-missing';

/**
 * The doubt about a take for which the service counted too little; without figures, about one whose rest came too late.
 * Severity 3, like a take that is too short.
 */
export function wordsMissing(counts?: { counted: number; expected: number }): TakeDoubt {
  if (counts === undefined) {
    const measured = 'the service sent more of it after its end';
    return { check: WORDS_MISSING, measured, wanted: 'nothing after the end', badness: 3.5 };
  }
  const { counted, expected } = counts;
  const share = Math.min(1, Math.max(0, 1 - counted / expected));
  const badness = Math.round((3 + share / (1 + share)) * 1000) / 1000;
  return { check: WORDS_MISSING, measured: `the service counted ${counted}`, wanted: `about ${expected}`, badness };
}
