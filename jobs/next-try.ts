/** What a further try of a doubtful take changes: with the same request the service may make the same mistake. */
import type { SynthesizeStep } from '../src/plan/step.ts';
import { areWordsInDoubt } from '../src/qc/compare-tries.ts';
import { splitAtClause } from '../src/script/cut/split-at-clause.ts';
import type { TakeRecord } from '../src/store/takes.ts';
import type { Try } from './take-try.ts';

/** The last try. Splitting costs one call more and a pause that the author did not write, so it comes last. */
const LAST_TRY = 2;

/**
 * The next seed where the engine has one, because the same seed should sound the same; otherwise a session that has not
 * spoken. When words are still in doubt at the last try, the text is spoken in two parts.
 */
export function changeOf(
  step: Pick<SynthesizeStep, 'seed' | 'text'>,
  { tries, best }: { tries: number; best: TakeRecord | undefined },
): Pick<Try, 'changed' | 'pieces'> {
  if (tries >= LAST_TRY && areWordsInDoubt(best?.doubts ?? [])) {
    const pieces = splitAtClause(step.text);
    if (pieces !== undefined) return { changed: 'split at a clause', pieces };
  }
  return { changed: step.seed === undefined ? 'fresh session' : 'next seed' };
}
