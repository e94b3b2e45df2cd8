/**
 * What speech and voices cost: estimates before, exact sums after. Pure.
 *
 * Money is counted in whole **nanos**, billionths of the currency unit: a character costs 100,000 of them, so sums are
 * exact and rounding never exceeds a budget.
 */
import type { Money } from '../events/plan-report.ts';
import type { Model, Price } from '../models/model.ts';
import { billedUnits } from '../models.ts';

/** Nanos in one unit of a currency. */
const NANOS = 1_000_000_000;

/** What a book's model costs, and the source of the prices. */
export interface Tariff {
  currency: string;
  /** Undefined when the price is unknown. */
  speech: Rate | undefined;
  /** For enrolling one voice. */
  enrolmentNanos: number;
  /** Where the prices come from, and when they were read; for display. */
  source: string;
  date: string;
  /** Whether the prices are the user's own and not those of src/models.ts. */
  own: boolean;
  /** Free use, as the user states it. Budgets ignore it: they are kept at full price. */
  free?: FreeQuota;
  /** Length of the account's speech in an earlier run over its estimated length; absent without an earlier run. */
  lengthFactor?: number;
  /** By model: tariffs of the models that single characters have. Absent: the whole book has one model. */
  others?: Readonly<Record<string, Tariff>>;
}

/** The tariff of one of a book's models. */
export function tariffForModel(tariff: Tariff, model: string): Tariff {
  const { others } = tariff;
  return others !== undefined && Object.hasOwn(others, model) ? (others[model] ?? tariff) : tariff;
}

/** The currencies of a book's prices; several when its models are priced in several. */
export function currenciesOf({ currency, others = {} }: Tariff): string[] {
  return [...new Set([currency, ...Object.values(others).map((other) => other.currency)])];
}

/** What a commit costs, in nanos: by billed characters, or by tokens. */
export type Rate =
  | { kind: 'characters'; perCharacterNanos: number }
  | { kind: 'tokens'; perInputTokenNanos: number; perOutputTokenNanos: number };

/** Free use: billed characters or seconds of speech, until a date. */
export interface FreeQuota {
  characters?: number;
  seconds?: number;
  /** Last day, `yyyy-mm-dd`; undefined when no end is known. */
  until?: string;
}

/** The usage that the service reports for one response. */
export type Usage = { characters: number } | { input_tokens: number; output_tokens: number };

/** Tokens for a second of speech, for models that bill tokens; a shorter take counts as one second. Source: server events page. */
export const OUTPUT_TOKENS_PER_SECOND = 50;
/** The quantities that the price of speech depends on. */
export interface SpeechNeed {
  /** Billed units of the texts. */
  billedCharacters: number;
  /** Seconds of speech, estimated or measured. */
  audioSeconds: number;
}

/** Tokens of one response or of many. */
export interface Tokens {
  input: number;
  output: number;
}

/** Most tokens of one response (qwen-tts-realtime model page): about 153 s of speech. */
const MOST_OUTPUT_TOKENS = 7_680;
/** Billed units for each input token, for models that bill tokens. Not documented; a cautious guess, as input is a tenth of the price. */
const UNITS_PER_INPUT_TOKEN = 2;
/** Slower than any speech: for the reservation of a commit whose length is not known yet. */
const SLOWEST_UNITS_PER_SECOND = 4;
const SPARE_SECONDS = 2;

/** The tariff of a model, by the table of src/models.ts. */
export function tableTariff(model: Model): Tariff {
  const { source, date } = model.priceSource;
  const speech = model.price === null ? undefined : rateOf(model.price);
  const enrolmentNanos = nanosOf(model.enrolment.priceCny);
  return { currency: model.price?.currency ?? 'CNY', speech, enrolmentNanos, source, date, own: false };
}

/** A price per unit in nanos. */
function rateOf(price: Price): Rate {
  if (price.kind === 'characters') {
    return { kind: 'characters', perCharacterNanos: nanosOf(price.perTenThousandCharacters / 10_000) };
  }
  return {
    kind: 'tokens',
    perInputTokenNanos: nanosOf(price.perThousandInput / 1_000),
    perOutputTokenNanos: nanosOf(price.perThousandOutput / 1_000),
  };
}

/** A price per million tokens as a rate. */
export function ratePerMillion(of: { perMillionInput: number; perMillionOutput: number }): Rate {
  return {
    kind: 'tokens',
    perInputTokenNanos: nanosOf(of.perMillionInput / 1_000_000),
    perOutputTokenNanos: nanosOf(of.perMillionOutput / 1_000_000),
  };
}

/** An amount in nanos, rounded to whole nanos. */
export function nanosOf(amount: number): number {
  return Math.round(amount * NANOS);
}

/** Nanos as money, rounded to a hundredth of a cent; a smaller amount that is not zero is rounded up. */
export function moneyOf(nanos: number, currency: string): Money {
  const amount = Math.round(nanos / 100_000) / 10_000;
  return { amount: amount === 0 && nanos > 0 ? 0.0001 : amount, currency };
}

/** Nanos as text; what is below the smallest figure says so, instead of a sum that is many times too high: `< 0.0001 CNY`. */
export function nanosText(nanos: number, currency: string): string {
  const isTiny = nanos > 0 && nanos < SMALLEST_NANOS;
  return `${isTiny ? '< ' : ''}${moneyText(moneyOf(nanos, currency))}`;
}

/** The smallest sum that `moneyText` shows. */
const SMALLEST_NANOS = 100_000;

/** Money as text: `0.05 CNY`. Amounts below 1 have four decimals. */
export function moneyText({ amount, currency }: Money): string {
  return `${amount.toFixed(amount > 0 && amount < 1 ? 4 : 2)} ${currency}`;
}

/** The tokens that speech will need, estimated by its length. */
export function estimatedTokens({ billedCharacters, audioSeconds }: SpeechNeed): Tokens {
  const input = Math.ceil(billedCharacters / UNITS_PER_INPUT_TOKEN);
  return { input, output: Math.ceil(audioSeconds * OUTPUT_TOKENS_PER_SECOND) };
}

/** Estimated cost of speech, in nanos: exact for models that bill characters, by the length of speech for those that bill tokens. */
export function estimatedNanos(rate: Rate, need: SpeechNeed): number {
  if (rate.kind === 'characters') return need.billedCharacters * rate.perCharacterNanos;
  const { input, output } = estimatedTokens(need);
  return input * rate.perInputTokenNanos + output * rate.perOutputTokenNanos;
}

/** The most that one commit of a text should cost, in nanos: what is reserved before it is sent. */
export function maxNanos(rate: Rate, text: string): number {
  const units = billedUnits(text);
  if (rate.kind === 'characters') return units * rate.perCharacterNanos;
  const seconds = SPARE_SECONDS + units / SLOWEST_UNITS_PER_SECOND;
  const output = Math.min(MOST_OUTPUT_TOKENS, Math.ceil(seconds * OUTPUT_TOKENS_PER_SECOND));
  return units * rate.perInputTokenNanos + output * rate.perOutputTokenNanos;
}

/** Cost of this many seconds of speech alone, in nanos; zero for models that bill characters. */
export function soundNanos(rate: Rate, seconds: number): number {
  return rate.kind === 'characters' ? 0 : Math.ceil(seconds * OUTPUT_TOKENS_PER_SECOND) * rate.perOutputTokenNanos;
}

/** Cost of a response by the service's own usage figures, in nanos; undefined when they do not match the kind of rate. */
export function usedNanos(rate: Rate, usage: Usage): number | undefined {
  if (rate.kind === 'characters') {
    return 'characters' in usage ? usage.characters * rate.perCharacterNanos : undefined;
  }
  if ('characters' in usage) return undefined;
  return usage.input_tokens * rate.perInputTokenNanos + usage.output_tokens * rate.perOutputTokenNanos;
}
