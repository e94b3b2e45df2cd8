import type { ChapterTags } from '../../plan/step.ts';
import { type Cover, type EncodeOutput, encode, type Mark } from '../ffmpeg/encode.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { innerPauses } from '../measure/inner-pauses.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { type ChapterSoundRequest, chapterSound } from './chapter-sound.ts';
import { renderChapter } from './render.ts';

/** Sound goes to ffmpeg a megabyte at a time: each time wakes both programs, whose pipe holds a fifth of it. */
const CHUNK_SAMPLES = 1 << 19;

/** A section below a heading. */
export interface ChapterSection {
  title: string;
  /** 0-based index of its first take. */
  firstTake: number;
}

/** The inputs of a chapter's files. */
export interface MasterRequest extends ChapterSoundRequest {
  ffmpeg: Ffmpeg;
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
  const { arrangement, levels, render } = chapterSound(request);
  const chunks = renderChapter({ ...render, chunkSamples: CHUNK_SAMPLES, ...(signal && { signal }) });

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
