/** The records of a day's budget: what each book has spent and reserved. Pure. */

/** One book's share of a day's budget. Stored as JSON: field names stay. */
export interface DayEntry {
  /** Of ended runs, with what a simulator spoke. */
  spent: number;
  reserved: number;
  /** The part of `reserved` that its run may spend by now. Absent: all of it, by a watcher that did not draw. */
  drawn?: number;
  /** The part of `spent` that a simulator spoke. Absent: none. */
  simulated?: number;
  /** `reserved` is for a simulator. Absent: no. */
  isSimulation?: true;
  /** The run that reserved. Absent: it has ended, or a watcher of an earlier version started it or let it pass midnight. */
  run?: DayRun;
}

/** A run that has reserved: what the ledger of spending needs to tell what it paid when its watcher was killed. */
export interface DayRun {
  title: string;
  author: string;
  /** When it reserved; ISO 8601, UTC. Of a run after a killed one: when that one did. */
  since: string;
  /**
   * `spent` and `simulated` of the entry by then. Of a run that began the day before: less what that day counts of it, so
   * that they may be below zero.
   */
  spent: number;
  simulated: number;
  /** It follows a run that was killed, whose calls other machines may still have ended. Absent: no. */
  isAfterKill?: true;
}

/** What a book has spent, as in `DayEntry`. */
export type DaySpent = Pick<DayEntry, 'spent' | 'simulated'>;

/** The entries of one watcher's day, by the paths of the books. */
export type DayEntries = Record<string, DayEntry>;

/** The entries in a stored value; what is none is left out. */
export function readEntries(value: unknown): DayEntries {
  if (typeof value !== 'object' || value === null) return {};
  const entries: DayEntries = {};
  for (const [book, entry] of Object.entries(value as Record<string, Partial<DayEntry> | null>)) {
    const { spent, reserved, drawn, simulated, isSimulation, run } = entry ?? {};
    if (typeof spent !== 'number' || typeof reserved !== 'number') continue;
    entries[book] = {
      spent,
      reserved,
      ...(typeof drawn === 'number' && { drawn }),
      ...(typeof simulated === 'number' && { simulated }),
      ...(isSimulation === true && { isSimulation }),
      ...(isRun(run) && { run }),
    };
  }
  return entries;
}

function isRun(value: Partial<DayRun> | undefined): value is DayRun {
  if (typeof value !== 'object' || value === null) return false;
  const { title, author, since, spent, simulated } = value;
  const isText = [title, author, since].every((each) => typeof each === 'string');
  return isText && typeof spent === 'number' && typeof simulated === 'number';
}

/** What an entry spent and reserved in money that is billed. */
export function realMoneyOf({ spent, reserved, simulated = 0, isSimulation }: DayEntry): {
  spent: number;
  reserved: number;
} {
  return { spent: spent - simulated, reserved: isSimulation ? 0 : reserved };
}

/** What an entry has spent, with `amount` more. */
export function spentWith({ spent, simulated = 0 }: DaySpent, more: { amount: number; simulated: number }): DaySpent {
  const sum = rounded(simulated + more.simulated);
  return { spent: rounded(spent + more.amount), ...(sum > 0 && { simulated: sum }) };
}

/** A run that passes midnight: what the ledger tells of it counts on the next day, without what `ended` counts of it. */
export function onNextDay(run: DayRun, { ended, next }: { ended: DaySpent; next: DaySpent | undefined }): DayRun {
  const { spent = 0, simulated = 0 } = next ?? {};
  return {
    ...run,
    spent: rounded(spent - (ended.spent - run.spent)),
    simulated: rounded(simulated - ((ended.simulated ?? 0) - run.simulated)),
  };
}

/** Rounds to a billionth, which removes the errors of binary fractions. */
export function rounded(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}
