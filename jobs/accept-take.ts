/** Speaks a segment until a take passes its checks or the retakes are used up, and stores the best take. */
import { PipelineError } from '../src/errors.ts';
import type { SynthesizeStep } from '../src/plan/step.ts';
import { isWorse } from '../src/qc/compare-tries.ts';
import { WORDS_MISSING } from '../src/qc/words-missing.ts';
import type { Store } from '../src/store/store.ts';
import {
  dropCandidate,
  findCandidate,
  putCandidate,
  putTake,
  type TakeCandidate,
  type TakeRecord,
} from '../src/store/takes.ts';
import { changeOf } from './next-try.ts';
import type { RetakeLimit } from './retake-limit.ts';
import type { SoundInHand, TakeTry, Try } from './take-try.ts';

/** How often a doubtful take is spoken again. */
export const MOST_RETAKES = 2;
/**
 * With a doubtful take in hand, the queue retries a lost session at most this often; then the doubtful take is stored.
 */
const MOST_ATTEMPTS_FOR_A_RETAKE = 3;

/**
 * Returns the first good take, or the best of three (of two when only the service's count is in doubt). What has sound is
 * stored as a candidate before it is heard, and each doubtful take before the next try, so that a crash in between pays for
 * none of them twice. Each further try changes something (next-try.ts).
 *
 * Once there is a take with sound, no failure of a further try (a refusal, the budget) loses it. While there is none, a
 * try without sound goes back to the queue, which retries later, because a silent service usually recovers. Fails with
 * `take-incomplete` for good when no try has any sound, and with any error of `speak` while there is no take.
 */
export async function acceptTake(of: {
  store: Store;
  step: SynthesizeStep;
  /** 1-based number of the queue's attempt. */
  attempt: number;
  /** How many takes of a book may be spoken again; absent: all. */
  retakes?: RetakeLimit | undefined;
  speak(options: Try): Promise<TakeTry>;
  /** Whether a take is to be heard before it is judged; `at once`: without being stored before. */
  isToHear(take: TakeRecord): boolean | 'at once';
  /** The take with the doubts of what hears it; `sound` while it is in memory. */
  hear(take: TakeRecord, sound: SoundInHand | undefined): Promise<TakeRecord>;
}): Promise<{ take: TakeRecord; billedNow: number }> {
  const { store, step, attempt, retakes } = of;
  const { key, book = '' } = step;
  const found = await findCandidate(store, key);
  let tried: TakeCandidate = found ?? { key, tries: 0, billedCharacters: 0 };
  let isStored = found !== undefined;
  // Silent tries of earlier attempts of this job.
  let billedNow = attempt > 1 && tried.best === undefined && tried.unheard === undefined ? tried.billedCharacters : 0;
  let problem = 'The service returned no sound for this text.';
  while (tried.unheard !== undefined || tried.tries <= MOST_RETAKES) {
    let spoken: TakeTry | undefined;
    if (tried.unheard === undefined) {
      const { tries, best } = tried;
      if (best !== undefined && (await retakes?.allow(book)) === false) break;
      const change = best === undefined && tries === 0 ? {} : changeOf(step, { tries, best });
      try {
        spoken = await of.speak({ fresh: tries > 0, tries, isDoubted: best !== undefined, ...change });
      } catch (error) {
        if (best !== undefined && endsTries(error, attempt)) break;
        throw error;
      }
      billedNow += spoken.billedCharacters;
      problem = spoken.problem ?? problem;
      tried = addSpoken(tried, spoken);
    }
    const { unheard, ...judged } = tried;
    let take = unheard;
    try {
      const isToHear = unheard !== undefined && of.isToHear(unheard);
      if (unheard !== undefined && isToHear !== false) {
        if (isToHear === true) {
          if (spoken !== undefined) await putCandidate(store, tried);
          isStored = true;
        }
        await spoken?.settle?.();
        take = await of.hear(unheard, spoken?.sound);
      }
      tried = addJudged(judged, take);
      if (take !== undefined && take.doubts === undefined)
        return { take: await seal(store, tried, { best: take, isStored }), billedNow };
      await putCandidate(store, tried);
      isStored = true;
    } finally {
      await spoken?.settle?.();
    }
    if (isOnlyCounted(tried)) break;
    if (tried.best === undefined && tried.tries <= MOST_RETAKES)
      throw new PipelineError({ code: 'take-incomplete', message: problem, retry: 'backoff' });
  }
  if (tried.best === undefined) {
    await dropCandidate(store, key);
    const message = `${problem} It was spoken ${tried.tries} times; the next run tries again.`;
    throw new PipelineError({ code: 'take-incomplete', message, retry: 'never' });
  }
  return { take: await seal(store, tried, { best: tried.best, isStored: true }), billedNow };
}

/** Stores the take for good; returns the one that stands. */
async function seal(
  store: Store,
  { key, tries, billedCharacters }: TakeCandidate,
  { best, isStored }: { best: TakeRecord; isStored: boolean },
): Promise<TakeRecord> {
  const take = tries === 1 ? best : { ...best, tries, triesBilledCharacters: billedCharacters };
  const standing = await putTake(store, take);
  if (isStored) await dropCandidate(store, key);
  return standing;
}

/** Its sound is good, and another try did not help: a count alone is not worth a third one. */
function isOnlyCounted({ best, tries }: TakeCandidate): boolean {
  return tries > 1 && best?.doubts?.every(({ check }) => check === WORDS_MISSING) === true;
}

/** Adds a try that was spoken; its take is not judged yet. */
function addSpoken(tried: TakeCandidate, { take, billedCharacters }: TakeTry): TakeCandidate {
  return {
    ...tried,
    tries: tried.tries + 1,
    billedCharacters: tried.billedCharacters + billedCharacters,
    ...(take && { unheard: take }),
  };
}

/** Of two equally doubtful takes the earlier one stays. */
function addJudged(tried: TakeCandidate, take: TakeRecord | undefined): TakeCandidate {
  const { best } = tried;
  const isBetter = take !== undefined && (best === undefined || isWorse(best.doubts ?? [], take.doubts ?? []));
  return isBetter ? { ...tried, best: take } : tried;
}

/**
 * Whether a failure ends the tries. Failures that pass by themselves go back to the queue, which runs this job again.
 */
function endsTries(error: unknown, attempt: number): boolean {
  if (!(error instanceof PipelineError) || error.code === 'interrupted') return false;
  if (error.retry === 'backoff') return attempt >= MOST_ATTEMPTS_FOR_A_RETAKE;
  return error.retry === 'never';
}
