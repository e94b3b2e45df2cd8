import { interrupted, PipelineError } from '../errors.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { highPass } from './high-pass.ts';
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
  const quiet = rounded(tone);
  const room = new Int16Array(arrangement.placements.reduce((most, { samples }) => Math.max(most, samples), 0));
  const buffer = new Int16Array(longestChunk(arrangement));
  let at = 0;
  for (const [index, take] of takes.entries()) {
    const placement = arrangement.placements[index]!;
    const heard = await readTake(take, placement, room);
    if (signal?.aborted) throw interrupted('mastering a chapter');
    // The pause before the take goes out with it: each chunk costs a write to the encoder.
    const pause = placement.startSample - at;
    const out = buffer.subarray(0, pause + heard.length);
    layQuiet(quiet, out.subarray(0, pause), at);
    renderTake({ request, take, placement, heard, tone, out: out.subarray(pause) });
    at += out.length;
    yield out;
  }
  const tail = buffer.subarray(0, arrangement.totalSamples - at);
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
  const bytes = new Uint8Array(room.buffer, 0, heard.byteLength);
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

/** Works on the samples of the take in place, then lays them into the chapter. */
function renderTake(of: {
  request: RenderRequest;
  take: RenderTake;
  placement: Placement;
  heard: Int16Array;
  tone: Float32Array;
  out: Int16Array;
}): void {
  const { request, take, placement, heard, tone, out } = of;
  const { sampleRateHz, ceiling, lookAheadSeconds, highPassHz } = request;
  const { blockSamples, offset } = take.measures;
  if (request.removeOffset && offset !== 0) shift(heard, -offset);
  if (highPassHz !== null) highPass(heard, { cornerHz: highPassHz, sampleRateHz });
  // Without a limiter nothing else keeps the sum of sound and tone within 16 bits.
  if (ceiling === null) clamp(heard, 32_767 - Math.ceil(tone.reduce((most, value) => Math.max(most, value), 0)));
  fadeEdges(heard, Math.min(Math.round(FADE_SECONDS * sampleRateHz), heard.length >> 1));
  mix(heard, out, { gain: take.gain, tone, at: placement.startSample });
  if (ceiling === null) return;
  const firstBlock = placement.skipSamples / blockSamples;
  const peaks = highPassHz === null ? take.measures.peak.subarray(firstBlock) : blockPeaks(heard, blockSamples);
  const allowed = (ceiling * 32_768) / take.gain;
  for (const { from, gains } of reductionsFor({
    samples: heard,
    ceiling: allowed,
    sampleRateHz,
    lookAheadSeconds,
    peaks,
    blockSamples,
  })) {
    mixTurnedDown(heard, out, { gain: take.gain, gains, from, tone, at: placement.startSample });
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

const TONE_MASK = LOOP_SAMPLES - 1;
/** Storing into 16 bits cuts off, and whole numbers of 2^16 fall away: so this rounds. Many times faster than Math.round. */
const ROUND = 65_536.5;

/** The loop of the tone as it sounds where nothing else does. */
function rounded(tone: Float32Array): Int16Array {
  const quiet = new Int16Array(LOOP_SAMPLES);
  mix(quiet, quiet, { gain: 1, tone, at: 0 });
  return quiet;
}

function layQuiet(quiet: Int16Array, to: Int16Array, at: number): void {
  for (let done = 0; done < to.length; ) {
    const from = (at + done) & TONE_MASK;
    const piece = quiet.subarray(from, from + to.length - done);
    to.set(piece, done);
    done += piece.length;
  }
}

// Most of mastering's own time is spent in this loop and in no other: a compare more in it can be measured. Where the sum
// does not fit 16 bits, the limiter turns down and `mixTurnedDown` writes over it.
function mix(
  from: Int16Array,
  to: Int16Array,
  { gain, tone, at }: { gain: number; tone: Float32Array; at: number },
): void {
  for (let i = 0; i < to.length; i++) to[i] = from[i]! * gain + tone[(at + i) & TONE_MASK]! + ROUND;
}

/** The same over a stretch where the limiter turns down. */
function mixTurnedDown(
  samples: Int16Array,
  to: Int16Array,
  of: { gain: number; gains: Float32Array; from: number; tone: Float32Array; at: number },
): void {
  const { gain, gains, from, tone, at } = of;
  for (let i = 0; i < gains.length; i++) {
    const place = from + i;
    to[place] = samples[place]! * gain * gains[i]! + tone[(at + place) & TONE_MASK]! + ROUND;
  }
}
