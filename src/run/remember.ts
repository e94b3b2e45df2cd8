/** Stores what the next plan needs to explain its reasons and to estimate its time. */
import { lastRunKey } from '../plan/keys.ts';
import { lastRunOf } from '../plan/last-run-of.ts';
import type { Plan } from '../plan/plan.ts';
import { putLastRun } from '../store/last-runs.ts';
import { putPace } from '../store/speech-pace.ts';
import { reportedFailure } from './reported-failure.ts';
import type { Run } from './run.ts';

/** Stores the record of the run. A failure is only a warning. */
export async function rememberForNextPlan({ options, plan, whole, tally }: Run): Promise<void> {
  const { store, account, terms, emit } = options;
  try {
    const key = lastRunKey({ title: plan.title, author: plan.delivery.author }, account.realm);
    await putLastRun(store, key, lastRunOf(whole, tally.segments.hasTake));
    const pace = tally.pace(terms.sessionsAtOnce);
    // A speed is that of one model; that of several together would mislead.
    const [model = plan.model.id, ...others] = modelsThatSpoke(plan);
    if (pace !== undefined && others.length === 0) await putPace(store, { account: account.id, model }, pace);
  } catch (error) {
    const what = 'The record of this run could not be written, so the next plan may report changed lines as new';
    emit({ type: 'notice', level: 'warning', message: `${what}: ${reportedFailure(error).message}` });
  }
}

function modelsThatSpoke({ chapters }: Plan): string[] {
  const spoken = chapters.flatMap(({ segments }) => segments.filter(({ need }) => need === 'speak'));
  return [...new Set(spoken.map(({ step }) => step.model))];
}
