/** Speaks single lines of a book before it is run: their voices, then the lines. Their takes are those of a later run. */
import { randomUUID } from 'node:crypto';
import type { Emit, ReportedFailure } from '../events.ts';
import { type BudgetBalance, NOTHING_SPENT } from '../limits.ts';
import { type HearingTerms, hearingRef } from '../plan/hearing.ts';
import { type Tariff, tariffForModel } from '../plan/price.ts';
import type { CallCounts, EnrollStep, PayingRun, StepResult, SynthesizeStep } from '../plan/step.ts';
import { cancelRun } from '../queue/control.ts';
import { type Follower, followRun } from '../queue/follow-jobs.ts';
import { submitSegments, submitVoices } from '../queue/submit.ts';
import { withJoinedSignal } from '../signals.ts';
import type { Store } from '../store/store.ts';
import { type Allowance, openAllotments } from './allotments.ts';
import { sumOfCalls } from './call-counts.ts';
import type { Work } from './run-options.ts';
import { stopWorkers } from './stop-workers.ts';

/** What was spoken and spent, and what failed. */
export interface SpokenLines {
  enrolled: number;
  spoken: number;
  calls: CallCounts;
  simulated: boolean;
  /** By voice or take key. */
  failures: Map<string, ReportedFailure>;
  /** Undefined when the record of it was lost. */
  balance: BudgetBalance | undefined;
}

/** Nothing had to be spoken. */
export const NO_LINES: SpokenLines = {
  enrolled: 0,
  spoken: 0,
  calls: { enroll: 0, list: 0, synthesize: 0 },
  simulated: false,
  failures: new Map(),
  balance: NOTHING_SPENT,
};

/** The lines to speak, and who pays. */
export interface LinesToSpeak {
  work: Work;
  voices: readonly EnrollStep[];
  segments: readonly SynthesizeStep[];
  tariff: Tariff;
  /** Whose words are heard; absent: nobody's. */
  hearing?: HearingTerms | undefined;
  /** The most that may be spent; undefined: no limit. */
  budgetNanos: number | undefined;
  /** The grant that pays, with the store that keeps it. Default: the budget is for these lines alone. */
  granted?: { allowance: Allowance; store: Store } | undefined;
  /** Who pays, for the ledger of spending. */
  payer: Omit<PayingRun, 'run' | 'currency'>;
  emit: Emit;
  /** Called when a step has its result. */
  onResult?: () => void;
  signal: AbortSignal;
}

/**
 * Enrolls the voices and speaks the segments, within the budget. The files that the steps read must be in the store. What
 * exists is reused; safe to repeat. Always closes `work`, whose workers would keep the process alive. Rejects with
 * `interrupted`, and with the reason why the store is lost.
 */
export function speakLines(of: LinesToSpeak): Promise<SpokenLines> {
  return withJoinedSignal([of.signal, of.work.lost], (signal) => speakAndClose({ ...of, signal }));
}

async function speakAndClose(of: LinesToSpeak): Promise<SpokenLines> {
  const { work, signal } = of;
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopWorkers(work, signal);
    return stopped;
  };
  try {
    return await speak(of, stop);
  } catch (error) {
    throw work.lost?.aborted ? work.lost.reason : error;
  } finally {
    // Also when the budget or the follower could not be opened.
    await stop().finally(() => work.close());
  }
}

async function speak(of: LinesToSpeak, stop: () => Promise<void>): Promise<SpokenLines> {
  const { work, voices, segments, tariff, budgetNanos, granted, payer, emit, signal } = of;
  const run = randomUUID();
  const isShared = work.queue.kind === 'redis';
  const allotments = granted && (await openAllotments({ ...granted, budgets: work.budgets, isShared }));
  const budgetId = allotments?.id ?? randomUUID();
  const runId = `lines-${randomUUID()}`;
  const lines: SpokenLines = { ...NO_LINES, failures: new Map() };
  let callsOfOthers: CallCounts = lines.calls;
  const onResult = (result: StepResult): void => {
    lines.simulated ||= result.simulated;
    if (result.outcome === 'made') lines[result.kind === 'enroll' ? 'enrolled' : 'spoken'] += 1;
    if (result.worker !== work.workerId) callsOfOthers = sumOfCalls(callsOfOthers, result.calls);
    of.onResult?.();
    for (const message of result.notes ?? []) emit({ type: 'notice', level: 'info', message });
  };
  const funded = <S extends EnrollStep | SynthesizeStep>(step: S): S => {
    const { speech, enrolmentNanos, currency } = tariffForModel(tariff, step.model);
    const purse = {
      id: budgetId,
      ...(speech && { rate: speech }),
      enrolmentNanos,
      ...hearingRef(of.hearing),
      ...(allotments && { isAllotted: true }),
    };
    return { ...step, purse: { ...purse, payer: { ...payer, run, currency } } };
  };
  let follower: Follower | undefined;
  try {
    // Another run may have spent of a shared grant.
    const before = allotments && (await work.budgets.balance(budgetId));
    follower = await followRun(work.queue, {
      runId,
      signal,
      onResult,
      onFailure: ({ key, code, message }) => lines.failures.set(key, { code, message }),
    });
    if (allotments === undefined) await work.budgets.open(budgetId, budgetNanos ?? null);
    await follower.expect(await submitVoices(work.queue, { runId, steps: voices.map(funded) }));
    const speakable = segments.filter(
      ({ voice }) => !('enrollment' in voice) || !lines.failures.has(voice.enrollment.key),
    );
    await follower.expect(await submitSegments(work.queue, { runId, steps: speakable.map(funded) }));
    await stop();
    const isKnown = allotments?.hasForgotten !== true;
    const now = isKnown ? await work.budgets.balance(budgetId).catch(() => undefined) : undefined;
    lines.balance = now && { ...now, spentNanos: now.spentNanos - (before?.spentNanos ?? 0) };
  } catch (error) {
    await cancelRun(work.queue, { runId }).catch(() => undefined);
    throw error;
  } finally {
    // What ends within the grace period is paid from the allotments.
    await stop();
    await allotments?.close();
    await follower?.close();
  }
  lines.calls = sumOfCalls(work.calls(), callsOfOthers);
  return lines;
}
