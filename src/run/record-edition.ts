/** Records a delivered edition in the store, for its history and for the rules about how long its files are kept. */
import type { RunFinishedEvent } from '../events.ts';
import type { Edition } from '../plan/edition.ts';
import { formatLock } from '../plan/lock.ts';
import { spokenChapters } from '../plan/plan.ts';
import { putEdition } from '../store/editions.ts';
import type { Store } from '../store/store.ts';
import { reportedFailure } from './reported-failure.ts';

/** Returns a warning if it failed: the book is already delivered. */
export async function recordEdition(
  store: Store,
  given: { edition: Edition; finished: RunFinishedEvent; hasLock: boolean; isNew: boolean },
): Promise<string | undefined> {
  const { edition, finished, ...of } = given;
  const { title, author, realm, model, simulated, chapters } = edition;
  try {
    const record = {
      ...{ title, author, realm, model, simulated },
      lock: formatLock(edition),
      madeAt: new Date().toISOString(),
      chapters: chapters.length,
      segments: chapters.reduce((sum, { segments }) => sum + segments.length, 0),
      durationSeconds: spokenChapters(finished).reduce((sum, chapter) => sum + chapter.durationSeconds, 0),
      cost: finished.cost,
      billedCharacters: finished.billedCharacters,
    };
    await putEdition(store, record, of);
    return undefined;
  } catch (error) {
    return `The edition could not be recorded in the store, so \`pipeline history\` will not list it: ${reportedFailure(error).message}`;
  }
}
