import type { Readable } from 'node:stream';
import { interrupted, PipelineError } from '../errors.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { createIntake } from './intake.ts';
import { createLimiter } from './limiter.ts';
import { createSampleReader } from './pcm.ts';

/** What is needed to make a chapter's sound out of its takes. */
export interface RenderRequest {
  /** Opens a take's s16le mono sound; opened one at a time, in order. */
  takes: readonly { samples: number; gain: number; open(): Readable | Promise<Readable> }[];
  arrangement: Arrangement;
  sampleRateHz: number;
  /** Highest true peak, full scale 1; `null` for no limiter. */
  ceiling: number | null;
  /** Cuts off what is below, in each take; `null` leaves it. */
  highPassHz: number | null;
  /** Laid under the whole chapter; `null` for digital silence between takes. */
  tone: Float32Array | null;
  signal?: AbortSignal;
}

/** Frames over which a take comes in and goes out, so that no join clicks. */
const FADE_SECONDS = 0.005;

/**
 * The chapter as s16le chunks, made while they are read: trimmed, faded, with gains, pauses, limiter and room tone. Holds
 * one chunk and the limiter's 80 ms at a time. Throws `store-damaged` when a take is longer or shorter than it measured.
 */
export async function* renderChapter(request: RenderRequest): AsyncGenerator<Int16Array> {
  const { takes, arrangement, sampleRateHz, ceiling, highPassHz, tone, signal } = request;
  const limiter = ceiling === null ? null : createLimiter({ ceiling: ceiling * 32_768, sampleRateHz });
  const write = createWriter(tone);
  const limited = (samples: Float32Array) => (limiter === null ? [samples] : limiter.push(samples));
  let at = 0;
  const silenceUntil = function* (startSample: number) {
    while (at < startSample) {
      const samples = new Float32Array(Math.min(sampleRateHz, startSample - at));
      at += samples.length;
      yield* write(limited(samples));
    }
  };
  for (const [index, take] of takes.entries()) {
    const placement = arrangement.placements[index]!;
    yield* silenceUntil(placement.startSample);
    const fadeSamples = Math.min(Math.round(FADE_SECONDS * sampleRateHz), placement.samples >> 1);
    const intake = createIntake({ gain: take.gain, highPassHz, sampleRateHz });
    for await (const heard of readTake(take, placement)) {
      if (signal?.aborted) throw interrupted('mastering a chapter');
      const samples = intake(heard);
      fadeEdges(samples, { from: at - placement.startSample, of: placement.samples, fadeSamples });
      at += samples.length;
      yield* write(limited(samples));
    }
  }
  yield* silenceUntil(arrangement.totalSamples);
  if (limiter !== null) yield* write(limiter.finish());
}

/** The part of a take that is heard. */
async function* readTake(
  take: { samples: number; open(): Readable | Promise<Readable> },
  { skipSamples, samples }: Placement,
): AsyncGenerator<Int16Array> {
  const reader = createSampleReader();
  let read = 0;
  for await (const chunk of (await take.open()) as AsyncIterable<Uint8Array>) {
    const all = reader.read(chunk);
    const heard = all.subarray(Math.max(0, skipSamples - read), Math.max(0, skipSamples + samples - read));
    read += all.length;
    if (heard.length > 0) yield heard;
  }
  if (read !== take.samples || reader.pendingBytes() !== 0) {
    const message = `A take has ${read} samples, but ${take.samples} were measured when it was stored.`;
    throw new PipelineError({ code: 'store-damaged', message, retry: 'never' });
  }
}

/** Only the samples at the take's own ends are touched. */
function fadeEdges(samples: Float32Array, take: { from: number; of: number; fadeSamples: number }): void {
  const { from, of, fadeSamples } = take;
  for (let i = 0; i < samples.length && from + i < fadeSamples; i++) {
    samples[i] = samples[i]! * fade((from + i + 0.5) / fadeSamples);
  }
  for (let i = Math.max(0, of - fadeSamples - from); i < samples.length; i++) {
    samples[i] = samples[i]! * fade((of - from - i - 0.5) / fadeSamples);
  }
}

/** Raised cosine from 0 to 1. */
function fade(share: number): number {
  return 0.5 - 0.5 * Math.cos(Math.PI * share);
}

/** Adds the room tone and rounds to 16 bits. */
function createWriter(tone: Float32Array | null) {
  let at = 0;
  return function* (chunks: Float32Array[]): Generator<Int16Array> {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (length === 0) return;
    const out = new Int16Array(length);
    let written = 0;
    for (const chunk of chunks) {
      round(chunk, out.subarray(written), tone, at);
      written += chunk.length;
      at += chunk.length;
    }
    yield out;
  };
}

function round(from: Float32Array, to: Int16Array, tone: Float32Array | null, at: number): void {
  const mask = tone === null ? 0 : tone.length - 1;
  for (let i = 0; i < from.length; i++) {
    const value = tone === null ? from[i]! : from[i]! + tone[(at + i) & mask]!;
    // Half away from zero; many times faster than Math.round here.
    const rounded = value < 0 ? (value - 0.5) | 0 : (value + 0.5) | 0;
    to[i] = Math.max(-32_768, Math.min(32_767, rounded));
  }
}
