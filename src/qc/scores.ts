/**
 * What makes a take suspect, as numbers: the more, the more suspect. The limits are in thresholds.ts, and take.ts makes
 * doubts of them. Pure.
 */
import type { HeardTake } from './heard-take.ts';
import { isLong, PACE_SCORES, sentenceShort, sentenceShortOfNew } from './pace-scores.ts';
import type { Score } from './score.ts';
import type { TakeContext } from './take-context.ts';
import { repeatedLetters } from './text-repeats.ts';
import { VOICE_SCORES } from './voice-scores.ts';

/** Quieter starts and ends do not differ for a listener. */
const SILENT_START_DB = -40;
const SILENT_ENDS_DB = [-45, -42, -38, -32] as const;
/** What a letter that comes again in the text may add to what comes again in the sound. */
const SECONDS_A_LETTER = 0.02;
const ANY_KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const SILENT_ONSET_DB = -45;
/** What a loud end or start weighs beside a short take. */
const END_DEVIATION_DB = 8.6;
const ONSET_DEVIATION_DB = 4.8;
/** What a start with later letters weighs beside these, and the most of it: some readers swallow a first word. */
const LATE_DEVIATION = 4;
const MOST_LATE = 5;
/** A new voice: quieter last 100 ms do not differ, and what a deviation of a short take adds to louder ones. */
const SILENT_LAST_DB = -40;
const SHORT_DB = 3;
const USUAL_FADE_DB = 24;
/** A voice may be faster than its sample: however short its takes are then, no start is cut for that alone. */
const MOST_SHORT_FOR_SAMPLE = 2.5;
/** A quieter voice clicks less than a listener minds. */
const LEAST_CLICK = 3;
/** Of a sample that is as smooth as this, or smoother: another recording of the voice need not be. */
const LEAST_APART_DB = 18;
/** No listener minds a smaller dip, however even the voice is. */
const LEAST_DIP_DB = 6;

const CUT_OFF: Pick<Score, 'check' | 'severity' | 'tell'> = {
  check: 'cut-off',
  severity: 3,
  tell: ({ endsDb }) => ({
    measured: `its last 20 ms are ${below(endsDb[1])} its speech`,
    wanted: 'an end as quiet as in its other takes',
  }),
};
const START_CUT: Pick<Score, 'check' | 'severity' | 'tell'> = {
  check: 'start-cut',
  severity: 3,
  tell: ({ startDb }) => ({
    measured: `begins ${below(startDb)} its speech`,
    wanted: 'a quiet start',
    atSeconds: 0,
  }),
};
const LEVEL_DIP: Pick<Score, 'check' | 'severity' | 'tell'> = {
  check: 'level-dip',
  severity: 2,
  tell: ({ dip }) => ({
    measured: `${dip.db.toFixed(0)} dB quieter for a moment`,
    wanted: 'an even level',
    atSeconds: dip.atSeconds,
  }),
};
const CLICK: Pick<Score, 'check' | 'severity' | 'tell'> = {
  check: 'click',
  severity: 2,
  tell: ({ click }) => ({
    measured: `a peak ${click.times.toFixed(0)} times as sharp as what is around it`,
    wanted: 'no click',
    atSeconds: click.atSeconds,
  }),
};

/**
 * Starts by their loudness. Where the letters of a text are heard, the loudness alone needs little; a text in another script, and
 * one or two words, have nothing else, so their takes are judged by these once more, with limits of their own.
 */
const LOUD_STARTS: readonly Score[] = [
  { ...START_CUT, name: 'start-cut new', scale: 10, of: ({ onsetDb }) => onsetDb },
  {
    ...START_CUT,
    name: 'start-cut and short',
    scale: 2,
    of: (heard, context) =>
      both(heard.onsetDb - SILENT_ONSET_DB, ONSET_DEVIATION_DB, sentenceShort(heard, context), { least: 0 }),
  },
  {
    ...START_CUT,
    name: 'start-cut and short for its sample',
    scale: 2,
    of: (heard, context) =>
      context.sample &&
      both(heard.onsetDb - SILENT_ONSET_DB, ONSET_DEVIATION_DB, sentenceShortOfNew(heard, context), {
        least: 0,
        mostShort: MOST_SHORT_FOR_SAMPLE,
      }),
  },
];

/** The scores, in the order of their doubts. */
export const SCORES: readonly Score[] = [
  ...PACE_SCORES,
  { ...CUT_OFF, name: 'cut-off known', scale: 10, of: louderEnd },
  {
    ...CUT_OFF,
    name: 'cut-off and short',
    scale: 2,
    of: (heard, context) => both(louderEnd(heard, context), END_DEVIATION_DB, sentenceShort(heard, context)),
  },
  {
    ...CUT_OFF,
    name: 'cut-off new',
    scale: 10,
    tell: ({ endsDb }) => ({
      measured: `its last 100 ms are ${below(endsDb[3])} its speech`,
      wanted: `a fade to ${USUAL_FADE_DB} dB below`,
    }),
    of(heard, context) {
      const short = sentenceShortOfNew(heard, context);
      if (short === undefined) return undefined;
      return Math.max(SILENT_LAST_DB, heard.endsDb[3]) + SHORT_DB * Math.min(4, Math.max(-1, short));
    },
  },
  {
    ...START_CUT,
    name: 'start-cut known',
    scale: 10,
    of: ({ startDb }, { voice }) =>
      voice?.startDb === undefined ? undefined : startDb - Math.max(SILENT_START_DB, voice.startDb),
  },
  ...LOUD_STARTS,
  ...LOUD_STARTS.map(
    (score): Score => ({
      ...score,
      name: `${score.name}, other script`,
      of: (heard, context, measured) =>
        heard.lateStart === undefined || !isLong(context.text) ? score.of(heard, context, measured) : undefined,
    }),
  ),
  {
    ...START_CUT,
    name: 'start-cut by its letters',
    scale: 2,
    of: (heard, context) => lateAndShort(heard, sentenceShort(heard, context), 5),
  },
  {
    ...START_CUT,
    name: 'start-cut by its letters and its sample',
    scale: 2,
    of: (heard, context) =>
      context.sample && lateAndShort(heard, sentenceShortOfNew(heard, context), MOST_SHORT_FOR_SAMPLE),
  },
  {
    ...START_CUT,
    name: 'start-cut by its letters, new',
    scale: 2,
    of: (heard, context) =>
      context.sample === undefined
        ? lateAndShort(heard, sentenceShortOfNew(heard, context), MOST_SHORT_FOR_SAMPLE)
        : undefined,
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
    ...LEVEL_DIP,
    name: 'level-dip',
    scale: 6,
    of: ({ dip }, { voice }) => (voice?.dip === undefined ? dip.db : undefined),
  },
  {
    ...LEVEL_DIP,
    name: 'level-dip known',
    scale: 6,
    of: ({ dip }, { voice }) => (voice?.dip === undefined ? undefined : dip.db - Math.max(LEAST_DIP_DB, voice.dip)),
  },
  {
    ...CLICK,
    name: 'click',
    scale: 6,
    of: ({ click }, { voice, sample }) =>
      voice?.click === undefined && sample === undefined ? apartDb(click.apart) : undefined,
  },
  {
    ...CLICK,
    name: 'click by its sample',
    scale: 6,
    of: ({ click }, { voice, sample }) =>
      voice?.click !== undefined || sample === undefined
        ? undefined
        : apartDb(click.apart) - Math.max(LEAST_APART_DB, apartDb(sample.clickApart)),
  },
  {
    ...CLICK,
    name: 'click known',
    scale: 2,
    of: ({ click }, { voice }) =>
      voice?.click === undefined ? undefined : click.times / Math.max(LEAST_CLICK, voice.click),
  },
  {
    name: 'level-jump',
    check: 'level-jump',
    severity: 2,
    scale: 6,
    of: (_heard, _context, { levelStep }) => (levelStep === null ? undefined : Math.abs(levelStep.db)),
    tell: (_heard, _context, { levelStep }) => ({
      measured: `${Math.abs(levelStep!.db).toFixed(0)} dB ${levelStep!.db > 0 ? 'louder' : 'quieter'} from here on`,
      wanted: 'an even level',
      atSeconds: levelStep!.atSeconds,
    }),
  },
  ...VOICE_SCORES,
];

/** How much the end is louder than those of the voice's other takes, in dB. */
function louderEnd({ endsDb }: HeardTake, { voice }: TakeContext): number | undefined {
  return voice?.endsDb && Math.max(...endsDb.map((db, i) => db - Math.max(SILENT_ENDS_DB[i]!, voice.endsDb![i]!)));
}

/** A loud edge and a short take together: either may be chance. Undefined when the voice is not known. */
function both(
  db: number | undefined,
  deviationDb: number,
  short: number | undefined,
  { least = -3, mostShort = 5 }: { least?: number; mostShort?: number } = {},
): number | undefined {
  if (db === undefined || short === undefined) return undefined;
  return Math.min(7, Math.max(least, db / deviationDb)) + Math.min(mostShort, Math.max(-2, short));
}

/** A loud start, a short take, and letters that are not the first: each of the three may be chance. */
function lateAndShort(
  { onsetDb, lateStart }: HeardTake,
  short: number | undefined,
  mostShort: number,
): number | undefined {
  if (lateStart === undefined) return undefined;
  const beside = both(onsetDb - SILENT_ONSET_DB, ONSET_DEVIATION_DB, short, { least: 0, mostShort });
  return beside === undefined ? undefined : beside + Math.min(MOST_LATE, lateStart / LATE_DEVIATION);
}

function apartDb(times: number): number {
  return 20 * Math.log10(Math.max(1, times));
}

function below(db: number): string {
  return db < 0 ? `${(-db).toFixed(0)} dB below` : `${db.toFixed(0)} dB above`;
}
