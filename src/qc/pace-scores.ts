/**
 * Whether a take is too short, too long or too fast for its text. A known voice is compared with itself: by its sounding time,
 * by how far its sound moves, and by how often it swells. A new voice is compared with all readers, who differ more. Pure.
 */
import { expectedSounding, syllablesIn } from './expected-speech.ts';
import type { HeardTake } from './heard-take.ts';
import type { Score } from './score.ts';
import type { SampleHabit, TakeContext } from './take-context.ts';

/** Deviation of a take's pace from its voice's: of any take, and what a short one adds. The same of the others below. */
const PACE = { any: 0.055, short: 0.13 };
const MOVEMENT = { any: 0.045, short: 0.11 };
const SWELLS = { any: 0.07, short: 0.2 };
/** Logarithms of what people do, and how they differ: sounding time by the estimate, swells by syllables. */
const USUAL_PACE = { log: Math.log(0.755), deviation: 0.16 };
const USUAL_SWELLS = { log: -0.18, deviation: 0.08 };
/** How far a voice may be from its sample: in its pace, when that is measured or guessed from the swells; and in the others. */
const SAMPLE_PACE = { measured: 0.06, guessed: 0.09 };
const SAMPLE_TEMPO = { movement: 0.03, swells: 0.05 };
/** Seconds that a text needs for each syllable with its share of a word, and besides: what a sample without words had. */
const GUESSED = { syllable: 0.2, aSecond: 0.15, any: 0.4 };
/** A language whose letters do not tell its syllables may differ this much. */
const UNSURE_DEVIATION = 0.35;
/** Nothing shorter shows a pace. */
const LEAST_SENTENCE_SECONDS = 1.6;
/** What a take of 1.6 times the speed changes: its time, its movement, and its swells in a second, of which it loses some. */
const FASTER = { time: Math.log(1.6), movement: 0.17, swells: 0.2 };
const HALF = Math.LN2;

/** The scores. */
export const PACE_SCORES: readonly Score[] = [
  scoreOf('too-short', 'known', deviationsShort),
  scoreOf('too-short', 'new', ({ soundingSeconds, nuclei }, { text, voice, sample }) => {
    const { expectedSeconds } = paceOf(1, text);
    if (voice?.soundingPace !== undefined || isMeasured(sample, text)) return undefined;
    if (expectedSeconds < LEAST_SENTENCE_SECONDS) return undefined;
    const syllables = syllablesIn(text);
    const { log, deviation } = newPace(soundingSeconds, text);
    if (syllables === undefined) return -log / deviation;
    const fewer = USUAL_SWELLS.log - Math.log(Math.max(1, nuclei) / Math.max(1, syllables));
    const differs = Math.hypot(deviationOf(SWELLS, expectedSeconds), USUAL_SWELLS.deviation);
    return together([
      [-log / deviation, HALF / deviation],
      [fewer / differs, HALF / differs],
    ]);
  }),
  scoreOf('too-short', 'by its sample', (heard, context) =>
    isMeasured(context.sample, context.text) ? sentenceShortOfNew(heard, context) : undefined,
  ),
  scoreOf('too-long', 'known', (heard, context) => {
    const short = deviationsShort(heard, context);
    return short === undefined ? undefined : -short;
  }),
  scoreOf('too-long', 'new', ({ soundingSeconds }, { text, voice }) => {
    if (voice?.soundingPace !== undefined) return undefined;
    const { log, deviation } = newPace(soundingSeconds, text);
    return log / deviation;
  }),
  {
    ...fastScore('too-fast'),
    of(heard, { text, voice }) {
      const { soundingPace, movement, swells } = voice ?? {};
      if (soundingPace === undefined || movement === undefined || swells === undefined) return undefined;
      const unsure = { pace: 0, movement: 0, swells: 0 };
      return fastBy(heard, text, { logPace: Math.log(soundingPace), movement, swells, unsure });
    },
  },
  {
    ...fastScore('too-fast by its sample'),
    of(heard, context) {
      const { text, voice, sample } = context;
      if (voice?.soundingPace !== undefined || sample === undefined || !isPaceOf(sample, text)) return undefined;
      const { log, deviation } = usualPaceOf(context);
      const { movement, swells } = sample;
      return fastBy(heard, text, { logPace: log, movement, swells, unsure: { pace: deviation, ...SAMPLE_TEMPO } });
    },
  },
];

function fastScore(name: string): Omit<Score, 'of'> {
  return {
    name,
    check: 'too-fast',
    severity: 2,
    scale: 2,
    tell: ({ soundingSeconds }, context) => ({
      measured: `${soundingSeconds.toFixed(1)} s of fast speech`,
      wanted: `about ${expectedOf(context).toFixed(1)} s for its text`,
    }),
  };
}

/** How much faster than usual a take is, by three signs; `unsure`: how far the usual values may be off. */
function fastBy(
  heard: HeardTake,
  text: string,
  usual: {
    logPace: number;
    movement: number;
    swells: number;
    unsure: { pace: number; movement: number; swells: number };
  },
): number {
  const { pace, expectedSeconds } = paceOf(Math.max(0.01, heard.soundingSeconds), text);
  const signs: [off: number, deviation: number, change: number][] = [
    [usual.logPace - Math.log(pace), Math.hypot(deviationOf(PACE, expectedSeconds), usual.unsure.pace), FASTER.time],
    [
      Math.log(Math.max(0.01, heard.movement) / usual.movement),
      Math.hypot(deviationOf(MOVEMENT, expectedSeconds), usual.unsure.movement),
      FASTER.movement,
    ],
    [
      Math.log(swellsOf(heard) / usual.swells),
      Math.hypot(deviationOf(SWELLS, expectedSeconds), usual.unsure.swells),
      FASTER.swells,
    ],
  ];
  return together(signs.map(([off, deviation, change]) => [off / deviation, change / deviation]));
}

/** By how many deviations a take is shorter than its voice needs for its text; undefined while the voice is not known. */
function deviationsShort({ soundingSeconds }: HeardTake, { text, voice }: TakeContext): number | undefined {
  if (voice?.soundingPace === undefined) return undefined;
  const { pace, expectedSeconds } = paceOf(Math.max(0.01, soundingSeconds), text);
  return -Math.log(pace / voice.soundingPace) / deviationOf(PACE, expectedSeconds);
}

/** Whether a text is long enough to show a pace: one or two words are not. */
export function isLong(text: string): boolean {
  return paceOf(1, text).expectedSeconds >= LEAST_SENTENCE_SECONDS;
}

/** The same of a text that is long enough to show a pace; undefined for one or two words. */
export function sentenceShort(heard: HeardTake, context: TakeContext): number | undefined {
  return isLong(context.text) ? deviationsShort(heard, context) : undefined;
}

/**
 * The same of a voice that is not known yet, by its sample or else by all readers; undefined when the voice is known.
 */
export function sentenceShortOfNew({ soundingSeconds }: HeardTake, context: TakeContext): number | undefined {
  const { pace, expectedSeconds } = paceOf(Math.max(0.01, soundingSeconds), context.text);
  if (context.voice?.soundingPace !== undefined || expectedSeconds < LEAST_SENTENCE_SECONDS) return undefined;
  const { log, deviation } = usualPaceOf(context);
  return (log - Math.log(pace)) / Math.hypot(deviationOf(PACE, expectedSeconds), deviation);
}

/** The pace of a sample whose words are not known: it swells about once a syllable. Between that and the pace of all readers. */
export function guessedPaceOf({ soundingSeconds, nuclei }: HeardTake): number {
  const syllables = Math.max(1, nuclei) / Math.exp(USUAL_SWELLS.log);
  const expectedSeconds = GUESSED.syllable * syllables + GUESSED.aSecond * soundingSeconds + GUESSED.any;
  const guess = Math.log(soundingSeconds / expectedSeconds);
  const share = USUAL_PACE.deviation ** 2 / (USUAL_PACE.deviation ** 2 + SAMPLE_PACE.guessed ** 2);
  return Math.exp(USUAL_PACE.log + share * (guess - USUAL_PACE.log));
}

/** How long a text sounds, and the pace of a take of it. */
export function paceOf(soundingSeconds: number, text: string): { pace: number; expectedSeconds: number } {
  const expectedSeconds = expectedSounding(text);
  return { pace: soundingSeconds / expectedSeconds, expectedSeconds };
}

/** Swells in a second of sound, at least one in the take. */
export function swellsOf({ nuclei, soundingSeconds }: HeardTake): number {
  return Math.max(1, nuclei) / Math.max(0.1, soundingSeconds);
}

function scoreOf(check: 'too-short' | 'too-long', how: 'known' | 'new' | 'by its sample', of: Score['of']): Score {
  return {
    name: `${check} ${how}`,
    check,
    severity: 3,
    scale: 2,
    of,
    tell: ({ soundingSeconds }, context) => ({
      measured: `${soundingSeconds.toFixed(1)} s of speech`,
      wanted: `about ${expectedOf(context).toFixed(1)} s for its text`,
    }),
  };
}

function expectedOf(context: TakeContext): number {
  return paceOf(1, context.text).expectedSeconds * Math.exp(usualPaceOf(context).log);
}

/** The pace of a voice as far as it is known, as a logarithm, and how far it may be off. */
function usualPaceOf({ text, voice, sample }: TakeContext): { log: number; deviation: number } {
  if (voice?.soundingPace !== undefined) return { log: Math.log(voice.soundingPace), deviation: 0 };
  if (sample !== undefined && isPaceOf(sample, text))
    return {
      log: Math.log(sample.soundingPace),
      deviation: SAMPLE_PACE[sample.hasWords ? 'measured' : 'guessed'],
    };
  const deviation = syllablesIn(text) === undefined ? UNSURE_DEVIATION : USUAL_PACE.deviation;
  return { log: USUAL_PACE.log, deviation };
}

/** Whether the pace of a sample is one of this text: both of syllables, or both of characters. */
function isPaceOf({ isSpelled }: SampleHabit, text: string): boolean {
  return isSpelled === (syllablesIn(text) !== undefined);
}

/** Whether the words of a sample are known, and so its pace for this text. */
function isMeasured(sample: SampleHabit | undefined, text: string): boolean {
  return sample?.hasWords === true && isPaceOf(sample, text);
}

/** By how much a take is longer than a usual reader needs for its text, and how much readers differ in that. */
function newPace(soundingSeconds: number, text: string): { log: number; deviation: number } {
  const { pace, expectedSeconds } = paceOf(Math.max(0.01, soundingSeconds), text);
  const between = syllablesIn(text) === undefined ? UNSURE_DEVIATION : USUAL_PACE.deviation;
  return { log: Math.log(pace) - USUAL_PACE.log, deviation: Math.hypot(deviationOf(PACE, expectedSeconds), between) };
}

function deviationOf({ any, short }: { any: number; short: number }, expectedSeconds: number): number {
  return Math.hypot(any, short / Math.sqrt(expectedSeconds));
}

/** Several signs of one fault as one, in deviations: each weighs as much as the fault would change it. */
function together(signs: readonly (readonly [deviations: number, weight: number])[]): number {
  return (
    signs.reduce((sum, [deviations, weight]) => sum + deviations * weight, 0) /
    Math.hypot(...signs.map(([, weight]) => weight))
  );
}
