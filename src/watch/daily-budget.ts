/**
 * The daily budget of a watched folder. It is stored in the folder, so that it holds across restarts and for all watchers
 * together.
 *
 * Each watcher writes one file per day of its own and reads those of all watchers. A book's planned price is **reserved**
 * before its run; the run **draws** from that and, when it needs more, from what is left of the day. When it ends, `settle`
 * replaces the reservation by what was billed. A watcher that dies leaves the reservation; what was drawn of it counts as
 * spent.
 */
import type { WatcherRecords } from './watcher-storage.ts';

/** One book's share of a day's budget. Stored as JSON: field names stay. */
interface Entry {
  spent: number;
  reserved: number;
  /** The part of `reserved` that its run may spend by now. Absent: all of it, by a watcher that did not draw. */
  drawn?: number;
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

  /** Spent and reserved today by all watchers, without the reservation of the book `except`; to four decimals, for people. */
  async spent(except?: string): Promise<number> {
    return Math.round((await this.#sumOf(this.today(), except)) * 10_000) / 10_000;
  }

  /** The part of that which is reserved and not spent. */
  async reserved(): Promise<number> {
    let sum = 0;
    for (const [, { reserved }] of await this.#entriesOf(this.today())) sum += reserved;
    return Math.round(sum * 10_000) / 10_000;
  }

  async #sumOf(day: string, except?: string): Promise<number> {
    let sum = 0;
    for (const [book, { spent, reserved }] of await this.#entriesOf(day))
      sum += spent + (book === except ? 0 : reserved);
    return rounded(sum);
  }

  /** Of all watchers. */
  async #entriesOf(day: string): Promise<[book: string, entry: Entry][]> {
    const names = (await this.#records.list(FOLDER)).filter((name) => name.startsWith(`${day}-`));
    const all = await Promise.all(names.map((name) => this.#read(name)));
    return all.flatMap((entries) => Object.entries(entries));
  }

  /** Reserves a book's planned price. Returns the day, for `settle`. */
  async reserve(book: string, amount: number): Promise<string> {
    const day = this.today();
    await this.#change(day, (entries) => {
      const before = entries[book] ?? { spent: 0, reserved: 0 };
      // Left by a run that was killed. Without draws, what the new plan lacks was paid.
      const paid = before.drawn ?? Math.max(0, before.reserved - amount);
      entries[book] = { spent: rounded(before.spent + paid), reserved: rounded(amount) };
    });
    await this.#removeOldDays(day);
    return day;
  }

  /**
   * Gives a run up to `amount`: of the book's reservation, then of what is left of `limit` on that day. Returns what it
   * gives.
   */
  async draw(book: string, { day, amount, limit }: { day: string; amount: number; limit: number }): Promise<number> {
    let given = 0;
    await this.#change(day, async (entries, write) => {
      const { spent, reserved, drawn = 0 } = entries[book] ?? { spent: 0, reserved: 0 };
      const more = Math.max(0, rounded(amount - (reserved - drawn)));
      let raised = reserved;
      if (more > 0) {
        raised = rounded(reserved + more);
        entries[book] = { spent, reserved: raised, drawn };
        // Reserve before counting: of two watchers at the same moment, each then counts the other's reservation.
        await write();
        const over = Math.max(0, rounded((await this.#sumOf(day)) - limit));
        raised = Math.max(reserved, rounded(raised - over));
      }
      given = Math.max(0, Math.min(amount, rounded(raised - drawn)));
      entries[book] = { spent, reserved: raised, drawn: rounded(drawn + given) };
    });
    return given;
  }

  /** Returns to the book's reservation what its run does not need. */
  async putBack(book: string, { day, amount }: { day: string; amount: number }): Promise<void> {
    await this.#change(day, (entries) => {
      const entry = entries[book];
      if (entry !== undefined) entry.drawn = rounded(Math.max(0, (entry.drawn ?? 0) - amount));
    });
  }

  /** The run of a book continues on another day: it has spent `spent` by then, and `open` of what it has drawn is not spent. */
  async moveOn(book: string, of: { from: string; to: string; spent: number; open: number }): Promise<void> {
    await this.settle(book, { day: of.from, amount: of.spent });
    await this.#change(of.to, (entries) => {
      const { spent, reserved, drawn = 0 } = entries[book] ?? { spent: 0, reserved: 0 };
      entries[book] = { spent, reserved: rounded(reserved + of.open), drawn: rounded(drawn + of.open) };
    });
  }

  /** What the runs of this watcher had drawn when it was killed counts as spent; the rest of their reservations ends. */
  async settleKilledRuns(): Promise<void> {
    await this.#change(this.today(), (entries) => {
      for (const [book, { spent, reserved, drawn }] of Object.entries(entries))
        if (drawn !== undefined && reserved > 0) entries[book] = { spent: rounded(spent + drawn), reserved: 0 };
    });
  }

  /** Ends the reservation and adds what was billed. */
  async settle(book: string, { day, amount }: { day: string; amount: number }): Promise<void> {
    await this.#change(day, (entries) => {
      entries[book] = { spent: rounded((entries[book]?.spent ?? 0) + amount), reserved: 0 };
    });
  }

  /** Makes changes one after the other, because the books of this watcher share a file. */
  #change(day: string, change: (entries: Entries, write: () => Promise<void>) => void | Promise<void>): Promise<void> {
    const name = `${day}-${this.#watcher}.json`;
    const changed = this.#changing.then(async () => {
      const entries = await this.#read(name);
      const write = (): Promise<void> => this.#records.write(`${FOLDER}/${name}`, { entries });
      await change(entries, write);
      await write();
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
    const { spent, reserved, drawn } = entry ?? {};
    if (typeof spent !== 'number' || typeof reserved !== 'number') continue;
    entries[book] = { spent, reserved, ...(typeof drawn === 'number' && { drawn }) };
  }
  return entries;
}

/** Rounds to a billionth, which removes the errors of binary fractions. */
function rounded(amount: number): number {
  return Math.round(amount * 1e9) / 1e9;
}
