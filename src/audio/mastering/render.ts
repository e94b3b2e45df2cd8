import { interrupted, PipelineError } from '../../errors.ts';
import type { TakeMeasures } from '../measure/measures.ts';
import { BYTES_PER_SAMPLE } from '../pcm.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { highPass } from './high-pass.ts';
import { type Kernel, openKernel } from './kernel.ts';
import { gainReductions, type LimiterRoom, limiterRoom } from './limiter.ts';
import { ROOM_TONE_SAMPLES } from './room-tone.ts';

/** A take to render into a chapter. */
export interface RenderTake {
  measures: TakeMeasures;
  /** Amplitude factor. */
  gain: number;
  /** As of a `ChapterTake`. */
  open(room?: Uint8Array): AsyncIterable<Uint8Array>;
}

/** The inputs for rendering a chapter from its takes. */
export interface RenderRequest {
  /** Opened one at a time, in order. */
  takes: readonly RenderTake[];
  arrangement: Arrangement;
  sampleRateHz: number;
  /** Highest true peak, full scale 1; `null` for no limiter. */
  ceiling: number | null;
  /** Look-ahead of the limiter. */
  lookAheadSeconds: number;
  /** Cutoff of the high-pass filter; `null` for none. */
  highPassHz: number | null;
  /** Whether to remove the takes' measured DC offset. */
  removeOffset: boolean;
  /** Room tone under the complete chapter (`roomTone`); `null` for digital silence between takes. */
  tone: Float32Array | null;
  /** Takes are joined to chunks of up to so many samples; a longer take is a chunk by itself. Default: each take is a chunk. */
  chunkSamples?: number;
  signal?: AbortSignal;
}

/** Length of the fade-in and fade-out of each take, so that joins do not click. */
const FADE_SECONDS = 0.005;

/**
 * Renders the chapter as s16le chunks on demand: trimmed, faded, with gains, pauses, limiter and room tone. Holds one take and one
 * chunk at a time; all chunks share one buffer, so a chunk is overwritten when the next one is requested. Throws `store-damaged` when a
 * take's length does not match its measures.
 */
export async function* renderChapter(request: RenderRequest): AsyncGenerator<Int16Array> {
  const { takes, arrangement, signal } = request;
  const tone = request.tone ?? new Float32Array(ROOM_TONE_SAMPLES);
  // The room tone alone, for pauses.
  const roomToneSamples = rounded(tone);
  const { endsChunk, longest } = chunksOf(request);
  const kernel = openKernel({ ...roomFor(request), chunkSamples: longest, tone });
  const room = limiterRoom();
  /** First sample of the chunk, and the sample up to which the chapter is rendered. */
  let begin = 0;
  let at = 0;
  for (const [index, take] of takes.entries()) {
    const placement = arrangement.placements[index]!;
    const heard = await readTake(take, placement, kernel);
    if (signal?.aborted) throw interrupted('mastering a chapter');
    const to = placement.startSample - begin;
    fillRoomTone(roomToneSamples, kernel.chunk.subarray(at - begin, to), at);
    renderTake({ request, take, placement, heard, tone, kernel, room, to });
    at = placement.startSample + heard.length;
    if (!endsChunk[index]) continue;
    yield kernel.chunk.subarray(0, at - begin);
    begin = at;
  }
  const tail = kernel.chunk.subarray(0, arrangement.totalSamples - at);
  fillRoomTone(roomToneSamples, tail, at);
  yield tail;
}

/** Whether each take is the last of its chunk, and the samples of the longest chunk. The pause before a take is in the same chunk. */
function chunksOf({ arrangement, chunkSamples = 0 }: RenderRequest): { endsChunk: boolean[]; longest: number } {
  const ends = arrangement.placements.map(({ startSample, samples }) => startSample + samples);
  let begin = 0;
  let longest = 0;
  const endsChunk = ends.map((end, index) => {
    const next = ends[index + 1];
    if (next !== undefined && next - begin <= chunkSamples) return false;
    longest = Math.max(longest, end - begin);
    begin = end;
    return true;
  });
  return { endsChunk, longest: Math.max(longest, arrangement.totalSamples - begin) };
}

/** Room for each complete take, so that it can be read to where the kernel needs it. */
function roomFor({ takes, arrangement }: RenderRequest): { takeSamples: number; skipSamples: number } {
  let takeSamples = 0;
  let skipSamples = 0;
  for (const [index, { measures }] of takes.entries()) {
    const { skipSamples: own, samples } = arrangement.placements[index]!;
    takeSamples = Math.max(takeSamples, samples, measures.samples - own);
    skipSamples = Math.max(skipSamples, own);
  }
  return { takeSamples, skipSamples };
}

/** Reads the used part of a take into the start of the kernel's. */
async function readTake(
  take: RenderTake,
  { skipSamples, samples }: Placement,
  { room, take: kernelTake }: Kernel,
): Promise<Int16Array> {
  const heard = kernelTake.subarray(0, samples);
  const whole = room.subarray(room.length - kernelTake.length - skipSamples).subarray(0, take.measures.samples);
  const own = new Uint8Array(whole.buffer, whole.byteOffset, whole.byteLength);
  const bytes = new Uint8Array(heard.buffer, heard.byteOffset, heard.byteLength);
  const skipBytes = skipSamples * BYTES_PER_SAMPLE;
  let read = 0;
  for await (const chunk of take.open(own)) {
    const isInPlace = chunk.buffer === own.buffer && chunk.byteOffset === own.byteOffset;
    const from = Math.max(0, skipBytes - read);
    const to = Math.min(chunk.length, skipBytes + bytes.length - read);
    if (!isInPlace && from < to) bytes.set(chunk.subarray(from, to), read + from - skipBytes);
    read += chunk.length;
  }
  const measured = take.measures.samples * BYTES_PER_SAMPLE;
  if (read !== measured) {
    const message = `A stored take has ${read} bytes, but its measures are for ${measured} bytes.`;
    throw new PipelineError({ code: 'store-damaged', message, retry: 'never' });
  }
  return heard;
}

/** Processes the samples of the take in place, then mixes them into the chunk at its sample `to`. */
function renderTake(of: {
  request: RenderRequest;
  take: RenderTake;
  placement: Placement;
  heard: Int16Array;
  tone: Float32Array;
  kernel: Kernel;
  room: LimiterRoom;
  to: number;
}): void {
  const { request, take, placement, heard, tone, kernel, room, to } = of;
  const { sampleRateHz, ceiling, lookAheadSeconds, highPassHz } = request;
  const { blockSamples, offset } = take.measures;
  if (request.removeOffset && offset !== 0) addOffset(heard, -offset);
  if (highPassHz !== null) highPass(heard, { cornerHz: highPassHz, sampleRateHz });
  // Without a limiter, clamping keeps the sum of take and room tone within 16 bits.
  if (ceiling === null) clamp(heard, 32_767 - Math.ceil(tone.reduce((most, value) => Math.max(most, value), 0)));
  fadeEdges(heard, Math.min(Math.round(FADE_SECONDS * sampleRateHz), heard.length >> 1));
  const { gain } = take;
  const mix = (from: number, samples: number, gains?: Float32Array) =>
    kernel.mix({ from, to: to + from, samples, gain, ...(gains && { gains }), at: placement.startSample + from });
  let mixed = 0;
  if (ceiling !== null) {
    const firstBlock = placement.skipSamples / blockSamples;
    const peaks = highPassHz === null ? take.measures.peak.subarray(firstBlock) : blockPeaks(heard, blockSamples);
    const { peakCandidates } = kernel;
    const sound = { samples: heard, peakCandidates, peaks, blockSamples, sampleRateHz };
    const limits = { ceiling: (ceiling * 32_768) / gain, lookAheadSeconds };
    for (const { from, gains } of gainReductions({ ...sound, ...limits }, room)) {
      mix(mixed, from - mixed);
      mix(from, gains.length, gains);
      mixed = from + gains.length;
    }
  }
  mix(mixed, heard.length - mixed);
}

function addOffset(samples: Int16Array, by: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-32_768, Math.min(32_767, samples[i]! + by));
}

function clamp(samples: Int16Array, most: number): void {
  for (let i = 0; i < samples.length; i++) samples[i] = Math.max(-most - 1, Math.min(most, samples[i]!));
}

function blockPeaks(samples: Int16Array, blockSamples: number): Float32Array {
  const peaks = new Float32Array(Math.ceil(samples.length / blockSamples));
  for (let i = 0; i < samples.length; i++) {
    const block = Math.floor(i / blockSamples);
    peaks[block] = Math.max(peaks[block]!, Math.abs(samples[i]!) / 32_768);
  }
  return peaks;
}

function fadeEdges(samples: Int16Array, fadeSamples: number): void {
  for (let i = 0; i < fadeSamples; i++) {
    // Raised cosine from 0 to 1.
    const factor = 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / fadeSamples);
    const end = samples.length - 1 - i;
    samples[i] = Math.round(samples[i]! * factor);
    samples[end] = Math.round(samples[end]! * factor);
  }
}

function rounded(tone: Float32Array): Int16Array {
  const samples = new Int16Array(tone.length);
  for (let i = 0; i < tone.length; i++) samples[i] = Math.round(tone[i]!);
  return samples;
}

function fillRoomTone(roomToneSamples: Int16Array, to: Int16Array, at: number): void {
  for (let done = 0; done < to.length; ) {
    const from = (at + done) % ROOM_TONE_SAMPLES;
    const piece = roomToneSamples.subarray(from, from + to.length - done);
    to.set(piece, done);
    done += piece.length;
  }
}
