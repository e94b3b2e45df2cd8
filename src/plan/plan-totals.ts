/** What a plan amounts to: counts, speech and money, for each model and together. Pure. */
import type { Money } from '../events/plan-report.ts';
import { billedUnits } from '../models.ts';
import { estimatedSeconds } from '../script/cut/estimate.ts';
import { type Plan, type PlannedSegment, type PlannedVoice, spokenChapters } from './plan.ts';
import {
  estimatedNanos,
  estimatedTokens,
  moneyOf,
  type SpeechNeed,
  type Tariff,
  type Tokens,
  tariffForModel,
} from './price.ts';

/** Totals of a plan. */
export interface PlanTotals {
  voices: { enroll: number; reuse: number };
  segments: { total: number; synthesize: number; reuse: number };
  chapters: { total: number; master: number };
  /** Whether the book file is to be bound. */
  bind: boolean;
  /** Billed units of what is to be spoken (src/models.ts). */
  billedCharacters: number;
  /** Seconds of speech; an estimate. */
  audioSeconds: number;
  /** Null when a price is unknown, and when there are `costs`. */
  cost: Money | null;
  /** The sum in each currency, when the models of a book are priced in several. Absent: one currency. */
  costs?: Money[];
  /** Whether the cost is an estimate, because a model bills the length of the speech. */
  estimated: boolean;
  /** Estimated, for models that bill tokens; else null. */
  tokens: Tokens | null;
}

/** What one model of a plan has to do. */
export interface ModelShare extends SpeechNeed {
  model: string;
  tariff: Tariff;
  voices: { enroll: number; reuse: number };
  segments: { total: number; synthesize: number; reuse: number };
  /** Its estimated price in nanos of its tariff's currency; undefined when the price is unknown. */
  nanos: number | undefined;
}

/** Least number of seconds that are billed for a response. Source: server events page. */
const LEAST_BILLED_SECONDS = 1;

/** Counts and prices a plan. `cost` is null when the tariff has no price for a model. */
export function planTotals(plan: Plan, tariff: Tariff): PlanTotals {
  const shares = modelShares(plan, tariff);
  const sum = (of: (share: ModelShare) => number): number => shares.reduce((total, share) => total + of(share), 0);
  const byTokens = shares.filter((share) => share.tariff.speech?.kind === 'tokens');
  const costs = costsOf(shares);
  return {
    voices: { enroll: sum(({ voices }) => voices.enroll), reuse: sum(({ voices }) => voices.reuse) },
    segments: {
      total: sum(({ segments }) => segments.total),
      synthesize: sum(({ segments }) => segments.synthesize),
      reuse: sum(({ segments }) => segments.reuse),
    },
    chapters: {
      total: plan.chapters.length,
      master: plan.chapters.filter((chapter) => chapter.master.need === 'make').length,
    },
    bind: plan.book?.need === 'make',
    billedCharacters: sum((share) => share.billedCharacters),
    audioSeconds: toTenths(sum((share) => share.audioSeconds)),
    cost: costs?.length === 1 ? costs[0]! : null,
    ...(costs !== undefined && costs.length > 1 && { costs }),
    estimated: byTokens.some(({ segments }) => segments.synthesize > 0),
    tokens: byTokens.length === 0 ? null : sumOfTokens(byTokens.map(estimatedTokens)),
  };
}

/** Each model's part of the plan, the book's first. A book with one model has one part; a model that speaks nobody has none. */
export function modelShares(plan: Plan, tariff: Tariff): ModelShare[] {
  const parts = new Map<string, { voices: PlannedVoice[]; segments: PlannedSegment[] }>();
  const partOf = (model: string) => {
    const part = parts.get(model) ?? { voices: [], segments: [] };
    parts.set(model, part);
    return part;
  };
  partOf(plan.model.id);
  for (const voice of plan.voices) partOf(voice.step.model).voices.push(voice);
  for (const segment of spokenChapters(plan).flatMap((chapter) => chapter.segments))
    partOf(segment.step.model).segments.push(segment);
  const shares = [...parts].map(([model, part]) => shareOf(model, part, tariffForModel(tariff, model)));
  return shares.length === 1 ? shares : shares.filter(({ segments }) => segments.total > 0);
}

/** Estimated price of the plan, in nanos of its currency; undefined when a price is unknown or there are several currencies. */
export function planNanos(plan: Plan, tariff: Tariff): { nanos: number; currency: string } | undefined {
  const [sum, ...others] = nanosByCurrency(modelShares(plan, tariff)) ?? [];
  return sum === undefined || others.length > 0 ? undefined : { currency: sum[0], nanos: sum[1] };
}

/** Estimated cost of speech and voices, in nanos; undefined when the price is unknown. Exact for models that bill characters. */
export function plannedNanos(
  { speech, enrolmentNanos }: Tariff,
  of: SpeechNeed & { voices: number },
): number | undefined {
  return speech === undefined ? undefined : estimatedNanos(speech, of) + of.voices * enrolmentNanos;
}

function shareOf(
  model: string,
  { voices, segments }: { voices: PlannedVoice[]; segments: PlannedSegment[] },
  tariff: Tariff,
): ModelShare {
  const spoken = segments.filter(({ need }) => need === 'speak');
  const enroll = voices.filter(({ need }) => need === 'enroll').length;
  const need = speechNeedOf(spoken, tariff);
  return {
    model,
    tariff,
    voices: { enroll, reuse: voices.length - enroll },
    segments: { total: segments.length, synthesize: spoken.length, reuse: segments.length - spoken.length },
    ...need,
    nanos: plannedNanos(tariff, { ...need, voices: enroll }),
  };
}

function speechNeedOf(spoken: readonly PlannedSegment[], { lengthFactor = 1 }: Tariff): SpeechNeed {
  let billedCharacters = 0;
  let audioSeconds = 0;
  for (const { step } of spoken) {
    billedCharacters += billedUnits(step.text);
    audioSeconds += Math.max(LEAST_BILLED_SECONDS, estimatedSeconds([step]) * lengthFactor);
  }
  return { billedCharacters, audioSeconds: toTenths(audioSeconds) };
}

function costsOf(shares: readonly ModelShare[]): Money[] | undefined {
  const sums = nanosByCurrency(shares);
  return sums && [...sums].map(([currency, nanos]) => moneyOf(nanos, currency));
}

/** A model with nothing to do adds nothing, so that its unknown price or its currency does not matter. */
function nanosByCurrency(shares: readonly ModelShare[]): Map<string, number> | undefined {
  const busy = shares.filter(({ voices, segments }) => voices.enroll + segments.synthesize > 0);
  const sums = new Map<string, number>();
  for (const { nanos, tariff } of busy.length === 0 ? shares.slice(0, 1) : busy) {
    if (nanos === undefined) return undefined;
    sums.set(tariff.currency, (sums.get(tariff.currency) ?? 0) + nanos);
  }
  return sums;
}

function sumOfTokens(all: readonly Tokens[]): Tokens {
  return all.reduce((sum, { input, output }) => ({ input: sum.input + input, output: sum.output + output }));
}

function toTenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
