import type { CharacterGains } from '../plan/levels.ts';
import type { ChapterTags } from '../plan/step.ts';
import type { Profile } from '../qc/profiles.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { layOutChapter } from './chapter-layout.ts';
import { type Cover, type EncodeOutput, encode, type Mark } from './encode.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { innerPauses } from './inner-pauses.ts';
import type { TakeMeasures } from './measures.ts';
import { gainFromDb } from './pcm.ts';
import { renderChapter } from './render.ts';
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

/** A section below a heading. */
export interface ChapterSection {
  title: string;
  /** 0-based index of its first take. */
  firstTake: number;
}

/** The inputs of a chapter's files. */
export interface MasterRequest {
  ffmpeg: Ffmpeg;
  /** In listening order; at least one. */
  takes: readonly ChapterTake[];
  /** Constant over the complete book (plan/levels.ts). Default: 0 dB. */
  characterGainsDb?: CharacterGains;
  /** Sample rate of all takes. */
  sampleRateHz: number;
  profile: Profile;
  outputs: readonly EncodeOutput[];
  tags: ChapterTags;
  /** Several sections become chapter marks in an MP3; the first begins with the file. */
  sections?: readonly ChapterSection[];
  cover?: Cover;
  signal?: AbortSignal;
  /** Called with the share of the chapter's sound that the encoders have taken, 0 to 1; often. */
  onProgress?(share: number): void;
}

/** Properties of the audio sent to the encoders; `inspectFile` measures the finished files. */
export interface MasteredChapter {
  durationSeconds: number;
  /** Levels predicted from the takes' measures, within about 0.1 dB for speech; −Infinity for a silent chapter. */
  loudnessLufs: number;
  rmsDbfs: number;
  /** Position and used part of each take, in samples at `sampleRateHz`. */
  takePositions: Placement[];
  /** The pauses inside each take, in seconds from the start of its used part. */
  takePauses: [startSeconds: number, endSeconds: number][][];
}

/** Margin below the profile's peak limit for resampling and encoding, which add 0.1 dB to speech and 0.6 dB to clipped speech and noise. */
const CEILING_MARGIN_DB = 0.7;

/**
 * Joins, levels, limits, encodes and tags one chapter in a single streaming pass: reads each take once, and one ffmpeg writes all
 * formats. Deterministic.
 *
 * Errors: `store-damaged` when a take does not match its measures, `interrupted`, those of `encode`. No file is left then.
 */
export async function masterChapter(request: MasterRequest): Promise<MasteredChapter> {
  const { takes, sampleRateHz, profile, signal } = request;
  if (takes.length === 0) throw new Error('Internal error: a chapter without takes');
  if (takes.some(({ measures }) => measures.sampleRateHz !== sampleRateHz)) {
    throw new Error('Internal error: takes of different sample rates in one chapter');
  }
  const { targetLufs, roomToneDbfs } = profile;
  const ceiling = ceilingOf(profile);
  const { arrangement, levels, lookAheadSeconds } = layOutChapter({ ...request, ceiling });
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
  await encode({
    ...request,
    pcm: bytesOf(chunks, arrangement.totalSamples, request.onProgress),
    denoiseDb: profile.denoiseDb,
    marks,
  });
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

async function* bytesOf(
  chunks: AsyncIterable<Int16Array>,
  totalSamples: number,
  onProgress: ((share: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  let samples = 0;
  for await (const chunk of chunks) {
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    samples += chunk.length;
    onProgress?.(samples / totalSamples);
  }
}
