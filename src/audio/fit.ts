/** Where a chapter's takes lie and how loud each is, so that the finished file keeps its profile's rules. */
import type { CharacterGains } from '../plan/levels.ts';
import type { Profile, Range } from '../qc/profiles.ts';
import { type Arrangement, arrangeChapter } from './arrange.ts';
import { type Levels, levelChapter } from './level.ts';
import { LOOK_AHEAD_SECONDS } from './limiter.ts';
import type { TakeMeasures } from './measures.ts';

/** A chapter's takes and what it is made for. */
export interface FitRequest {
  takes: readonly { measures: TakeMeasures; character: string; pauseAfterMs: number }[];
  characterGainsDb?: CharacterGains;
  sampleRateHz: number;
  profile: Profile;
  /** Of the limiter, full scale 1. */
  ceiling: number;
}

/** A chapter in place, with its gains and how the limiter is to work. */
export interface Fit {
  arrangement: Arrangement;
  levels: Levels;
  lookAheadSeconds: number;
}

/** Speech shorter than this is outweighed by the silence around it, where there is a rule on the whole file's RMS. */
const SHORT_SECONDS = 4;

/** Predictions of what a quick limiter leaves of a word have been so much too high. */
const PREDICTION_DB = 0.3;

/**
 * Ways to a short chapter's level, the gentlest first. All have the shortest silence around it that the rules on head and tail
 * take; then the limiter lets go sooner after a peak, so that more of the word is as loud as its peaks may be. All of 72 words
 * of 0.2 to 0.6 s, cut out of two real recordings, came to keep every rule of ACX as MP3 and as M4A, most in the first way.
 */
const SHORT_WAYS = [
  { lookAheadSeconds: LOOK_AHEAD_SECONDS, spareDb: 0 },
  { lookAheadSeconds: LOOK_AHEAD_SECONDS / 2, spareDb: PREDICTION_DB },
  { lookAheadSeconds: LOOK_AHEAD_SECONDS / 4, spareDb: PREDICTION_DB },
  { lookAheadSeconds: LOOK_AHEAD_SECONDS / 8, spareDb: PREDICTION_DB },
];
/** Kept from the rules on head and tail: limited speech is less far above the breath around it. */
const EDGE_MARGIN_SECONDS = 0.1;
/** Left between the predicted RMS and its rule, for what encoders change. */
const RMS_MARGIN_DB = 0.2;

/** Usual head, tail and limiter for a chapter; for a word or two the gentlest way that meets the rule on RMS. */
export function fitChapter(request: FitRequest): Fit {
  const { takes, sampleRateHz, profile } = request;
  const { headSeconds, tailSeconds, rules } = profile;
  const usual = arrangeChapter({ takes, sampleRateHz, headSeconds, tailSeconds });
  const spokenSeconds = usual.totalSamples / sampleRateHz - headSeconds - tailSeconds;
  const least = rules.rmsDbfs?.least ?? null;
  if (least === null || spokenSeconds >= SHORT_SECONDS) {
    return fitted(request, usual, { lookAheadSeconds: LOOK_AHEAD_SECONDS, leastRmsDbfs: least });
  }
  const arrangement = arrangeChapter({
    takes,
    sampleRateHz,
    headSeconds: shortest(rules.headSilenceSeconds, headSeconds),
    tailSeconds: shortest(rules.tailSilenceSeconds, tailSeconds),
  });
  let fit: Fit | undefined;
  for (const { lookAheadSeconds, spareDb } of SHORT_WAYS) {
    fit = fitted(request, arrangement, { lookAheadSeconds, leastRmsDbfs: least + spareDb });
    if (fit.levels.rmsDbfs >= least + spareDb + RMS_MARGIN_DB) break;
  }
  if (fit === undefined) throw new Error('Internal error: no way to a short chapter');
  return fit;
}

function shortest(range: Range | null, seconds: number): number {
  return range?.least == null ? seconds : Math.min(seconds, range.least + EDGE_MARGIN_SECONDS);
}

function fitted(
  { takes, characterGainsDb, profile, ceiling }: FitRequest,
  arrangement: Arrangement,
  { lookAheadSeconds, leastRmsDbfs }: { lookAheadSeconds: number; leastRmsDbfs: number | null },
): Fit {
  const rmsDbfs = profile.rules.rmsDbfs && { ...profile.rules.rmsDbfs, least: leastRmsDbfs };
  const target =
    profile.targetLufs === null ? null : { loudnessLufs: profile.targetLufs, rmsDbfs, ceiling, lookAheadSeconds };
  const levels = levelChapter({ takes, ...(characterGainsDb && { characterGainsDb }), arrangement, target });
  return { arrangement, levels, lookAheadSeconds };
}
