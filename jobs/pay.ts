/** Reserves money from the run's budget before a request that costs money, and settles the actual cost afterwards. */
import { PipelineError } from '../src/errors.ts';
import type { Reservation, Spending } from '../src/limits.ts';
import { billedUnits } from '../src/models.ts';
import { maxNanos, soundNanos, type Usage, usedNanos } from '../src/plan/price.ts';
import type { BudgetRef, SynthesizeStep } from '../src/plan/step.ts';
import { SilentResponse } from '../src/speech/engine.ts';
import { allEnded } from './all-ended.ts';
import type { Attempt, JobContext } from './context.ts';

/** Hooks that speech must call so that its commits are charged. */
export interface Payer {
  /**
   * Call before each commit. Resolves when `ready` does, too, and then `leave`, which calls `reserve` in time: the text may be sent.
   * Rejects with `over-budget`, or as these do: send nothing then, and nothing is charged.
   */
  onCommit(ready?: Promise<unknown>, leave?: (reserve: () => Promise<void>) => Promise<void>): Promise<void>;
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
 * Whether the service refused after it had spoken. It may bill what it spoke, so this is a lost answer and no refusal, and
 * trying it again costs money: it uses up a try, unlike a refusal that costs nothing.
 */
export function isRefusalAfterSound(error: unknown, seconds: number): error is PipelineError {
  return seconds > 0 && isRefusal(error);
}

/** Speech that has arrived and is not settled yet. */
export interface PaidSpeech<T> {
  spoken: T;
  /** Charges it, as soon as it is stored or lost. Call it once; never rejects. */
  settle(): Promise<void>;
}

/**
 * Runs `speak` and charges each of its commits to the run's budget: the service's own figure when it responds, even
 * without audio; the full price of the text when the response is lost; nothing when the service refuses. A step without
 * a budget is not charged. Speech that has arrived is charged by `settle`, so that it can be stored before.
 */
export async function payForSpeech<T extends { usage: Usage | undefined }>(
  { step, attempt, context }: { step: SynthesizeStep; attempt: Attempt; context: Pick<JobContext, 'budgets'> },
  speak: (payer: Payer) => Promise<T>,
): Promise<PaidSpeech<T>> {
  const { purse: budget, text } = step;
  if (budget === undefined) {
    let heard = 0;
    const onSound = (more: number): void => {
      heard += more;
    };
    const onCommit: Payer['onCommit'] = async (ready, leave) => {
      await ready;
      await leave?.(async () => undefined);
    };
    const spoken = await speak({ onCommit, onSound }).catch((error: unknown) => {
      throw isRefusalAfterSound(error, heard) ? usingUpATry(error) : error;
    });
    return { spoken, settle: async () => undefined };
  }
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
  /** The last answer that is awaited: whether there was room for more. */
  let raised = Promise.resolve(true);
  try {
    const spoken = await speak({
      async onCommit(ready, leave = (confirm) => confirm()) {
        const permission = async (): Promise<void> => {
          if (sent) {
            await reservation.settle(fullPrice());
            sent = false;
            reservation = await reserve();
          }
        };
        await allEnded([ready, permission()]);
        await leave(() => reservation.sending());
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
    const spending = spendingOf(spoken.usage, { budget, most, text });
    return { spoken, settle: () => withinLimit(reservation.settle(spending)) };
  } catch (error) {
    const isCut = isRefusalAfterSound(error, seconds);
    await withinLimit(reservation.settle(sent && (isCut || !isRefusal(error)) ? spendingAfter(error) : { nanos: 0 }));
    throw isCut ? usingUpATry(error) : error;
  }

  /**
   * Speech that is longer than any reading of its text: reserves the full price once more. While Redis is unavailable
   * the sound goes on for one such amount, because a service that has to wait breaks off what is being paid.
   */
  async function raise(): Promise<void> {
    if (await raised) {
      reservedNanos += most;
      raised = reservation.raise(most);
      if (await withinLimit(raised.then((hasRoom) => !hasRoom))) reservedNanos -= most;
      else return;
    }
    const message = 'The speech is far longer than its text; continuing could exceed the budget.';
    throw new PipelineError({ code: 'over-budget', message, retry: 'never' });
  }
}

/**
 * Longest wait for the accounts while speech arrives or has arrived, in milliseconds. What is not settled yet counts as
 * spent.
 */
const ACCOUNTS_LIMIT_MS = 1_000;

/** The answer of the accounts; undefined when it takes too long or fails: it may come when nothing awaits it any more. */
export async function withinLimit<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ACCOUNTS_LIMIT_MS);
  });
  try {
    return await Promise.race([answer.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Charges one enrolment: its price when a voice was or may have been made, nothing when the service refused. `create` calls
 * `note` last before it sends the request, and also stores the voice, so that it is kept before the accounts are asked for anything.
 */
export async function payForEnrolment<T>(
  of: { key: string; budget: BudgetRef | undefined; attempt: Attempt; context: Pick<JobContext, 'budgets'> },
  {
    create,
    isRefusal: refused,
  }: { create: (note: () => Promise<void>) => Promise<T>; isRefusal: (error: unknown) => boolean },
): Promise<T> {
  const { key, budget, attempt, context } = of;
  if (budget === undefined) return create(async () => undefined);
  const request = { nanos: budget.enrolmentNanos, key, characters: 0, isAllotted: budget.isAllotted };
  const reservation = await context.budgets.reserve(budget.id, request, attempt.signal);
  try {
    const made = await create(() => reservation.sending());
    await withinLimit(reservation.settle({ nanos: budget.enrolmentNanos }));
    return made;
  } catch (error) {
    await withinLimit(reservation.settle({ nanos: refused(error) ? 0 : budget.enrolmentNanos }));
    throw error;
  }
}

/**
 * The result of a step is there, but not from this worker: what a worker that died may have reserved for it counts as spent, at its
 * full price. Otherwise others would wait for a settlement that never comes, where a budget has no room beside it. Never rejects.
 */
export async function settleForDead(of: {
  key: string;
  budget: BudgetRef | undefined;
  attempt: Attempt;
  context: Pick<JobContext, 'budgets'>;
}): Promise<void> {
  const { key, budget, attempt, context } = of;
  if (budget === undefined) return;
  const request = { nanos: 0, key, characters: 0, isAllotted: budget.isAllotted };
  // A reservation of a key settles the one that it replaces.
  const settled = context.budgets.reserve(budget.id, request, attempt.signal).then((own) => own.settle({ nanos: 0 }));
  await withinLimit(settled);
}

function usingUpATry(error: PipelineError): PipelineError {
  const { code, message, retry } = error;
  if (retry === 'never') return error;
  return new PipelineError({ code, message, retry: 'backoff', cause: error });
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
