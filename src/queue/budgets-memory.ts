/** Purses of this process. */
import { NOTHING_SPENT } from '../limits.ts';
import { accountOf, type Count, countsOf, type Held, type PurseStore } from './budgets.ts';

interface Purse {
  budgetNanos: number | null;
  counts: Record<Count, number>;
  held: Map<string, Held>;
  exhausted: boolean;
}

/** Purses in memory: they end with the process, and so does whatever was held. */
export function memoryPurses(): PurseStore {
  const purses = new Map<string, Purse>();
  const fits = ({ budgetNanos }: Purse, nanos: number): boolean => budgetNanos === null || nanos <= budgetNanos;
  const sumHeld = ({ held }: Purse): number => [...held.values()].reduce((sum, { nanos }) => sum + nanos, 0);
  const heldBy = (id: string, { key, holder }: { key: string; holder: string }): Held | undefined => {
    const held = purses.get(id)?.held.get(key);
    return held?.holder === holder ? held : undefined;
  };
  return {
    async open(id, budgetNanos) {
      if (!purses.has(id)) purses.set(id, emptyPurse(budgetNanos));
    },
    async take(id, { key, nanos, characters, holder, patient }) {
      const purse = purses.get(id);
      if (purse === undefined) return 'gone';
      endLeft(purse, key);
      if (!purse.exhausted && fits(purse, purse.counts.spentNanos + sumHeld(purse) + nanos)) {
        purse.held.set(key, { holder, nanos, sent: false, characters });
        return 'held';
      }
      if (!purse.exhausted && patient && fits(purse, purse.counts.spentNanos + nanos)) return 'wait';
      purse.exhausted = true;
      return 'over';
    },
    async send(id, by) {
      const held = heldBy(id, by);
      if (held !== undefined) held.sent = true;
      return held !== undefined;
    },
    async raise(id, by) {
      const purse = purses.get(id);
      const held = heldBy(id, by);
      if (purse === undefined || held === undefined) return false;
      if (!fits(purse, purse.counts.spentNanos + sumHeld(purse) + by.nanos)) return false;
      held.nanos += by.nanos;
      return true;
    },
    async settle(id, by) {
      const purse = purses.get(id);
      if (purse === undefined || heldBy(id, by) === undefined) return;
      purse.held.delete(by.key);
      for (const [field, value] of countsOf(by.spent)) purse.counts[field] += value;
    },
    account: async (id) => {
      const purse = purses.get(id);
      return purse && accountOf({ ...purse, held: [...purse.held.values()] });
    },
  };
}

function emptyPurse(budgetNanos: number | null): Purse {
  const { heldNanos: _, unsentNanos: __, exhausted, ...counts } = NOTHING_SPENT;
  return { budgetNanos, counts, held: new Map(), exhausted };
}

/** Of a holder that died: what it had sent may be billed, what it had not is free again. */
function endLeft({ held, counts }: Purse, key: string): void {
  const left = held.get(key);
  if (left === undefined) return;
  held.delete(key);
  if (!left.sent) return;
  counts.spentNanos += left.nanos;
  if (left.characters === 0) return;
  counts.unansweredCommits += 1;
  counts.unansweredCharacters += left.characters;
}
