/**
 * The daily budget of a watched folder. It is stored in the folder, so that it holds across restarts and for all watchers
 * together.
 *
 * Each watcher writes one file per day of its own and reads those of all watchers. A book's planned price is **reserved**
 * before its run; the run **draws** from that and, when it needs more, from what is left of the day. When it ends, `settle`
 * replaces the reservation by what was billed. A watcher that dies leaves the reservation: the ledger of spending then tells
 * what its run paid. Where that is unknown, what was drawn counts as spent.
 */
import type { BookName } from '../store/spending/read-spending.ts';
import {
  type DayEntries,
  type DayEntry,
  type DayRun,
  type DaySpent,
  onNextDay,
  readEntries,
  realMoneyOf,
  rounded,
  spentWith,
} from './day-entries.ts';
import type { WatcherRecords } from './watcher-storage.ts';

/** What was paid for a book since a moment (ISO 8601, UTC), by the ledger of spending. `simulated`: the part of it. */
export type PaidSince = (book: BookName, since: string) => Promise<{ amount: number; simulated: number }>;

/** Folder of these records. */
const FOLDER = 'spent';
/** Number of days whose files are stored. */
const RETENTION_DAYS = 31;

/** Spending and reservations of a day. Amounts are in the currency of the models' prices. */
export class DailyBudget {
  readonly #records: WatcherRecords;
  readonly #watcher: string;
  readonly #now: () => Date;
  readonly #isSimulation: boolean;
  readonly #paidSince: PaidSince | undefined;

  /**
   * `watcher`: the watcher ID, which names its file. `isSimulation`: its runs are spoken by a simulator; they are bounded
   * like others, but bound no run that is billed.
   */
  constructor(of: {
    records: WatcherRecords;
    watcher: string;
    now: () => Date;
    isSimulation?: boolean | undefined;
    paidSince?: PaidSince | undefined;
  }) {
    this.#records = of.records;
    this.#watcher = of.watcher;
    this.#now = of.now;
    this.#isSimulation = of.isSimulation ?? false;
    this.#paidSince = of.paidSince;
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

  /** What all watchers have spent today, without reservations; to four decimals, for people. */
  async spentSoFar(): Promise<number> {
    let sum = 0;
    for (const [, entry] of await this.#entriesOf(this.today())) sum += this.#counted(entry).spent;
    return Math.round(sum * 10_000) / 10_000;
  }

  /** What is billed of today's spending, for people; to four decimals. `spent` contains `reserved`. */
  async billed(): Promise<{ spent: number; reserved: number }> {
    const sum = { spent: 0, reserved: 0 };
    for (const [, entry] of await this.#entriesOf(this.today())) {
      const { spent, reserved } = realMoneyOf(entry);
      sum.spent += spent + reserved;
      sum.reserved += reserved;
    }
    return { spent: Math.round(sum.spent * 10_000) / 10_000, reserved: Math.round(sum.reserved * 10_000) / 10_000 };
  }

  async #sumOf(day: string, except?: string): Promise<number> {
    let sum = 0;
    for (const [book, entry] of await this.#entriesOf(day)) {
      const { spent, reserved } = this.#counted(entry);
      sum += spent + (book === except ? 0 : reserved);
    }
    return rounded(sum);
  }

  /** What counts for the limit of this watcher's runs. */
  #counted(entry: DayEntry): { spent: number; reserved: number } {
    return this.#isSimulation ? entry : realMoneyOf(entry);
  }

  /** Of all watchers. */
  async #entriesOf(day: string): Promise<[book: string, entry: DayEntry][]> {
    const names = (await this.#records.list(FOLDER)).filter((name) => name.startsWith(`${day}-`));
    const all = await Promise.all(names.map((name) => this.#read(name)));
    return all.flatMap((entries) => Object.entries(entries));
  }

  /** Reserves a book's planned price. `name`: of the book, in the ledger of spending. Returns the day, for `settle`. */
  async reserve(book: string, amount: number, name?: BookName): Promise<string> {
    const day = this.today();
    await this.#endDayBefore(day, book);
    await this.#change(day, async (entries) => {
      const { run, ...before } = entries[book] ?? { spent: 0, reserved: 0 };
      const told = await this.#toldOf({ ...before, ...(run && { run }) });
      // Left by a run that was killed. Without draws, what the new plan lacks was paid.
      const paid = before.drawn ?? Math.max(0, before.reserved - amount);
      const now = told ?? spentWith(before, { amount: paid, simulated: before.isSimulation ? paid : 0 });
      const start = { since: this.#now().toISOString(), spent: now.spent, simulated: now.simulated ?? 0 };
      const isAfterKill = told !== undefined && run !== undefined;
      entries[book] = {
        ...now,
        reserved: rounded(amount),
        ...(this.#isSimulation && { isSimulation: true }),
        ...(name && {
          run: isAfterKill ? { ...run, isAfterKill } : { title: name.title, author: name.author, ...start },
        }),
      };
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
      const entry = entries[book] ?? { spent: 0, reserved: 0 };
      const { reserved, drawn = 0 } = entry;
      const more = Math.max(0, rounded(amount - (reserved - drawn)));
      let raised = reserved;
      if (more > 0) {
        raised = rounded(reserved + more);
        entries[book] = { ...entry, reserved: raised, drawn };
        // Reserve before counting: of two watchers at the same moment, each then counts the other's reservation.
        await write();
        const over = Math.max(0, rounded((await this.#sumOf(day)) - limit));
        raised = Math.max(reserved, rounded(raised - over));
      }
      given = Math.max(0, Math.min(amount, rounded(raised - drawn)));
      entries[book] = { ...entry, reserved: raised, drawn: rounded(drawn + given) };
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
    let run: DayRun | undefined;
    let ended: DaySpent = { spent: 0 };
    await this.#change(of.from, (entries) => {
      const entry = entries[book] ?? { spent: 0, reserved: 0 };
      ended = spentWith(entry, { amount: of.spent, simulated: this.#isSimulation ? of.spent : 0 });
      run = entry.run;
      entries[book] = { ...ended, reserved: 0 };
    });
    await this.#change(of.to, (entries) => {
      const { run: _, ...entry } = entries[book] ?? { spent: 0, reserved: 0 };
      const moved = { reserved: rounded(entry.reserved + of.open), drawn: rounded((entry.drawn ?? 0) + of.open) };
      const asRun = run && { run: onNextDay(run, { ended, next: entry }) };
      entries[book] = { ...entry, ...moved, ...(this.#isSimulation && { isSimulation: true }), ...asRun };
    });
  }

  /**
   * Ends the last day before for runs that were killed on it: what they paid since midnight, and what other machines still
   * pay for them, counts today. Safe to run twice.
   */
  async #endDayBefore(today: string, only?: string): Promise<void> {
    const own = (await this.#records.list(FOLDER)).filter((name) => name === this.#fileOf(name.slice(0, today.length)));
    const day = own
      .map((name) => name.slice(0, today.length))
      .sort()
      .findLast((each) => each < today);
    if (day === undefined) return;
    const midnight = new Date(this.#now());
    midnight.setHours(0, 0, 0, 0);
    const since = midnight.toISOString();
    for (const [book, entry] of Object.entries(await this.#read(this.#fileOf(day)))) {
      if (entry.run === undefined || entry.reserved === 0 || (only !== undefined && book !== only)) continue;
      const none = { title: entry.run.title, author: entry.run.author, since, spent: 0, simulated: 0 };
      const [all, after] = await Promise.all([this.#toldOf(entry), this.#toldOf({ ...entry, run: none })]);
      if (all === undefined || after === undefined) continue;
      const { spent: amount, simulated = 0 } = after;
      await this.#change(today, (entries) => {
        const before = entries[book] ?? { spent: 0, reserved: 0 };
        const { spent, simulated: simulatedBefore = 0 } = before.run ?? before;
        const told = spentWith({ spent, simulated: simulatedBefore }, { amount, simulated });
        entries[book] = { ...before, ...told, run: { ...none, spent, simulated: simulatedBefore } };
      });
      await this.#change(day, (entries) => {
        entries[book] = { ...spentWith(all, { amount: -amount, simulated: -simulated }), reserved: 0 };
      });
    }
  }

  /**
   * Settles the reservations that runs of this watcher left when it was killed: of all books, or of one that does not run
   * now. A reservation whose spending nobody knows now stays.
   */
  async settleKilledRuns(only?: string): Promise<void> {
    const day = this.today();
    await this.#endDayBefore(day, only);
    const isLeft = ([book, { reserved }]: [string, DayEntry]): boolean =>
      reserved > 0 && (only === undefined || book === only);
    if (!Object.entries(await this.#read(this.#fileOf(day))).some(isLeft)) return;
    await this.#change(day, async (entries) => {
      for (const [book, entry] of Object.entries(entries).filter(isLeft)) {
        const { run, drawn, isSimulation } = entry;
        const told = await this.#toldOf(entry);
        // The run stays: steps of it that another machine still ends are counted when the book is run again.
        if (told !== undefined && run !== undefined) entries[book] = { ...told, reserved: 0, run };
        else if (drawn !== undefined && (run === undefined || this.#paidSince === undefined))
          entries[book] = { ...spentWith(entry, { amount: drawn, simulated: isSimulation ? drawn : 0 }), reserved: 0 };
      }
    });
  }

  /** Ends the reservation and adds what was billed. */
  async settle(book: string, { day, amount }: { day: string; amount: number }): Promise<void> {
    await this.#change(day, async (entries) => {
      const entry = entries[book] ?? { spent: 0, reserved: 0 };
      const reported = spentWith(entry, { amount, simulated: this.#isSimulation ? amount : 0 });
      const told = entry.run?.isAfterKill ? await this.#toldOf(entry) : undefined;
      entries[book] = { ...(told !== undefined && told.spent > reported.spent ? told : reported), reserved: 0 };
    });
  }

  /** What a book has spent with its last run, by the ledger of spending; undefined when that is unknown. */
  async #toldOf({ run }: DayEntry): Promise<DaySpent | undefined> {
    if (run === undefined || this.#paidSince === undefined) return undefined;
    try {
      return spentWith(run, await this.#paidSince({ title: run.title, author: run.author }, run.since));
    } catch {
      // The store is away; the book's next run, or the next start, asks again.
      return undefined;
    }
  }

  /** Makes changes one after the other, because the books of this watcher share a file. */
  #change(
    day: string,
    change: (entries: DayEntries, write: () => Promise<void>) => void | Promise<void>,
  ): Promise<void> {
    const name = this.#fileOf(day);
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

  #fileOf(day: string): string {
    return `${day}-${this.#watcher}.json`;
  }

  async #read(name: string): Promise<DayEntries> {
    const value = await this.#records.read(`${FOLDER}/${name}`);
    if (typeof value !== 'object' || value === null || !('entries' in value)) return {};
    return readEntries(value.entries);
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
