/** How a chapter sounds before it is encoded: positions, gains, fades, limiter and room tone. */
import type { CharacterGains } from '../../plan/levels.ts';
import type { Profile } from '../../qc/profiles.ts';
import type { TakeMeasures } from '../measure/measures.ts';
import { gainFromDb } from '../pcm.ts';
import type { Arrangement } from './arrange.ts';
import { layOutChapter } from './chapter-layout.ts';
import type { Levels } from './level.ts';
import type { RenderRequest } from './render.ts';
import { roomTone } from './room-tone.ts';

/** A take of the chapter: its measures, and how to read it. */
export interface ChapterTake {
  measures: TakeMeasures;
  character: string;
  /**
   * Opens the take's audio, s16le mono; called once, in order. Chunk memory may be reused. All of it at once may be brought at the start
   * of `room`, whose length is that of the measured samples, and is then not copied.
   */
  open(room?: Uint8Array): AsyncIterable<Uint8Array>;
  /** Silence from its last sound to the first sound of the next take. */
  pauseAfterMs: number;
}

/** What decides how a chapter sounds. */
export interface ChapterSoundRequest {
  /** In listening order; at least one. */
  takes: readonly ChapterTake[];
  /** Constant over the complete book (plan/levels.ts). Default: 0 dB. */
  characterGainsDb?: CharacterGains;
  /** Sample rate of all takes. */
  sampleRateHz: number;
  profile: Profile;
}

/** A chapter that is ready to be rendered. */
export interface ChapterSound {
  arrangement: Arrangement;
  levels: Levels;
  render: Omit<RenderRequest, 'signal'>;
}

/** Margin below the profile's peak limit for resampling and encoding, which add 0.1 dB to speech and 0.6 dB to clipped speech and noise. */
const CEILING_MARGIN_DB = 0.7;

/** Chooses positions and gains. Reads no audio. */
export function chapterSound(request: ChapterSoundRequest): ChapterSound {
  const { takes, sampleRateHz, profile } = request;
  const { targetLufs, roomToneDbfs } = profile;
  const ceiling = ceilingOf(profile);
  const { arrangement, levels, lookAheadSeconds } = layOutChapter({ ...request, ceiling });
  const render = {
    takes: takes.map((take, i) => ({
      measures: take.measures,
      gain: levels.gains[i]!,
      open: (room?: Uint8Array) => take.open(room),
    })),
    arrangement,
    sampleRateHz,
    ceiling: targetLufs === null ? null : ceiling,
    lookAheadSeconds,
    highPassHz: profile.highPassHz,
    removeOffset: targetLufs !== null,
    tone: roomToneDbfs === null ? null : roomTone(roomToneDbfs),
  };
  return { arrangement, levels, render };
}

function ceilingOf({ rules }: Profile): number {
  const limitDb = Math.min(rules.truePeakDbtp?.most ?? 0, rules.samplePeakDbfs?.most ?? 0);
  return gainFromDb(limitDb - CEILING_MARGIN_DB);
}
