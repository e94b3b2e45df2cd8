/** How a chapter sounds before it is encoded: positions, gains, fades, limiter and room tone. Also a few seconds of it. */
import type { CharacterGains } from '../plan/levels.ts';
import type { Profile } from '../qc/profiles.ts';
import type { Arrangement } from './arrange.ts';
import { layOutChapter } from './chapter-layout.ts';
import type { Levels } from './level.ts';
import type { TakeMeasures } from './measures.ts';
import { gainFromDb, samplesOf } from './pcm.ts';
import { type RenderRequest, renderChapter } from './render.ts';
import { roomTone } from './room-tone.ts';

/** A take of the chapter: its measures, and how to read it. */
export interface ChapterTake {
  measures: TakeMeasures;
  character: string;
  /** Opens the take's audio, s16le mono; called once, in order. Chunk memory may be reused. */
  open(): AsyncIterable<Uint8Array>;
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
    takes: takes.map((take, i) => ({ measures: take.measures, gain: levels.gains[i]!, open: () => take.open() })),
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

/** A few seconds of a chapter. */
export interface Excerpt {
  /** s16 mono. */
  samples: Int16Array;
  /** Where the takes that it is about begin and end in it. */
  startSeconds: number;
  endSeconds: number;
}

/** Length of the fade where the excerpt cuts into a take. */
const CUT_FADE_SECONDS = 0.03;

/**
 * The sound of takes `first` to `last` (0-based), as in the finished chapter but not encoded, with so many seconds of what is
 * around them. Reads only the takes that are heard. Fails with `store-damaged` and `interrupted`, as rendering does.
 */
export async function excerptOf(
  { render, arrangement }: ChapterSound,
  of: { first: number; last: number; aroundSeconds: number; signal?: AbortSignal },
): Promise<Excerpt> {
  const { sampleRateHz, takes } = render;
  const { placements, totalSamples } = arrangement;
  const around = samplesOf(of.aroundSeconds, sampleRateHz);
  const [begin, last] = [placements[of.first]!, placements[of.last]!];
  const from = Math.max(0, begin.startSample - around);
  const to = Math.min(totalSamples, last.startSample + last.samples + around);
  const heard = [...placements.keys()].filter(
    (at) => placements[at]!.startSample < to && placements[at]!.startSample + placements[at]!.samples > from,
  );
  const base = Math.min(from, placements[heard[0]!]!.startSample);
  const end = Math.max(to, ...heard.map((at) => placements[at]!.startSample + placements[at]!.samples));
  const part = {
    placements: heard.map((at) => ({ ...placements[at]!, startSample: placements[at]!.startSample - base })),
    totalSamples: end - base,
  };
  const samples = new Int16Array(part.totalSamples);
  let at = 0;
  const chunks = renderChapter({
    ...render,
    takes: heard.map((index) => takes[index]!),
    arrangement: part,
    ...(of.signal && { signal: of.signal }),
  });
  for await (const chunk of chunks) {
    samples.set(chunk, at);
    at += chunk.length;
  }
  const cut = samples.subarray(from - base, to - base);
  fadeEdges(cut, Math.min(samplesOf(CUT_FADE_SECONDS, sampleRateHz), cut.length >> 1));
  return {
    samples: cut,
    startSeconds: (begin.startSample - from) / sampleRateHz,
    endSeconds: (last.startSample + last.samples - from) / sampleRateHz,
  };
}

function fadeEdges(samples: Int16Array, fadeSamples: number): void {
  for (let i = 0; i < fadeSamples; i++) {
    const factor = i / fadeSamples;
    samples[i] = Math.round(samples[i]! * factor);
    samples[samples.length - 1 - i] = Math.round(samples[samples.length - 1 - i]! * factor);
  }
}
