import { interrupted, PipelineError } from '../errors.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { highPass } from './high-pass.ts';
import { type Kernel, openKernel } from './kernel.ts';
import { reductionsFor } from './limiter.ts';
import type { TakeMeasures } from './measures.ts';
import { BYTES_PER_SAMPLE } from './pcm.ts';
import { LOOP_SAMPLES } from './room-tone.ts';

/** One take on its way into a chapter. */
export interface RenderTake {
  measures: TakeMeasures;
  /** Amplitude factor. */
  gain: number;
  /** Opens the take's s16le mono sound. */
  open(): AsyncIterable<Uint8Array>;
}

/** What is needed to make a chapter's sound out of its takes. */
export interface RenderRequest {
  /** Opened one at a time, in order. */
  takes: readonly RenderTake[];
  arrangement: Arrangement;
  sampleRateHz: number;
  /** Highest true peak, full scale 1; `null` for no limiter. */
  ceiling: number | null;
  /** Of the limiter. */
  lookAheadSeconds: number;
  /** Cuts off what is below, in each take; `null` leaves it. */
  highPassHz: number | null;
  /** Takes away the constant offset that a take was measured with. */
  removeOffset: boolean;
  /** Laid under the whole chapter (`roomTone`); `null` for digital silence between takes. */
  tone: Float32Array | null;
  signal?: AbortSignal;
}

/** Frames over which a take comes in and goes out, so that no join clicks. */
const FADE_SECONDS = 0.005;

/**
 * The chapter as s16le chunks, made while they are read: trimmed, faded, with gains, pauses, limiter and room tone. Holds
 * one take at a time, and its chunks are one buffer: a chunk is overwritten when the next one is asked for. Throws
 * `store-damaged` when a take is longer or shorter than it measured.
 */
export async function* renderChapter(request: RenderRequest): AsyncGenerator<Int16Array> {
  const { takes, arrangement, signal } = request;
  const tone = request.tone ?? new Float32Array(LOOP_SAMPLES);
  // As it sounds where nothing else does.
  const quiet = Int16Array.from(tone, Math.round);
  const kernel = openKernel({
    takeSamples: arrangement.placements.reduce((most, { samples }) => Math.max(most, samples), 0),
    chunkSamples: longestChunk(arrangement),
    tone,
  });
  let at = 0;
  for (const [index, take] of takes.entries()) {
    const placement = arrangement.placements[index]!;
    const heard = await readTake(take, placement, kernel.take);
    if (signal?.aborted) throw interrupted('mastering a chapter');
    // The pause before the take goes out with it: each chunk costs a write to the encoder.
    const pause = placement.startSample - at;
    layQuiet(quiet, kernel.chunk.subarray(0, pause), at);
    renderTake({ request, take, placement, heard, tone, kernel, to: pause });
    at += pause + heard.length;
    yield kernel.chunk.subarray(0, pause + heard.length);
  }
  const tail = kernel.chunk.subarray(0, arrangement.totalSamples - at);
  layQuiet(quiet, tail, at);
  yield tail;
}

/** Samples of the longest take with the pause before it, or of the tail. */
function longestChunk({ placements, totalSamples }: Arrangement): number {
  let longest = 0;
  let at = 0;
  for (const { startSample, samples } of placements) {
    longest = Math.max(longest, startSample + samples - at);
    at = startSample + samples;
  }
  return Math.max(longest, totalSamples - at);
}

/** The part of a take that is heard, at the start of `room`. */
async function readTake(take: RenderTake, { skipSamples, samples }: Placement, room: Int16Array): Promise<Int16Array> {
  const heard = room.subarray(0, samples);
  const bytes = new Uint8Array(room.buffer, room.byteOffset, heard.byteLength);
  const skipBytes = skipSamples * BYTES_PER_SAMPLE;
  let read = 0;
  for await (const chunk of take.open()) {
    const from = Math.max(0, skipBytes - read);
    const to = Math.min(chunk.length, skipBytes + bytes.length - read);
    if (from < to) bytes.set(chunk.subarray(from, to), read + from - skipBytes);
    read += chunk.length;
  }
  const measured = take.measures.samples * BYTES_PER_SAMPLE;
  if (read !== measured) {
    const message = `A take has ${read} bytes, but ${measured} were measured when it was stored.`;
    throw new PipelineError({ code: 'store-damaged', message, retry: 'never' });
  }
  return heard;
}

/** Works on the samples of the take in place, then lays them into the chunk, from its sample `to` on. */
function renderTake(of: {
  request: RenderRequest;
  take: RenderTake;
  placement: Placement;
  heard: Int16Array;
  tone: Float32Array;
  kernel: Kernel;
  to: number;
}): void {
  const { request, take, placement, heard, tone, kernel, to } = of;
  const { sampleRateHz, ceiling, lookAheadSeconds, highPassHz } = request;
  const { blockSamples, offset } = take.measures;
  if (request.removeOffset && offset !== 0) shift(heard, -offset);
  if (highPassHz !== null) highPass(heard, { cornerHz: highPassHz, sampleRateHz });
  // Without a limiter nothing else keeps the sum of sound and tone within 16 bits.
  if (ceiling === null) clamp(heard, 32_767 - Math.ceil(tone.reduce((most, value) => Math.max(most, value), 0)));
  fadeEdges(heard, Math.min(Math.round(FADE_SECONDS * sampleRateHz), heard.length >> 1));
  const { gain } = take;
  kernel.mix({ from: 0, to, samples: heard.length, gain, at: placement.startSample });
  if (ceiling === null) return;
  const firstBlock = placement.skipSamples / blockSamples;
  const peaks = highPassHz === null ? take.measures.peak.subarray(firstBlock) : blockPeaks(heard, blockSamples);
  const allowed = (ceiling * 32_768) / gain;
  for (const { from, gains } of reductionsFor({
    samples: heard,
    loud: kernel.loud,
    ceiling: allowed,
    sampleRateHz,
    lookAheadSeconds,
    peaks,
    blockSamples,
  })) {
    kernel.mix({ from, to: to + from, samples: gains.length, gain, gains, at: placement.startSample + from });
  }
}

function shift(samples: Int16Array, by: number): void {
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

function layQuiet(quiet: Int16Array, to: Int16Array, at: number): void {
  for (let done = 0; done < to.length; ) {
    const from = (at + done) % LOOP_SAMPLES;
    const piece = quiet.subarray(from, from + to.length - done);
    to.set(piece, done);
    done += piece.length;
  }
}
