import type { CharacterGains } from '../plan/levels.ts';
import type { ChapterTags } from '../plan/step.ts';
import type { Profile } from '../qc/profiles.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { type Cover, type EncodeOutput, encode, type Mark } from './encode.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { fitChapter } from './fit.ts';
import { innerPauses } from './inner-pauses.ts';
import type { TakeMeasures } from './measures.ts';
import { gainFromDb } from './pcm.ts';
import { renderChapter } from './render.ts';
import { roomTone } from './room-tone.ts';

/** One take of the chapter: how to read it, and what is known of it without reading. */
export interface ChapterTake {
  measures: TakeMeasures;
  character: string;
  /** Opens the take's sound, s16le mono; called once, when it is its turn. Its memory may be used again for the next. */
  open(): AsyncIterable<Uint8Array>;
  /** Silence from its last sound to the first of the next take, in milliseconds. */
  pauseAfterMs: number;
}

/** What stands under one heading. */
export interface ChapterSection {
  title: string;
  /** 0-based index of its first take. */
  firstTake: number;
}

/** All that shapes a chapter's files. */
export interface MasterRequest {
  ffmpeg: Ffmpeg;
  /** In the order they are heard; at least one. */
  takes: readonly ChapterTake[];
  /** Constant over the whole book (plan/levels.ts). Default: none is moved against the others. */
  characterGainsDb?: CharacterGains;
  /** Of all takes. */
  sampleRateHz: number;
  profile: Profile;
  outputs: readonly EncodeOutput[];
  tags: ChapterTags;
  /** Marked in an MP3 where there are several; the first begins with the file. */
  sections?: readonly ChapterSection[];
  cover?: Cover;
  signal?: AbortSignal;
}

/** What was sent to the encoders. What became of it is measured on the finished file (`inspectFile`). */
export interface MasteredChapter {
  durationSeconds: number;
  /** Levels as solved from the takes' measures, within about 0.1 dB for speech; −Infinity for a chapter without sound. */
  loudnessLufs: number;
  rmsDbfs: number;
  /** Where each take lies in the chapter and what of it is heard, in samples at `sampleRateHz`. */
  takePositions: Placement[];
  /** The pauses inside each take as it lies in the chapter, in seconds from its start. */
  takePauses: [startSeconds: number, endSeconds: number][][];
}

/** Below the profile's limit, for what resampling and encoding add: 0.1 dB on speech, 0.6 dB on clipped speech and noise. */
const CEILING_MARGIN_DB = 0.7;

/**
 * Joins, levels, limits, encodes and tags one chapter in a single pass: each take is read once, nothing is held whole,
 * one ffmpeg writes all formats. The same request gives the same bytes.
 *
 * Errors: `store-damaged` when a take is not as it was measured, `interrupted`, those of `encode`. No file is left then.
 */
export async function masterChapter(request: MasterRequest): Promise<MasteredChapter> {
  const { takes, sampleRateHz, profile, signal } = request;
  if (takes.length === 0) throw new Error('Internal error: a chapter without takes');
  if (takes.some(({ measures }) => measures.sampleRateHz !== sampleRateHz)) {
    throw new Error('Internal error: takes of different sample rates in one chapter');
  }
  const { targetLufs, roomToneDbfs } = profile;
  const ceiling = ceilingOf(profile);
  const { arrangement, levels, lookAheadSeconds } = fitChapter({ ...request, ceiling });
  const chunks = renderChapter({
    takes: takes.map((take, i) => ({ measures: take.measures, gain: levels.gains[i]!, open: () => take.open() })),
    arrangement,
    sampleRateHz,
    ceiling: targetLufs === null ? null : ceiling,
    lookAheadSeconds,
    highPassHz: profile.highPassHz,
    removeOffset: targetLufs !== null,
    tone: roomToneDbfs === null ? null : roomTone(roomToneDbfs),
    signal,
  });

  const marks = marksOf(request, arrangement);
  await encode({ ...request, pcm: bytesOf(chunks), denoiseDb: profile.denoiseDb, marks });
  return {
    durationSeconds: arrangement.totalSamples / sampleRateHz,
    loudnessLufs: levels.loudnessLufs,
    rmsDbfs: levels.rmsDbfs,
    takePositions: arrangement.placements,
    takePauses: arrangement.placements.map((placement, index) => innerPauses(takes[index]!.measures, placement)),
  };
}

function marksOf({ sections = [], sampleRateHz }: MasterRequest, { placements, totalSamples }: Arrangement): Mark[] {
  if (sections.length < 2) return [];
  const starts = sections.map(({ firstTake }, index) => (index === 0 ? 0 : placements[firstTake]!.startSample));
  return sections.map(({ title }, index) => ({
    title,
    startSeconds: starts[index]! / sampleRateHz,
    endSeconds: (starts[index + 1] ?? totalSamples) / sampleRateHz,
  }));
}

function ceilingOf({ rules }: Profile): number {
  const limitDb = Math.min(rules.truePeakDbtp?.most ?? 0, rules.samplePeakDbfs?.most ?? 0);
  return gainFromDb(limitDb - CEILING_MARGIN_DB);
}

async function* bytesOf(chunks: AsyncIterable<Int16Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
