/**
 * What is left of a day, as a limit of one run. A run that lasts past midnight continues with the money of the next day:
 * what it has drawn and not spent moves there.
 */
import type { MoneySource } from '../limits.ts';
import type { DailyBudget } from './daily-budget.ts';

/** Nanos in one unit of a currency. */
const NANOS = 1e9;

/** The money of one run. */
export interface DayMoney extends MoneySource {
  /** Whether the run asked for more than was left. */
  readonly isUsedUp: boolean;
  /** Ends the reservation. `billed`: by the run's last event; what the run itself has reported takes precedence. */
  settle(billed: number): Promise<void>;
}

/** Opens the money of a run whose price is reserved on `day`. `limit`: of each day, in the currency. */
export function openDayMoney(of: { budget: DailyBudget; book: string; day: string; limit: number }): DayMoney {
  const { budget, book, limit } = of;
  let { day } = of;
  let isUsedUp = false;
  /** All of the run, in nanos. */
  let drawn = 0;
  let spent = 0;
  /** Spent on earlier days. */
  let settled = 0;
  let hasEnded = false;

  let queue: Promise<unknown> = Promise.resolve();
  /** One change after the other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(async () => {
      await moveOn();
      return work();
    });
    queue = done.catch(() => undefined);
    return done;
  };
  const moveOn = async (): Promise<void> => {
    const today = budget.today();
    if (today === day) return;
    const open = Math.max(0, drawn - spent) / NANOS;
    await budget.moveOn(book, { from: day, to: today, spent: (spent - settled) / NANOS, open });
    day = today;
    settled = spent;
  };

  return {
    get isUsedUp() {
      return isUsedUp;
    },
    take: (nanos) =>
      inTurn(async () => {
        const given = Math.floor((await budget.draw(book, { day, amount: nanos / NANOS, limit })) * NANOS + 0.5);
        drawn += given;
        isUsedUp = given < nanos;
        return given;
      }),
    putBack: (nanos) =>
      inTurn(async () => {
        drawn -= nanos;
        await budget.putBack(book, { day, amount: nanos / NANOS });
      }),
    report: async (spentNanos) => {
      // A call belongs to the day on which it was sent. After midnight, what the day before is not known to have spent counts for
      // the new day: some of it was sent since.
      if (budget.today() !== day) await inTurn(async () => undefined);
      spent = Math.max(spent, spentNanos);
    },
    end: async (spentNanos) => {
      spent = spentNanos;
      hasEnded = true;
    },
    settle: (billed) =>
      inTurn(async () => {
        const all = hasEnded ? spent / NANOS : Math.max(billed, drawn / NANOS);
        await budget.settle(book, { day, amount: Math.max(0, all - settled / NANOS) });
      }),
  };
}
