/**
 * What speech and voices cost, before they are made and after. Pure.
 *
 * Money is counted in whole **nanos**, thousand millionths of the currency: a letter costs 100,000 of them, so sums are
 * exact and a budget is never passed by rounding.
 */
import type { Money } from '../events.ts';
import { billedUnits, ENROLMENT_PRICE_CNY, type Model, type Price } from '../models.ts';

/** Nanos in one unit of a currency. */
const NANOS = 1_000_000_000;

/** What the model of a book costs, and who says so. */
export interface Tariff {
  currency: string;
  /** Undefined when nobody says what the model costs. */
  speech: Rate | undefined;
  /** For one enrolled voice. */
  enrolmentNanos: number;
  /** Where the prices were read, and when; for people. */
  source: string;
  date: string;
  /** The prices are the user's own and not those of src/models.ts. */
  own: boolean;
  /** Use that is free, as the user says. Never counted on: a budget is kept at full price. */
  free?: FreeQuota;
  /** How long the account's speech was in an earlier run, over what is estimated for its texts; absent before there was one. */
  lengthFactor?: number;
}

/** What a commit costs, in nanos: by billed characters, or by tokens. */
export type Rate =
  | { kind: 'characters'; perCharacterNanos: number }
  | { kind: 'tokens'; perInputTokenNanos: number; perOutputTokenNanos: number };

/** Use that the service gives for nothing: billed characters or seconds of speech, until a day. */
export interface FreeQuota {
  characters?: number;
  seconds?: number;
  /** Last day, `yyyy-mm-dd`; undefined: no end is known. */
  until?: string;
}

/** What the service says that one response used. */
export type Usage = { characters: number } | { input_tokens: number; output_tokens: number };

/** Tokens of a second of speech, for models that bill tokens; a shorter take counts as a second. Source: server events page. */
export const OUTPUT_TOKENS_PER_SECOND = 50;
/** What speaking needs, as far as its price depends on it. */
export interface SpeechNeed {
  /** Billed units of the texts. */
  billedCharacters: number;
  /** Seconds of speech, estimated or heard. */
  audioSeconds: number;
}

/** Tokens of one response or of many. */
export interface Tokens {
  input: number;
  output: number;
}

/** Most tokens of one response (qwen-tts-realtime model page): about 153 s of speech. */
const MOST_OUTPUT_TOKENS = 7_680;
/** Letters to a token, for the input side of models that bill tokens. Not documented; it is a tenth of the price, so it errs dear. */
const UNITS_PER_INPUT_TOKEN = 2;
/** Slower than anybody reads: what is held back for a commit whose length is not known yet. */
const SLOWEST_UNITS_PER_SECOND = 4;
const SPARE_SECONDS = 2;

/** The tariff of a model by the table of src/models.ts. */
export function tableTariff(model: Model): Tariff {
  const { source, date } = model.priceSource;
  const speech = model.price === null ? undefined : rateOf(model.price);
  const enrolmentNanos = nanosOf(ENROLMENT_PRICE_CNY);
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

/** Money in nanos, rounded to whole ones. */
export function nanosOf(amount: number): number {
  return Math.round(amount * NANOS);
}

/** Nanos as money, to a hundredth of a cent; what is less than that but not nothing is not called nothing. */
export function moneyOf(nanos: number, currency: string): Money {
  const amount = Math.round(nanos / 100_000) / 10_000;
  return { amount: amount === 0 && nanos > 0 ? 0.0001 : amount, currency };
}

/** `0.05 CNY`; small sums keep as many digits as say something. */
export function moneyText({ amount, currency }: Money): string {
  return `${amount.toFixed(amount > 0 && amount < 1 ? 4 : 2)} ${currency}`;
}

/** The tokens that speech is likely to take: by its length, which nobody knows before. */
export function estimatedTokens({ billedCharacters, audioSeconds }: SpeechNeed): Tokens {
  const input = Math.ceil(billedCharacters / UNITS_PER_INPUT_TOKEN);
  return { input, output: Math.ceil(audioSeconds * OUTPUT_TOKENS_PER_SECOND) };
}

/** What speaking is likely to cost, in nanos: exact where characters are billed, by the length of speech where tokens are. */
export function estimatedNanos(rate: Rate, need: SpeechNeed): number {
  if (rate.kind === 'characters') return need.billedCharacters * rate.perCharacterNanos;
  const { input, output } = estimatedTokens(need);
  return input * rate.perInputTokenNanos + output * rate.perOutputTokenNanos;
}

/** The most that one commit of a text should cost, in nanos: what is held back before it is sent. */
export function maxNanos(rate: Rate, text: string): number {
  const units = billedUnits(text);
  if (rate.kind === 'characters') return units * rate.perCharacterNanos;
  const seconds = SPARE_SECONDS + units / SLOWEST_UNITS_PER_SECOND;
  const output = Math.min(MOST_OUTPUT_TOKENS, Math.ceil(seconds * OUTPUT_TOKENS_PER_SECOND));
  return units * rate.perInputTokenNanos + output * rate.perOutputTokenNanos;
}

/** What so many seconds of speech cost by themselves, in nanos; nothing where characters are billed. */
export function soundNanos(rate: Rate, seconds: number): number {
  return rate.kind === 'characters' ? 0 : Math.ceil(seconds * OUTPUT_TOKENS_PER_SECOND) * rate.perOutputTokenNanos;
}

/** What a response cost by the service's own figure, in nanos; undefined when the figure is not of the rate's kind. */
export function usedNanos(rate: Rate, usage: Usage): number | undefined {
  if (rate.kind === 'characters') {
    return 'characters' in usage ? usage.characters * rate.perCharacterNanos : undefined;
  }
  if ('characters' in usage) return undefined;
  return usage.input_tokens * rate.perInputTokenNanos + usage.output_tokens * rate.perOutputTokenNanos;
}
