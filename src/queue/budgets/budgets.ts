/** The budgets of runs, over a store in this process or in Redis for many machines; callers see no difference. */
import { randomUUID } from 'node:crypto';
import { interrupted, PipelineError } from '../../errors.ts';
import type {
  AllottedBudgets,
  BudgetBalance,
  Budgets,
  Reservation,
  ReservationRequest,
  Spending,
} from '../../limits.ts';
import { abortable, sleep } from '../abortable.ts';

/** Operations of a budget store; every method is atomic. */
export interface BudgetStore {
  open(id: string, budgetNanos: number | null): Promise<void>;
  /**
   * Settles the reservation that another holder left for the same key, then reserves if there is room. `wait`: there
   * will be room if others turn out to need less. `over`: there is none, and the budget is closed; also instead of
   * `wait` when `patient` is false. `gone`: there is no such budget.
   */
  reserve(
    id: string,
    what: ReservationRequest & { holder: string; patient: boolean },
  ): Promise<'held' | 'wait' | 'over' | 'gone'>;
  /** Records that the request was sent; false when the holder no longer has a reservation for the key. */
  markSent(id: string, by: Holder): Promise<boolean>;
  /** Reserves more if there is room and the holder still has its reservation. */
  raise(id: string, by: Holder & { nanos: number }): Promise<boolean>;
  /** Does nothing for a holder without a reservation: the worker that took over has settled it. */
  settle(id: string, by: Holder & { spent: Spending }): Promise<void>;
  balance(id: string): Promise<BudgetBalance | undefined>;
  readonly allotted: AllottedStore;
}

/** Operations of budgets with allotments; what is not here is the same for all budgets. */
export interface AllottedStore extends AllottedBudgets {
  /** As for every budget; `short`: there is no room until the run sets more money aside. */
  reserve(
    id: string,
    what: ReservationRequest & { holder: string; patient: boolean },
  ): Promise<'held' | 'short' | 'wait' | 'over' | 'gone'>;
  raise(id: string, by: Holder & { nanos: number }): Promise<'held' | 'short' | 'over'>;
}

/** The holder of a reservation, and the key it is for. */
export interface Holder {
  key: string;
  holder: string;
}

/**
 * Longest wait for others to settle, in milliseconds: longer than any response, so a worker that has not settled by
 * then is dead.
 */
const MAX_WAIT_MS = 240_000;
/** Interval between two tries, in milliseconds. */
const POLL_MS = 100;
/** Longest wait for more money while speech is arriving, in milliseconds; the run sets it aside within a poll or two. */
const MAX_RAISE_WAIT_MS = 10_000;

/** Budgets over a store. `closing` ends all waits with `interrupted`. */
export function openBudgets(store: BudgetStore, closing: AbortSignal): Budgets {
  return {
    open: (id, budgetNanos) => store.open(id, budgetNanos),
    balance: (id) => store.balance(id),
    allotted: store.allotted,
    async reserve(id, what, signal) {
      const holder = randomUUID();
      const patientUntilMs = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const patient = performance.now() < patientUntilMs;
        const from = what.isAllotted ? store.allotted : store;
        const answer = await abortable(from.reserve(id, { ...what, holder, patient }), signal, closing);
        if (answer === 'held') return reservationOf({ store, id, by: { key: what.key, holder }, what, closing });
        // The process of the run has died: the step goes back to the queue, and the next one sets money aside.
        if (answer === 'short' && !patient) throw interrupted('waiting for the run that pays');
        if (answer === 'over' || answer === 'gone') throw reservationError(answer);
        await sleep(POLL_MS, signal, closing);
      }
    },
  };
}

function reservationOf(of: {
  store: BudgetStore;
  id: string;
  by: Holder;
  what: ReservationRequest;
  closing: AbortSignal;
}): Reservation {
  const { store, id, by, what, closing } = of;
  let settled: Promise<void> | undefined;
  const raiseAllotted = async (nanos: number): Promise<boolean> => {
    for (const untilMs = performance.now() + MAX_RAISE_WAIT_MS; ; ) {
      const answer = await store.allotted.raise(id, { ...by, nanos });
      if (answer !== 'short' || performance.now() > untilMs) return answer === 'held';
      await sleep(POLL_MS, closing);
    }
  };
  return {
    async sending() {
      if (!(await store.markSent(id, by))) throw interrupted('paying for a step that another worker has taken over');
    },
    raise: (nanos) => (what.isAllotted ? raiseAllotted(nanos) : store.raise(id, { ...by, nanos })),
    settle(spent) {
      settled ??= store.settle(id, { ...by, spent });
      return settled;
    },
  };
}

function reservationError(answer: 'over' | 'gone'): PipelineError {
  const message =
    answer === 'over'
      ? 'Not sent: it could exceed the budget. To continue, run again with --budget, which opens a new budget.'
      : 'Not sent: the budget of the run is no longer in Redis (was Redis emptied?). Run the same command again.';
  return new PipelineError({ code: answer === 'over' ? 'over-budget' : 'queue-unreachable', message, retry: 'never' });
}

/** A count of a budget that only grows. */
export type Count = Exclude<keyof BudgetBalance, 'exhausted' | 'reservedNanos' | 'unsentNanos'>;

/** What a settled reservation adds to each count. */
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

/** The reservation of one key. */
export interface ReservationRecord {
  holder: string;
  nanos: number;
  sent: boolean;
  characters: number;
}

/** The balance: the counts of a budget and its current reservations. */
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
    // A voice has no text: its price is reserved, but no response is missing.
    else if (characters > 0) {
      balance.unansweredCommits += 1;
      balance.unansweredCharacters += characters;
    }
  }
  return balance;
}
