/**
 * The daily budget of a watched folder. It is stored in the folder, so that it holds across restarts and for all watchers
 * together.
 *
 * Each watcher writes one file per day of its own and reads those of all watchers. A book's planned price is **reserved**
 * before its run; when the run ends, `settle` replaces the reservation by what was billed. A watcher that dies leaves the
 * reservation. The book's next plan shows what was spent of it, because it lacks exactly what was paid.
 */
import type { WatcherRecords } from './watcher-storage.ts';

/** One book's share of a day's budget. Stored as JSON: field names stay. */
interface Entry {
  spent: number;
  reserved: number;
}
type Entries = Record<string, Entry>;

/** Folder of these records. */
const FOLDER = 'spent';
/** Number of days whose files are stored. */
const RETENTION_DAYS = 31;

/** Spending and reservations of a day. Amounts are in the currency of the models' prices. */
export class DailyBudget {
  readonly #records: WatcherRecords;
  readonly #watcher: string;
  readonly #now: () => Date;

  /** `watcher`: the watcher ID, which names its file. It must be the same after a restart, or reservations are never settled. */
  constructor(of: { records: WatcherRecords; watcher: string; now: () => Date }) {
    this.#records = of.records;
    this.#watcher = of.watcher;
    this.#now = of.now;
  }

  /** Local date, `2026-11-22`. */
  today(): string {
    const now = this.#now();
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  /** Spent and reserved today by all watchers, without the reservation of the book `except`. */
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

  /** Reserves a book's planned price. Returns the day, for `settle`. */
  async reserve(book: string, amount: number): Promise<string> {
    const day = this.today();
    await this.#change(day, (entries) => {
      const before = entries[book] ?? { spent: 0, reserved: 0 };
      // Left by a run that was killed: what the new plan lacks was paid.
      const paid = Math.max(0, before.reserved - amount);
      entries[book] = { spent: rounded(before.spent + paid), reserved: rounded(amount) };
    });
    await this.#removeOldDays(day);
    return day;
  }

  /** Ends the reservation and adds what was billed. */
  async settle(book: string, { day, amount }: { day: string; amount: number }): Promise<void> {
    await this.#change(day, (entries) => {
      entries[book] = { spent: rounded((entries[book]?.spent ?? 0) + amount), reserved: 0 };
    });
  }

  /** Makes changes one after the other, because the books of this watcher share a file. */
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

/** Rounds to four decimals, which removes the errors of binary fractions. */
function rounded(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
