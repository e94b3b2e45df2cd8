/** What a plan costs in all: speech, voices and hearing. Pure. */
import { plannedHearingNanos } from './hearing.ts';
import type { Plan } from './plan.ts';
import { spokenChapters } from './plan.ts';
import { planNanos } from './plan-totals.ts';
import { maxNanos, tariffForModel } from './price.ts';
import type { PlanTerms } from './report.ts';

/** In nanos. */
export interface PlanPrice {
  /** The price by the plan. An estimate for models that bill the length of the speech. */
  nanos: number;
  /** A budget that leaves room: for speech that is longer than estimated, and takes that are spoken again. */
  roomyNanos: number;
  currency: string;
}

/** How much of its price a plan should have as budget, for takes that are spoken again. */
const ROOM = 1.5;

/** The price; undefined when one is unknown, or there are several currencies. */
export function planPrice(
  plan: Plan,
  { tariff, hearing }: Pick<PlanTerms, 'tariff' | 'hearing'>,
): PlanPrice | undefined {
  const spoken = planNanos(plan, tariff);
  if (spoken === undefined) return undefined;
  const { currency } = spoken;
  const nanos = spoken.nanos + plannedHearingNanos(plan, hearing);
  return { nanos, currency, roomyNanos: Math.ceil(Math.max(nanos, mostForSpeech(plan, { tariff })) * ROOM) };
}

/** What is reserved for all segments and voices before their first calls. */
function mostForSpeech(plan: Plan, { tariff }: Pick<PlanTerms, 'tariff'>): number {
  const segments = spokenChapters(plan).flatMap((chapter) => chapter.segments);
  const speech = segments.reduce((sum, { step, need }) => {
    const rate = tariffForModel(tariff, step.model).speech;
    return need === 'speak' && rate !== undefined ? sum + maxNanos(rate, step.text) : sum;
  }, 0);
  const voices = plan.voices.filter(({ need }) => need === 'enroll');
  return voices.reduce((sum, { step }) => sum + tariffForModel(tariff, step.model).enrolmentNanos, speech);
}
