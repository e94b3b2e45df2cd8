/** The inner loops of mastering, where it spends most of its time. */

import { isLocalExtremum } from '../measure/true-peak.ts';
import { instantiateWasm, type WasmMemory } from '../wasm-module.ts';
import { KERNEL_WASM } from './kernel-wasm.ts';
import { ROOM_TONE_SAMPLES } from './room-tone.ts';

/** Buffers for a take and for a chunk of the chapter, and the loops that mix the take into the chunk. */
export interface Kernel {
  /** Buffer for the heard samples of a take. */
  readonly take: Int16Array;
  /** The same memory with `skipSamples` before it, so that a complete take can be read into it. */
  readonly room: Int16Array;
  /** Buffer for the samples that are sent to the encoders. */
  readonly chunk: Int16Array;
  /** Mixes a piece of the take into the chunk, with its gain and room tone. */
  mix(piece: Piece): void;
  /** Finds peak candidates in the take. */
  peakCandidates: FindPeakCandidates;
}

/** A piece of a take to mix into the chunk. */
export interface Piece {
  /** Its first sample in the take, and the position of that sample in the chunk. */
  from: number;
  to: number;
  samples: number;
  /** Amplitude factor. */
  gain: number;
  /** An additional factor for each sample, from the limiter. */
  gains?: Float32Array;
  /** Position of the chunk's sample `to` in the chapter, so that the room tone is continuous. */
  at: number;
}

/** Most samples per call of `FindPeakCandidates`, which is also the size of its result buffer. */
export const MOST_CANDIDATES = 1 << 14;

/**
 * The samples in a range that may be next to a true peak: larger in magnitude than `near`, and either a local extremum
 * (`isLocalExtremum`) or larger than `over`; in order. Undefined for the first and last sample of the buffer. Sizes are
 * non-negative integers. The result is overwritten by the next call.
 */
export type FindPeakCandidates = (from: number, to: number, sizes: { near: number; over: number }) => Int32Array;

/** The sizes of a kernel's buffers, and the room tone. */
export interface KernelBuffers {
  takeSamples: number;
  /** Default: 0. */
  skipSamples?: number;
  chunkSamples: number;
  /** `LOOP_SAMPLES` of them. */
  tone: Float32Array;
}

/** Opens a kernel in WebAssembly if available, otherwise in JavaScript; both give identical results. */
export function openKernel(buffers: KernelBuffers): Kernel {
  return wasmKernel(buffers) ?? jsKernel(buffers);
}

const TONE_MASK = ROOM_TONE_SAMPLES - 1;
/** Adding this rounds: storing to 16 bits truncates and drops multiples of 2^16. Much faster than Math.round. */
const ROUND = 65_536.5;

/** The kernel in JavaScript. */
export function jsKernel({ takeSamples, skipSamples = 0, chunkSamples, tone }: KernelBuffers): Kernel {
  const room = new Int16Array(skipSamples + takeSamples);
  const take = room.subarray(skipSamples);
  const chunk = new Int16Array(chunkSamples);
  const places = new Int32Array(MOST_CANDIDATES);
  return {
    take,
    room,
    chunk,
    mix: (piece) => mixFrom(0, piece, { take, chunk, tone }),
    peakCandidates: (from, to, sizes) =>
      places.subarray(0, addCandidates(take, { from, to }, { ...sizes, places, count: 0 })),
  };
}

/**
 * Sums beyond 16 bits overflow. The caller mixes loud pieces again with the limiter's gains, since a comparison in this loop
 * would be measurably slower.
 */
function mixFrom(
  first: number,
  { from, to, samples, gain, gains, at }: Piece,
  { take, chunk, tone }: { take: Int16Array; chunk: Int16Array; tone: Float32Array },
): void {
  for (let i = first; i < samples; i++) {
    const turned = gains === undefined ? take[from + i]! * gain : take[from + i]! * gain * gains[i]!;
    chunk[to + i] = turned + tone[(at + i) & TONE_MASK]! + ROUND;
  }
}

/** Appends to `places` at `count` and returns the new count. */
function addCandidates(
  take: Int16Array,
  { from, to }: { from: number; to: number },
  { near, over, places, count }: { near: number; over: number; places: Int32Array; count: number },
): number {
  let next = count;
  for (let i = from; i < to; i++) {
    const size = Math.abs(take[i]!);
    if (size > near && (size > over || isLocalExtremum(take, i))) places[next++] = i;
  }
  return next;
}

/** What kernel.wat exports. Addresses, ends and masks are in bytes. */
interface Exports {
  memory: WasmMemory;
  mix(take: number, chunk: number, end: number, gain: number, tone: number, mask: number, gains: number): void;
  loud(take: number, end: number, first: number, near: number, over: number, places: number): number;
}

/** Samples per SIMD step, and the bytes that a step may read or write beyond the end. */
const MIX_GROUP = 4;
const LOUD_GROUP = 8;
const PADDING_BYTES = 32;
/** Factors that are copied into the memory at once. */
const MOST_GAINS = 1 << 14;

/** The kernel in WebAssembly; `null` if it is unavailable or has no memory. */
export function wasmKernel({ takeSamples, skipSamples = 0, chunkSamples, tone }: KernelBuffers): Kernel | null {
  const buffers = [
    4 * ROOM_TONE_SAMPLES,
    2 * (skipSamples + takeSamples),
    2 * chunkSamples,
    4 * MOST_GAINS,
    4 * MOST_GAINS,
    4 * MOST_CANDIDATES,
  ];
  const starts = buffers.map((_, index) => buffers.slice(0, index).reduce((at, bytes) => at + paddedBytes(bytes), 0));
  const [toneAt = 0, roomAt = 0, chunkAt = 0, gainsAt = 0, onesAt = 0, placesAt = 0] = starts;
  const wasm = instantiateWasm<Exports>(KERNEL_WASM, placesAt + paddedBytes(4 * MOST_CANDIDATES));
  if (wasm === null) return null;
  const { buffer } = wasm.memory;
  const loop = new Float32Array(buffer, toneAt, ROOM_TONE_SAMPLES + MIX_GROUP);
  loop.set(tone);
  loop.set(tone.subarray(0, MIX_GROUP), ROOM_TONE_SAMPLES);
  const takeAt = roomAt + 2 * skipSamples;
  const room = new Int16Array(buffer, roomAt, skipSamples + takeSamples);
  const take = room.subarray(skipSamples);
  const chunk = new Int16Array(buffer, chunkAt, chunkSamples);
  const gainsRoom = new Float32Array(buffer, gainsAt, MOST_GAINS);
  new Float32Array(buffer, onesAt, MOST_GAINS).fill(1);
  const places = new Int32Array(buffer, placesAt, MOST_CANDIDATES);
  const mask = 4 * ROOM_TONE_SAMPLES - 1;

  const mix = (piece: Piece) => {
    const { from, to, samples, gain, gains, at } = piece;
    const whole = samples - (samples % MIX_GROUP);
    for (let done = 0; done < whole; done += MOST_GAINS) {
      const count = Math.min(MOST_GAINS, whole - done);
      const chunkPlace = chunkAt + 2 * (to + done);
      const tonePlace = 4 * ((at + done) & TONE_MASK);
      if (gains !== undefined) gainsRoom.set(gains.subarray(done, done + count));
      const factorsAt = gains === undefined ? onesAt : gainsAt;
      wasm.mix(takeAt + 2 * (from + done), chunkPlace, chunkPlace + 2 * count, gain, tonePlace, mask, factorsAt);
    }
    mixFrom(whole, piece, { take, chunk, tone });
  };
  const loud: FindPeakCandidates = (from, to, { near, over }) => {
    const whole = to - from - ((to - from) % LOUD_GROUP);
    const start = takeAt + 2 * from;
    const sizes = { near: Math.min(near, 0xffff), over: Math.min(over, 0xffff) };
    const count = whole > 0 ? wasm.loud(start, start + 2 * whole, from, sizes.near, sizes.over, placesAt) : 0;
    return places.subarray(0, addCandidates(take, { from: from + whole, to }, { ...sizes, places, count }));
  };
  return { take, room, chunk, mix, peakCandidates: loud };
}

/** Bytes of a buffer with padding, so that the next one is aligned and a step may exceed its end. */
function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / PADDING_BYTES + 1) * PADDING_BYTES;
}
