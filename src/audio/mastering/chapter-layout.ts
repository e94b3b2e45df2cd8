/** Chooses the positions and gains of a chapter's takes, so that the finished file meets its profile's rules. */
import type { CharacterGains } from '../../plan/levels.ts';
import type { Profile, Range } from '../../qc/profiles.ts';
import type { TakeMeasures } from '../measure/measures.ts';
import { type Arrangement, arrangeChapter } from './arrange.ts';
import { type Levels, levelChapter } from './level.ts';
import { LOOK_AHEAD_SECONDS } from './limiter.ts';

/** A chapter's takes and its delivery profile. */
export interface LayoutRequest {
  takes: readonly { measures: TakeMeasures; character: string; pauseAfterMs: number }[];
  characterGainsDb?: CharacterGains;
  sampleRateHz: number;
  profile: Profile;
  /** Ceiling of the limiter; full scale is 1. */
  ceiling: number;
}

/** Positions, gains and limiter setting of a chapter. */
export interface ChapterLayout {
  arrangement: Arrangement;
  levels: Levels;
  lookAheadSeconds: number;
}

/** In shorter speech the silence around it dominates the file's RMS. */
const SHORT_SECONDS = 4;

/** Measured overestimate of the predicted level with a short look-ahead. */
const PREDICTION_DB = 0.3;

/**
 * Settings for short chapters, the gentlest first. All use the shortest head and tail that the rules allow; a shorter look-ahead
 * releases the limiter sooner after a peak, which makes the word louder. With these, 72 of 72 words of 0.2 to 0.6 s from two
 * real recordings met every ACX rule as MP3 and M4A, most with the first setting.
 */
const SHORT_CHAPTER_SETTINGS = [
  { lookAheadSeconds: LOOK_AHEAD_SECONDS, spareDb: 0 },
  { lookAheadSeconds: LOOK_AHEAD_SECONDS / 2, spareDb: PREDICTION_DB },
  { lookAheadSeconds: LOOK_AHEAD_SECONDS / 4, spareDb: PREDICTION_DB },
  { lookAheadSeconds: LOOK_AHEAD_SECONDS / 8, spareDb: PREDICTION_DB },
];
/** Margin to the rules on head and tail: limited speech is closer to the breaths around it. */
const EDGE_MARGIN_SECONDS = 0.1;
/** Margin between the predicted RMS and its rule, for the effect of encoders. */
const RMS_MARGIN_DB = 0.2;

/** The usual head, tail and limiter; for a very short chapter the gentlest setting that meets the RMS rule. */
export function layOutChapter(request: LayoutRequest): ChapterLayout {
  const { takes, sampleRateHz, profile } = request;
  const { headSeconds, tailSeconds, rules } = profile;
  const usual = arrangeChapter({ takes, sampleRateHz, headSeconds, tailSeconds });
  const spokenSeconds = usual.totalSamples / sampleRateHz - headSeconds - tailSeconds;
  const least = rules.rmsDbfs?.least ?? null;
  if (least === null || spokenSeconds >= SHORT_SECONDS) {
    return layoutWith(request, usual, { lookAheadSeconds: LOOK_AHEAD_SECONDS, leastRmsDbfs: least });
  }
  const arrangement = arrangeChapter({
    takes,
    sampleRateHz,
    headSeconds: shortest(rules.headSilenceSeconds, headSeconds),
    tailSeconds: shortest(rules.tailSilenceSeconds, tailSeconds),
  });
  let layout: ChapterLayout | undefined;
  for (const { lookAheadSeconds, spareDb } of SHORT_CHAPTER_SETTINGS) {
    layout = layoutWith(request, arrangement, { lookAheadSeconds, leastRmsDbfs: least + spareDb });
    if (layout.levels.rmsDbfs >= least + spareDb + RMS_MARGIN_DB) break;
  }
  if (layout === undefined) throw new Error('Internal error: no setting for a short chapter');
  return layout;
}

function shortest(range: Range | null, seconds: number): number {
  return range?.least == null ? seconds : Math.min(seconds, range.least + EDGE_MARGIN_SECONDS);
}

function layoutWith(
  { takes, characterGainsDb, profile, ceiling }: LayoutRequest,
  arrangement: Arrangement,
  { lookAheadSeconds, leastRmsDbfs }: { lookAheadSeconds: number; leastRmsDbfs: number | null },
): ChapterLayout {
  const rmsDbfs = profile.rules.rmsDbfs && { ...profile.rules.rmsDbfs, least: leastRmsDbfs };
  const target =
    profile.targetLufs === null ? null : { loudnessLufs: profile.targetLufs, rmsDbfs, ceiling, lookAheadSeconds };
  const levels = levelChapter({ takes, ...(characterGainsDb && { characterGainsDb }), arrangement, target });
  return { arrangement, levels, lookAheadSeconds };
}
