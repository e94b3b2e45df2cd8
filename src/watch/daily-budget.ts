/**
 * What was spent today, kept in the watched folder so that it holds across restarts and counts for all watchers together.
 *
 * Each watcher writes a file of its own per day (nobody overwrites anybody) and reads them all. A book's planned price is
 * **reserved** before it starts and replaced by what was billed when its run ends. A watcher that dies leaves the reservation:
 * what of it was really spent comes to light at the book's next start, whose plan lacks exactly what was paid.
 */
import type { WatcherRecords } from './watcher-storage.ts';

/** What one book took of a day's budget. */
interface Entry {
  spent: number;
  reserved: number;
}
type Entries = Record<string, Entry>;

/** Notes of what was spent. */
const FOLDER = 'spent';
/** Days whose files are kept. */
const RETENTION_DAYS = 31;

/** The day's spending in the watched folder. Amounts are in the currency of the models' prices. */
export class DailyBudget {
  readonly #records: WatcherRecords;
  readonly #watcher: string;
  readonly #now: () => Date;

  /** `watcher` names this watcher's own file; it must be the same after a restart for reservations to be settled. */
  constructor(of: { notes: WatcherRecords; watcher: string; now: () => Date }) {
    this.#records = of.notes;
    this.#watcher = of.watcher;
    this.#now = of.now;
  }

  /** Local date, `2026-11-22`. */
  today(): string {
    const now = this.#now();
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  /** Spent and reserved today by all watchers, without what `except` has reserved: it is about to be reserved anew. */
  async spent(except?: string): Promise<number> {
    const day = this.today();
    let sum = 0;
    for (const name of await this.#records.list(FOLDER)) {
      if (!name.startsWith(`${day}-`)) continue;
      for (const [book, entry] of Object.entries(await this.#read(name))) {
        sum += entry.spent + (book === except ? 0 : entry.reserved);
      }
    }
    return rounded(sum);
  }

  /** Takes a book's planned price out of the budget before it starts. Answers the day, for `settle`. */
  async reserve(book: string, amount: number): Promise<string> {
    const day = this.today();
    await this.#change(day, (entries) => {
      const before = entries[book] ?? { spent: 0, reserved: 0 };
      // Left by a run that was killed: what the plan no longer holds was paid.
      const paid = Math.max(0, before.reserved - amount);
      entries[book] = { spent: rounded(before.spent + paid), reserved: rounded(amount) };
    });
    await this.#removeOldDays(day);
    return day;
  }

  /** Puts what was really billed in the place of the reservation. */
  async settle(book: string, { day, amount }: { day: string; amount: number }): Promise<void> {
    await this.#change(day, (entries) => {
      entries[book] = { spent: rounded((entries[book]?.spent ?? 0) + amount), reserved: 0 };
    });
  }

  /** One change after the other: two books of this watcher share its file. */
  #change(day: string, change: (entries: Entries) => void): Promise<void> {
    const name = `${day}-${this.#watcher}.json`;
    const changed = this.#changing.then(async () => {
      const entries = await this.#read(name);
      change(entries);
      await this.#records.write(`${FOLDER}/${name}`, { entries });
    });
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  #changing: Promise<void> = Promise.resolve();

  async #read(name: string): Promise<Entries> {
    const value = await this.#records.read(`${FOLDER}/${name}`);
    if (typeof value !== 'object' || value === null || !('entries' in value)) return {};
    return entriesOf(value.entries);
  }

  async #removeOldDays(day: string): Promise<void> {
    const oldest = new Date(`${day}T12:00:00`);
    oldest.setDate(oldest.getDate() - RETENTION_DAYS);
    const limit = oldest.toISOString().slice(0, 10);
    for (const name of await this.#records.list(FOLDER)) {
      if (/^\d{4}-/.test(name) && name.slice(0, 10) < limit) await this.#records.remove(`${FOLDER}/${name}`);
    }
  }
}

function entriesOf(value: unknown): Entries {
  if (typeof value !== 'object' || value === null) return {};
  const entries: Entries = {};
  for (const [book, entry] of Object.entries(value as Record<string, Partial<Entry> | null>)) {
    const { spent, reserved } = entry ?? {};
    if (typeof spent === 'number' && typeof reserved === 'number') entries[book] = { spent, reserved };
  }
  return entries;
}

/** Sums of cents without the dust of binary fractions. */
function rounded(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
