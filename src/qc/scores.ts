/**
 * What makes a take suspect, as numbers: the more, the more suspect. The limits are in thresholds.ts, and take.ts makes
 * doubts of them. Pure.
 */
import type { TakeDoubt } from '../events.ts';
import { expectedSpeech } from './expected-speech.ts';
import type { HeardTake } from './heard-take.ts';
import type { TakeContext } from './take-context.ts';
import { repeatedLetters } from './text-repeats.ts';

/** A score of a heard take; undefined when it cannot be judged. */
export interface Score {
  /** In thresholds.ts. */
  name: string;
  /** The check that doubts the take. */
  check: string;
  severity: 1 | 2 | 3;
  /** What the score grows by from a doubt that is barely one to one that is certain. */
  scale: number;
  of(heard: HeardTake, context: TakeContext): number | undefined;
  /** The measurement and the requirement, for people. */
  tell(heard: HeardTake, context: TakeContext): Pick<TakeDoubt, 'measured' | 'wanted' | 'atSeconds'>;
}

/** Of the time that a text takes, and of the time that every take takes besides. */
const START_SECONDS = 0.2;
/** Deviation of a take's pace from its voice's: of any take, and what a short one adds. */
const PACE_DEVIATION = 0.09;
const SHORT_DEVIATION = 0.13;
/** Sounding time of a usual reader, by the estimate of expected-speech.ts. */
const USUAL_PACE = 0.8;
/** Quieter starts and ends do not differ for a listener. */
const SILENT_START_DB = -40;
const SILENT_ENDS_DB = [-45, -42, -38, -32] as const;
/** What a letter that comes again in the text may add to what comes again in the sound. */
const SECONDS_A_LETTER = 0.02;
const ANY_KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** The scores, in the order of their doubts. */
export const SCORES: readonly Score[] = [
  pace('too-short', 'known', -1),
  pace('too-short', 'new', -1),
  pace('too-long', 'known', 1),
  pace('too-long', 'new', 1),
  {
    name: 'cut-off known',
    check: 'cut-off',
    severity: 3,
    scale: 10,
    of: ({ endsDb }, { voice }) =>
      voice?.endsDb && Math.max(...endsDb.map((db, i) => db - Math.max(SILENT_ENDS_DB[i]!, voice.endsDb![i]!))),
    tell: ({ endsDb }) => ({
      measured: `its last 20 ms are ${below(endsDb[1])} its speech`,
      wanted: 'an end as quiet as in its other takes',
    }),
  },
  {
    name: 'start-cut',
    check: 'start-cut',
    severity: 3,
    scale: 10,
    of: ({ startDb }, { voice }) =>
      voice?.startDb === undefined ? undefined : startDb - Math.max(SILENT_START_DB, voice.startDb),
    tell: ({ startDb }) => ({
      measured: `begins ${below(startDb)} its speech`,
      wanted: 'a start as quiet as in its other takes',
      atSeconds: 0,
    }),
  },
  {
    name: 'repeated',
    check: 'repeated',
    severity: 3,
    scale: 1,
    // A kanji has many readings, so what a Japanese text repeats is not in its letters.
    of: ({ repeated }, { text }) =>
      repeated === undefined || ANY_KANA.test(text)
        ? undefined
        : repeated.seconds - SECONDS_A_LETTER * repeatedLetters(text),
    tell: ({ repeated }) => ({
      measured: 'some of it is said twice',
      wanted: 'only what the text repeats',
      atSeconds: repeated!.atSeconds,
    }),
  },
  {
    name: 'noise-burst',
    check: 'noise-burst',
    severity: 2,
    scale: 6,
    of: ({ burst }) => burst.db,
    tell: ({ burst }) => ({
      measured: `a noise ${below(burst.db)} its speech`,
      wanted: 'no noise that lasts 0.25 s',
      atSeconds: burst.atSeconds,
    }),
  },
  {
    name: 'noise',
    check: 'noise',
    severity: 2,
    scale: 6,
    of: ({ noiseDb }) => noiseDb,
    tell: ({ noiseDb }) => ({ measured: `noise ${below(noiseDb)} its speech in every band`, wanted: 'quieter noise' }),
  },
  {
    name: 'level-dip',
    check: 'level-dip',
    severity: 2,
    scale: 6,
    of: ({ dip }) => dip.db,
    tell: ({ dip }) => ({
      measured: `${dip.db.toFixed(0)} dB quieter for a moment`,
      wanted: 'an even level',
      atSeconds: dip.atSeconds,
    }),
  },
  {
    name: 'click',
    check: 'click',
    severity: 2,
    scale: 5,
    of: ({ click }) => click.times,
    tell: ({ click }) => ({
      measured: `a peak ${click.times.toFixed(0)} times as sharp as what is around it`,
      wanted: 'no click',
      atSeconds: click.atSeconds,
    }),
  },
];

function pace(check: 'too-short' | 'too-long', how: 'known' | 'new', sign: 1 | -1): Score {
  const usual = (context: TakeContext) =>
    how === 'known' ? context.voice?.soundingPace : context.voice?.soundingPace === undefined ? USUAL_PACE : undefined;
  const expected = (context: TakeContext) => paceOf(1, context.text).expectedSeconds * usual(context)!;
  return {
    name: `${check} ${how}`,
    check,
    severity: 3,
    scale: 2,
    of({ soundingSeconds }, context) {
      if (usual(context) === undefined) return undefined;
      const { expectedSeconds } = paceOf(1, context.text);
      const deviation = Math.hypot(PACE_DEVIATION, SHORT_DEVIATION / Math.sqrt(expectedSeconds));
      return (sign * Math.log(Math.max(0.01, soundingSeconds) / expected(context))) / deviation;
    },
    tell: ({ soundingSeconds }, context) => ({
      measured: `${soundingSeconds.toFixed(1)} s of speech`,
      wanted: `about ${expected(context).toFixed(1)} s for its text`,
    }),
  };
}

/** How long a text sounds, and the pace of a take of it. */
export function paceOf(soundingSeconds: number, text: string): { pace: number; expectedSeconds: number } {
  const expectedSeconds = expectedSpeech(text).seconds + START_SECONDS;
  return { pace: soundingSeconds / expectedSeconds, expectedSeconds };
}

function below(db: number): string {
  return db < 0 ? `${(-db).toFixed(0)} dB below` : `${db.toFixed(0)} dB above`;
}
