/**
 * What a service's counts say about the wholeness of speech: a count below that of the text means that words are missing.
 *
 * How a service counts is not certain: the documented rule, another one, a constant factor of it, tokens, nothing. So its
 * way is learned from the first takes, and before that a count proves nothing. No clock, no chance, no network.
 */
import { billedUnits } from '../../models.ts';
import type { ShortCount, Usage } from '../engine.ts';

/** Speech that has ended, and what the service counted for it. */
export interface CountedSpeech {
  model: string;
  text: string;
  usage: Usage | undefined;
}

/**
 * `short`: less than the service counts for such a text. `unsure`: less than documented, but its way of counting is
 * not known yet. `uncounted`: nothing that could be compared.
 */
export type CountVerdict = 'whole' | 'short' | 'unsure' | 'uncounted';

/** The counts of one process, by model. */
export interface CountHabits {
  judge(speech: CountedSpeech): CountVerdict;
  /**
   * Takes in speech after which nothing more can come; returns the doubt about it. `tellLater` is called if the first takes of
   * the model show afterwards that this one was short.
   */
  learn(speech: CountedSpeech, tellLater?: (doubt: ShortCount) => void): ShortCount | undefined;
}

/** Takes from which a way of counting is known. */
const LEAST_TAKES = 3;
/** Takes after which a service whose counts follow no rule is believed to have none. */
const MOST_TAKES = 12;
/** Doubts that a second try confirmed, after which the counts of a model raise no more doubts. */
const MOST_CONFIRMED = 3;
/** Characters that a service may trim, or add. */
const LEAST_MISSING = 2;

/** How services may measure a text; the documented way first. */
const RULES: readonly ((text: string) => number)[] = [
  billedUnits,
  (text) => [...text].length,
  (text) => text.length,
  (text) => text.replace(/\s+/g, '').length,
  (text) => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0,
  (text) => Buffer.byteLength(text),
];

interface Sample {
  measures: readonly number[];
  count: number;
  tellLater: ((doubt: ShortCount) => void) | undefined;
}

/** A way of counting that fits the samples. */
interface Fit {
  rule: number;
  factor: number;
  deviation: number;
}

interface Habit {
  samples: Sample[];
  /** All rules that fit equally well; empty while none does. */
  fits: readonly Fit[];
  /** Counts of texts whose first try was doubted. */
  doubted: Map<string, number>;
  confirmed: number;
}

/** Knows nothing yet. */
export function createCountHabits(): CountHabits {
  const habits = new Map<string, Habit>();
  const habitOf = (model: string, isTokens: boolean): Habit => {
    const key = `${isTokens} ${model}`;
    const known = habits.get(key) ?? { samples: [], fits: [], doubted: new Map(), confirmed: 0 };
    habits.set(key, known);
    return known;
  };

  function verdictOf({ model, text, usage }: CountedSpeech): { verdict: CountVerdict; doubt?: ShortCount } {
    const counted = countOf(usage);
    if (counted === undefined) return { verdict: 'uncounted' };
    const { count, isTokens } = counted;
    const habit = habitOf(model, isTokens);
    if (habit.confirmed >= MOST_CONFIRMED) return { verdict: 'whole' };
    if (habit.fits.length > 0) {
      const doubt = shortBy(habit.fits, measuresOf(text), count, isTokens);
      return doubt === undefined ? { verdict: 'whole' } : { verdict: 'short', doubt };
    }
    // Tokens have no documented rule.
    if (isTokens || habit.samples.length >= MOST_TAKES) return { verdict: 'whole' };
    const documented = billedUnits(text);
    return { verdict: count < documented - Math.max(LEAST_MISSING, documented * 0.05) ? 'unsure' : 'whole' };
  }

  return {
    judge: (speech) => verdictOf(speech).verdict,
    learn(speech, tellLater) {
      const counted = countOf(speech.usage);
      if (counted === undefined) return undefined;
      const { count, isTokens } = counted;
      const habit = habitOf(speech.model, isTokens);
      const { doubt } = verdictOf(speech);
      if (doubt !== undefined) {
        const before = habit.doubted.get(speech.text);
        if (before === undefined || Math.abs(before - count) > 1) {
          habit.doubted.set(speech.text, count);
          return doubt;
        }
        // The same text counts the same again: that is how this service counts it.
        habit.doubted.delete(speech.text);
        habit.confirmed += 1;
        return doubt;
      }
      habit.doubted.delete(speech.text);
      takeIn(habit, { measures: measuresOf(speech.text), count, tellLater }, isTokens);
      return undefined;
    },
  };
}

/** Learns from one more take; when a way of counting becomes known, the takes before are judged by it. */
function takeIn(habit: Habit, sample: Sample, isTokens: boolean): void {
  const wasKnown = habit.fits.length > 0;
  habit.samples.push(wasKnown ? { ...sample, tellLater: undefined } : sample);
  if (habit.samples.length > MOST_TAKES) habit.samples.shift();
  const fits = fitsOf(habit.samples, isTokens);
  // A way that was known stays known: one odd take does not unlearn it.
  if (fits.length === 0) return;
  habit.fits = fits;
  if (wasKnown) return;
  for (const earlier of habit.samples) {
    const doubt = shortBy(fits, earlier.measures, earlier.count, isTokens);
    if (doubt !== undefined) earlier.tellLater?.(doubt);
    earlier.tellLater = undefined;
  }
}

function fitsOf(samples: readonly Sample[], isTokens: boolean): Fit[] {
  if (samples.length < LEAST_TAKES) return [];
  const most = Math.max(1.5, median(samples.map(({ count }) => count)) * (isTokens ? 0.3 : 0.06));
  const found = RULES.flatMap((_, rule): Fit[] => {
    const factor = median(samples.map(({ measures, count }) => count / Math.max(1, measures[rule] ?? 0)));
    const deviations = samples
      .map(({ measures, count }) => Math.abs(count - factor * (measures[rule] ?? 0)))
      .sort((a, b) => a - b);
    // Every fourth take may be one that really is short.
    const deviation = deviations[samples.length - 1 - Math.floor(samples.length / 4)] ?? 0;
    return deviation <= most ? [{ rule, factor, deviation }] : [];
  });
  const best = Math.min(...found.map(({ deviation }) => deviation));
  return found.filter(({ deviation }) => deviation <= best + 1);
}

/** The doubt about a count that is too low by every way that fits. */
function shortBy(
  fits: readonly Fit[],
  measures: readonly number[],
  count: number,
  isTokens: boolean,
): ShortCount | undefined {
  let expected = Number.POSITIVE_INFINITY;
  for (const { rule, factor, deviation } of fits) {
    const usual = factor * (measures[rule] ?? 0);
    const slack = isTokens ? Math.max(3, 3 * deviation, usual * 0.3) : Math.max(LEAST_MISSING, 2 * deviation);
    if (count >= usual - slack) return undefined;
    expected = Math.min(expected, usual);
  }
  return { counted: count, expected: Math.round(expected) };
}

function measuresOf(text: string): number[] {
  return RULES.map((measure) => measure(text));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The part of the usage that follows the text; undefined for none, and for a zero, which counts nothing. */
function countOf(usage: Usage | undefined): { count: number; isTokens: boolean } | undefined {
  if (usage === undefined) return undefined;
  const isTokens = !('characters' in usage);
  const count = isTokens ? usage.input_tokens : usage.characters;
  return count > 0 ? { count, isTokens } : undefined;
}
