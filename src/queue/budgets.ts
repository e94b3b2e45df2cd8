/** Purses of runs over a store of them: in this process, or for many machines in Redis; who asks can not tell which. */
import { randomUUID } from 'node:crypto';
import { interrupted, PipelineError } from '../errors.ts';
import type { BudgetBalance, Budgets, Reservation, ReservationRequest, Spending } from '../limits.ts';
import { abortable, sleep } from './abortable.ts';

/** What a store of purses can do; every method is one step that nothing comes between. */
export interface BudgetStore {
  open(id: string, budgetNanos: number | null): Promise<void>;
  /**
   * Ends what another holder left for the same key, then holds back when there is room. `wait`: there will be, when others
   * turn out to need less. `over`: there is none, and the purse is closed; also instead of `wait` when `patient` is false.
   * `gone`: there is no such purse.
   */
  reserve(
    id: string,
    what: ReservationRequest & { holder: string; patient: boolean },
  ): Promise<'held' | 'wait' | 'over' | 'gone'>;
  /** Notes that it is sent; false when the holder holds nothing for the key any more. */
  markSent(id: string, by: Holder): Promise<boolean>;
  /** Holds back more when there is room and the holder still holds. */
  raise(id: string, by: Holder & { nanos: number }): Promise<boolean>;
  /** Does nothing for a holder that holds nothing any more: whoever took over has counted it. */
  settle(id: string, by: Holder & { spent: Spending }): Promise<void>;
  balance(id: string): Promise<BudgetBalance | undefined>;
}

/** Who holds something for which key. */
export interface Holder {
  key: string;
  holder: string;
}

/** Longest wait for others to settle, in milliseconds: longer than any response, so whoever has not by then has died. */
const MAX_WAIT_MS = 240_000;
/** Pause between two looks, in milliseconds. */
const POLL_MS = 100;

/** Purses over a store of them. `closing` ends all waits with `interrupted`. */
export function openBudgets(store: BudgetStore, closing: AbortSignal): Budgets {
  return {
    open: (id, budgetNanos) => store.open(id, budgetNanos),
    balance: (id) => store.balance(id),
    async reserve(id, what, signal) {
      const holder = randomUUID();
      const patientUntilMs = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const patient = performance.now() < patientUntilMs;
        const answer = await abortable(store.reserve(id, { ...what, holder, patient }), signal, closing);
        if (answer === 'held') return reservationOf(store, id, { key: what.key, holder });
        if (answer !== 'wait') throw reservationError(answer);
        await sleep(POLL_MS, signal, closing);
      }
    },
  };
}

function reservationOf(store: BudgetStore, id: string, by: Holder): Reservation {
  let settled: Promise<void> | undefined;
  return {
    async sending() {
      if (!(await store.markSent(id, by))) throw interrupted('paying for a step that another worker took over');
    },
    raise: (nanos) => store.raise(id, { ...by, nanos }),
    settle(spent) {
      settled ??= store.settle(id, { ...by, spent });
      return settled;
    },
  };
}

function reservationError(answer: 'over' | 'gone'): PipelineError {
  const message =
    answer === 'over'
      ? 'Not sent: with it the run could pass its budget.'
      : 'Not sent: the account of what the run may spend is gone (was Redis emptied?). Run the same command again.';
  return new PipelineError({ code: answer === 'over' ? 'over-budget' : 'queue-unreachable', message, retry: 'never' });
}

/** A count of a purse that only grows. */
export type Count = Exclude<keyof BudgetBalance, 'exhausted' | 'reservedNanos' | 'unsentNanos'>;

/** What a settled hold adds to which count. */
export function countsOf(spent: Spending): [Count, number][] {
  const { nanos, characters = 0, inputTokens = 0, outputTokens = 0, unanswered } = spent;
  return [
    ['spentNanos', nanos],
    ['characters', characters],
    ['inputTokens', inputTokens],
    ['outputTokens', outputTokens],
    ['unansweredCommits', unanswered === undefined ? 0 : 1],
    ['unansweredCharacters', unanswered?.characters ?? 0],
  ];
}

/** What is held for one key. */
export interface ReservationRecord {
  holder: string;
  nanos: number;
  sent: boolean;
  characters: number;
}

/** The counts of a purse with what is held now. */
export function balanceOf(of: {
  counts: Record<Count, number>;
  reservations: readonly ReservationRecord[];
  exhausted: boolean;
}): BudgetBalance {
  const { counts, reservations, exhausted } = of;
  const balance: BudgetBalance = { ...counts, reservedNanos: 0, unsentNanos: 0, exhausted };
  for (const { nanos, sent, characters } of reservations) {
    balance.reservedNanos += nanos;
    if (!sent) balance.unsentNanos += nanos;
    // A voice has no text; its price is held, and it is no answer that is missing.
    else if (characters > 0) {
      balance.unansweredCommits += 1;
      balance.unansweredCharacters += characters;
    }
  }
  return balance;
}
