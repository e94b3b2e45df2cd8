/** `watch --keep-editions`: prunes the store once a day while the watcher runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../../errors.ts';
import { planPrune, prune } from '../../retention/prune.ts';
import type { Store } from '../../store/store.ts';
import { sizeText } from '../store/size-text.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The first time after the start, so that a watcher that is restarted every night prunes, too. */
const FIRST_AFTER_MS = 60 * 60 * 1_000;

/**
 * Prunes until `signal` aborts, in two phases: a file goes on the day after nothing needed it. Takes are kept. A failure is
 * only reported: a watcher must go on.
 */
export async function pruneDaily(of: {
  openStore: () => Promise<Store>;
  keepEditions: number;
  notice: (message: string) => void;
  signal: AbortSignal;
  /** For tests. Default: a day; the first time after an hour. */
  everyMs?: number;
  firstAfterMs?: number;
  graceMs?: number;
}): Promise<void> {
  const {
    openStore,
    keepEditions,
    notice,
    signal,
    everyMs = DAY_MS,
    firstAfterMs = FIRST_AFTER_MS,
    graceMs = DAY_MS,
  } = of;
  for (let waitMs = firstAfterMs; ; waitMs = everyMs) {
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const store = await openStore();
      const { due } = await planPrune(store, { keepEditions, graceMs });
      const approved = new Set(due.map(({ name }) => name));
      const { due: deleted } = await prune(store, { keepEditions, graceMs, approved, signal });
      const bytes = deleted.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (bytes > 0) notice(`Deleted ${sizeText(bytes)} from the store that no book needs. Takes are kept.`);
    } catch (error) {
      if (!signal.aborted) notice(`The store was not pruned: ${describeError(error)} The next attempt is tomorrow.`);
    }
  }
}
