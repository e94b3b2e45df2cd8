/** A doubt about a take that arises after the take was accepted: it is noted in the record, for reports and people. */
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsMissing } from '../src/qc/words-missing.ts';
import type { Store } from '../src/store/store.ts';
import { amendTake, findTake, type TakeRecord } from '../src/store/takes.ts';

/** The doubt may come before the take is stored. */
const TRIES = 5;
const TRY_MS = 1_000;

/**
 * Adds the doubt to the take, if that is the one that was kept. Never rejects: the sound is stored, and this is a note.
 * `take` is undefined until the take was made.
 */
export async function doubtLater(
  of: { store: Store; key: string; take: () => TakeRecord | undefined },
  shortCount: { counted: number; expected: number } | undefined,
): Promise<void> {
  const doubt = wordsMissing(shortCount);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const kept = await findTake(of.store, of.key).catch(() => undefined);
    const take = of.take();
    if (kept !== undefined && take !== undefined) {
      if (kept.pcm.digest !== take.pcm.digest || kept.responseId !== take.responseId) return;
      if (kept.doubts?.some(({ check }) => check === doubt.check)) return;
      await amendTake(of.store, { ...kept, doubts: [doubt, ...(kept.doubts ?? [])] }).catch(() => undefined);
      return;
    }
    await sleep(TRY_MS, undefined, { ref: false });
  }
}
