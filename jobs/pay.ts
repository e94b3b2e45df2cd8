/** Reserves money from the run's budget before a request that costs money, and settles the actual cost afterwards. */
import { PipelineError } from '../src/errors.ts';
import type { Reservation, Spending } from '../src/limits.ts';
import { billedUnits } from '../src/models.ts';
import { maxNanos, soundNanos, type Usage, usedNanos } from '../src/plan/price.ts';
import type { BudgetRef, SynthesizeStep } from '../src/plan/step.ts';
import { SilentResponse } from '../src/speech/engine.ts';
import type { Attempt, JobContext } from './context.ts';

/** Hooks that speech must call so that its commits are charged. */
export interface Payer {
  /** Call before each commit. Rejects with `over-budget`: send nothing then. */
  onCommit(): Promise<void>;
  /**
   * Call after each piece of sound, with its length. Rejects with `over-budget` when endless speech would exceed the
   * budget.
   */
  onSound(seconds: number): void | Promise<void>;
}

/** Responses that prove that nothing was spoken, so nothing is owed. */
const REFUSALS: ReadonlySet<string> = new Set([
  'key-refused',
  'account-blocked',
  'service-refused',
  'throttled',
  'model-unknown',
  'voice-not-found',
  'text-refused',
]);

/**
 * Runs `speak` and charges each of its commits to the run's budget: the service's own figure when it responds, even
 * without audio; the full price of the text when the response is lost; nothing when the service refuses. A step without
 * a budget is not charged.
 */
export async function payForSpeech<T extends { usage: Usage | undefined }>(
  { step, attempt, context }: { step: SynthesizeStep; attempt: Attempt; context: Pick<JobContext, 'budgets'> },
  speak: (payer: Payer) => Promise<T>,
): Promise<T> {
  const { purse: budget, text } = step;
  if (budget === undefined) return speak({ onCommit: async () => undefined, onSound: () => undefined });
  const most = budget.rate === undefined ? 0 : maxNanos(budget.rate, text);
  const fullPrice = (): Spending => ({ nanos: reservedNanos, unanswered: { characters: billedUnits(text) } });
  const spendingAfter = (error: unknown): Spending =>
    error instanceof SilentResponse ? spendingOf(error.usage, { budget, most, text }) : fullPrice();
  const { isAllotted } = budget;
  const request = { nanos: most, key: step.key, characters: billedUnits(text), isAllotted };
  const reserve = (): Promise<Reservation> => context.budgets.reserve(budget.id, request, attempt.signal);
  // Before the wait for a session: a run without money left opens none.
  let reservedNanos = most;
  let reservation = await reserve();
  let sent = false;
  let seconds = 0;
  try {
    const spoken = await speak({
      async onCommit() {
        if (sent) {
          await reservation.settle(fullPrice());
          sent = false;
          reservation = await reserve();
        }
        await reservation.sending();
        sent = true;
        seconds = 0;
        reservedNanos = most;
      },
      onSound(more) {
        seconds += more;
        const needed = budget.rate === undefined ? 0 : soundNanos(budget.rate, seconds);
        if (needed > reservedNanos) return raise();
      },
    });
    await settleWithinLimit(reservation, spendingOf(spoken.usage, { budget, most, text }));
    return spoken;
  } catch (error) {
    await reservation.settle(sent && !isRefusal(error) ? spendingAfter(error) : { nanos: 0 }).catch(() => undefined);
    throw error;
  }

  /** Speech that is longer than any reading of its text: reserves the full price once more. */
  async function raise(): Promise<void> {
    if (!(await reservation.raise(most))) {
      const message = 'The speech is far longer than its text; continuing could exceed the budget.';
      throw new PipelineError({ code: 'over-budget', message, retry: 'never' });
    }
    reservedNanos += most;
  }
}

/**
 * Longest wait for the budget to record the cost of a take, in milliseconds. The take is not in the store yet: if it
 * waited for an unavailable Redis, a worker that dies in the meantime would lose it. The reservation counts as spent
 * until it is settled.
 */
const SETTLE_LIMIT_MS = 1_000;

async function settleWithinLimit(reservation: Reservation, spending: Spending): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SETTLE_LIMIT_MS);
  });
  const settled = reservation.settle(spending);
  // It may fail later, when nothing awaits it any more.
  settled.catch(() => undefined);
  await Promise.race([settled, late]);
  clearTimeout(timer);
}

/** Charges one enrolment: its price when a voice was or may have been made, nothing when the service refused. */
export async function payForEnrolment<T>(
  of: { key: string; budget: BudgetRef | undefined; attempt: Attempt; context: Pick<JobContext, 'budgets'> },
  { create, isRefusal: refused }: { create: () => Promise<T>; isRefusal: (error: unknown) => boolean },
): Promise<T> {
  const { key, budget, attempt, context } = of;
  if (budget === undefined) return create();
  const request = { nanos: budget.enrolmentNanos, key, characters: 0, isAllotted: budget.isAllotted };
  const reservation = await context.budgets.reserve(budget.id, request, attempt.signal);
  await reservation.sending();
  try {
    const made = await create();
    await reservation.settle({ nanos: budget.enrolmentNanos });
    return made;
  } catch (error) {
    await reservation.settle({ nanos: refused(error) ? 0 : budget.enrolmentNanos }).catch(() => undefined);
    throw error;
  }
}

/** Whether the service answered that it speaks nothing, so that nothing is owed. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PipelineError && REFUSALS.has(error.code);
}

/** The cost by the service's figure; without a figure that can be priced, the full price of the text. */
function spendingOf(usage: Usage | undefined, of: { budget: BudgetRef; most: number; text: string }): Spending {
  const { rate } = of.budget;
  const nanos = (usage !== undefined && rate !== undefined ? usedNanos(rate, usage) : undefined) ?? of.most;
  if (usage === undefined) return { nanos };
  if ('characters' in usage) return { nanos, characters: usage.characters };
  return { nanos, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
}
