/** What it costs to have the words of takes heard. Pure. */
import type { PlanReport } from '../events/plan-report.ts';
import { estimatedSeconds } from '../script/cut/estimate.ts';
import type { Plan } from './plan.ts';
import { spokenChapters } from './plan.ts';
import { moneyOf, type Rate } from './price.ts';
import type { HearingRef } from './step.ts';

/** Which takes are heard, by what, for how much. */
export interface HearingTerms extends HearingRef {
  currency: string;
}

/** The terms as a step carries them. */
export function hearingRef(terms: HearingTerms | undefined): { hearing?: HearingRef } {
  if (terms === undefined) return {};
  const { currency: _currency, ...hearing } = terms;
  return { hearing };
}

/** Tokens of one call with this many seconds, never too few: what is reserved. Source: recognisers.ts, and a quarter more. */
const INPUT_TOKENS = { perSecond: 20, perCall: 50 };
const OUTPUT_TOKENS = { perSecond: 8, perCall: 20 };
/** Tokens as they were measured: what a plan tells. */
const USUAL_TOKENS = { input: 16, output: 5.5 };
/** Takes that the free checks doubt, of good speech (docs/explanation/quality.md): what a plan tells of `suspects`. */
const USUAL_SUSPECTS = 0.05;

/** The most that one call should cost, in nanos; 0 for a recogniser without a price. */
export function hearingNanos(hearing: Pick<HearingRef, 'rate'> | undefined, seconds: number): number {
  return costOf(hearing?.rate, {
    input: Math.ceil(INPUT_TOKENS.perCall + INPUT_TOKENS.perSecond * seconds),
    output: Math.ceil(OUTPUT_TOKENS.perCall + OUTPUT_TOKENS.perSecond * seconds),
  });
}

/** What a call cost by its own figures, in nanos. */
export function heardNanos(
  hearing: Pick<HearingRef, 'rate'> | undefined,
  usage: { input_tokens: number; output_tokens: number },
): number {
  return costOf(hearing?.rate, { input: usage.input_tokens, output: usage.output_tokens });
}

function costOf(rate: Rate | undefined, tokens: { input: number; output: number }): number {
  if (rate?.kind !== 'tokens') return 0;
  return Math.ceil(tokens.input * rate.perInputTokenNanos + tokens.output * rate.perOutputTokenNanos);
}

/** What a plan's hearing likely amounts to, in nanos of its currency. */
export function plannedHearingNanos(plan: Plan, hearing: HearingTerms | undefined): number {
  return hearing === undefined ? 0 : shareOf(plan, hearing).nanos;
}

/** The part of a plan's report on hearing; nothing when no words are heard. */
export function hearingReport(
  plan: Plan,
  hearing: HearingTerms | undefined,
): { hearing?: NonNullable<PlanReport['hearing']> } {
  if (hearing === undefined) return {};
  const { takes, seconds, nanos } = shareOf(plan, hearing);
  const { words, model, rate, currency } = hearing;
  const cost = rate === undefined ? null : moneyOf(nanos, currency);
  return { hearing: { words, model, takes, audioSeconds: Math.round(seconds), cost } };
}

function shareOf(plan: Plan, { words, rate }: HearingTerms): { takes: number; seconds: number; nanos: number } {
  const spoken = spokenChapters(plan).flatMap(({ segments }) => segments.filter(({ need }) => need === 'speak'));
  const share = words === 'all' ? 1 : USUAL_SUSPECTS;
  const seconds = share * estimatedSeconds(spoken.map(({ step }) => step));
  const nanos = costOf(rate, { input: USUAL_TOKENS.input * seconds, output: USUAL_TOKENS.output * seconds });
  return { takes: Math.ceil(share * spoken.length), seconds, nanos };
}
