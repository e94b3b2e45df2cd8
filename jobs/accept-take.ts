/** Speaks a segment until a take passes its checks or the retakes are used up, and stores the best take. */
import { PipelineError } from '../src/errors.ts';
import { badnessOf } from '../src/qc/take.ts';
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

/** One try: the take as spoken and judged. `take` is absent when it has no sound. */
export interface TakeTry {
  take?: TakeRecord;
  billedCharacters: number;
  /** Why there is no take, for a person. */
  problem?: string;
  /** Charges the try. Called when it is stored, or when it cannot be; never rejects. */
  settle?(): Promise<void>;
}

/** How often a doubtful take is spoken again. */
export const MOST_RETAKES = 2;
/**
 * With a doubtful take in hand, the queue retries a lost session at most this often; then the doubtful take is stored.
 */
const MOST_ATTEMPTS_FOR_A_RETAKE = 3;

/**
 * Returns the first good take, or the least doubtful of three (of two when only the service's count is in doubt). Each doubtful take is stored as a candidate before the
 * next try, so that a crash in between pays for none of them twice.
 *
 * Once there is a take with sound, no failure of a further try (a refusal, the budget) loses it. While there is none, a
 * try without sound goes back to the queue, which retries later, because a silent service usually recovers. Fails with
 * `take-incomplete` for good when no try has any sound, and with any error of `speak` while there is no take.
 */
export async function acceptTake(of: {
  store: Store;
  key: string;
  /** 1-based number of the queue's attempt. */
  attempt: number;
  /**
   * `fresh` requests a session that has not spoken yet; `tries` is how often the text was spoken before, and `isDoubted`
   * whether one of these takes has sound.
   */
  speak(options: { fresh: boolean; tries: number; isDoubted: boolean }): Promise<TakeTry>;
}): Promise<{ take: TakeRecord; billedNow: number }> {
  const { store, key, attempt, speak } = of;
  let tried: TakeCandidate = (await findCandidate(store, key)) ?? { key, tries: 0, billedCharacters: 0 };
  // Silent tries of earlier attempts of this job.
  let billedNow = attempt > 1 && tried.best === undefined ? tried.billedCharacters : 0;
  let problem = 'The service returned no sound for this text.';
  while (tried.tries <= MOST_RETAKES) {
    let spoken: TakeTry;
    try {
      spoken = await speak({ fresh: tried.tries > 0, tries: tried.tries, isDoubted: tried.best !== undefined });
    } catch (error) {
      if (tried.best !== undefined && endsTries(error, attempt)) break;
      throw error;
    }
    billedNow += spoken.billedCharacters;
    problem = spoken.problem ?? problem;
    tried = addTry(tried, spoken);
    try {
      if (spoken.take !== undefined && spoken.take.doubts === undefined)
        return { take: await seal(store, tried, spoken.take), billedNow };
      await putCandidate(store, tried);
    } finally {
      await spoken.settle?.();
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
  return { take: await seal(store, tried, tried.best), billedNow };
}

/** Stores the take for good; returns the one that stands. */
async function seal(store: Store, tried: TakeCandidate, best: TakeRecord): Promise<TakeRecord> {
  const { key, tries, billedCharacters } = tried;
  const take = tries === 1 ? best : { ...best, tries, triesBilledCharacters: billedCharacters };
  const standing = await putTake(store, take);
  if (tries > 1 || take.doubts !== undefined) await dropCandidate(store, key);
  return standing;
}

/** Its sound is good, and another try did not help: a count alone is not worth a third one. */
function isOnlyCounted({ best, tries }: TakeCandidate): boolean {
  return tries > 1 && best?.doubts?.every(({ check }) => check === WORDS_MISSING) === true;
}

/** Adds a try; of two equally doubtful takes the earlier one stays. */
function addTry({ best, ...tried }: TakeCandidate, { take, billedCharacters }: TakeTry): TakeCandidate {
  const isBetter =
    take !== undefined && (best === undefined || badnessOf(take.doubts ?? []) < badnessOf(best.doubts ?? []));
  const kept = isBetter ? take : best;
  return {
    ...tried,
    tries: tried.tries + 1,
    billedCharacters: tried.billedCharacters + billedCharacters,
    ...(kept === undefined ? {} : { best: kept }),
  };
}

/**
 * Whether a failure ends the tries. Failures that pass by themselves go back to the queue, which runs this job again.
 */
function endsTries(error: unknown, attempt: number): boolean {
  if (!(error instanceof PipelineError) || error.code === 'interrupted') return false;
  if (error.retry === 'backoff') return attempt >= MOST_ATTEMPTS_FOR_A_RETAKE;
  return error.retry === 'never';
}
