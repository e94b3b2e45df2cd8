/** The inner loops of mastering: most of its own time is spent in these. */
import { KERNEL_WASM } from './kernel-wasm.ts';
import { LOOP_SAMPLES } from './room-tone.ts';
import { isTop } from './true-peak.ts';

/** Room for a take and for a piece of a chapter, and the loops that go from the one to the other. */
export interface Kernel {
  /** For the sound of a take, from its start. */
  readonly take: Int16Array;
  /** For what is sent to the encoders. */
  readonly chunk: Int16Array;
  /** Lays a piece of the take into the chunk, with its gain and the tone under it. */
  mix(piece: Piece): void;
  /** As `LoudPlaces`, of the take. */
  loud: LoudPlaces;
}

/** A piece of a take on its way into the chunk. */
export interface Piece {
  /** Its first sample in the take, and where that goes in the chunk. */
  from: number;
  to: number;
  samples: number;
  /** Amplitude factor. */
  gain: number;
  /** A further factor for each sample, where a limiter turns down. */
  gains?: Float32Array;
  /** Where the chunk's sample `to` is in the chapter: the tone goes on from piece to piece. */
  at: number;
}

/** Most samples that `LoudPlaces` looks at in one call: its answer needs room for as many. */
export const MOST_PLACES = 1 << 14;

/**
 * The samples, from one up to another, whose size is more than `near` and which are a top (`isTop`) or more than `over`;
 * in order. Whether the first or the last of the whole room is a top is not defined. Sizes are whole numbers of at least
 * 0. What it answers with is overwritten by the next call.
 */
export type LoudPlaces = (from: number, to: number, sizes: { near: number; over: number }) => Int32Array;

/** How large the rooms of a kernel are, and what lies under all that it mixes. */
export interface KernelRooms {
  takeSamples: number;
  chunkSamples: number;
  /** `LOOP_SAMPLES` of them. */
  tone: Float32Array;
}

/** In WebAssembly where this machine can, else in JavaScript: both make the same of the same. */
export function openKernel(rooms: KernelRooms): Kernel {
  return quickKernel(rooms) ?? plainKernel(rooms);
}

const TONE_MASK = LOOP_SAMPLES - 1;
/** Storing into 16 bits cuts off, and whole numbers of 2^16 fall away: so this rounds. Many times faster than Math.round. */
const ROUND = 65_536.5;

/** In JavaScript. */
export function plainKernel({ takeSamples, chunkSamples, tone }: KernelRooms): Kernel {
  const take = new Int16Array(takeSamples);
  const chunk = new Int16Array(chunkSamples);
  const places = new Int32Array(MOST_PLACES);
  return {
    take,
    chunk,
    mix: (piece) => mixFrom(0, piece, { take, chunk, tone }),
    loud: (from, to, sizes) => places.subarray(0, addLoud(take, { from, to }, { ...sizes, places, count: 0 })),
  };
}

/**
 * Where a sum does not fit 16 bits its bits above fall away. Whoever mixes a loud piece lays it again, turned down, where
 * the limiter says so: a compare more in this loop can be measured.
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

/** Writes to `places` from `count` on, and answers with their new count. */
function addLoud(
  take: Int16Array,
  { from, to }: { from: number; to: number },
  { near, over, places, count }: { near: number; over: number; places: Int32Array; count: number },
): number {
  let next = count;
  for (let i = from; i < to; i++) {
    const size = Math.abs(take[i]!);
    if (size > near && (size > over || isTop(take, i))) places[next++] = i;
  }
  return next;
}

/** What kernel.wat exports. Addresses, ends and masks are in bytes. */
interface Exports {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  mix(take: number, chunk: number, end: number, gain: number, tone: number, mask: number, gains: number): void;
  loud(take: number, end: number, first: number, near: number, over: number, places: number): number;
}

/** As much of it as is used here. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const PAGE_BYTES = 65_536;
/** Samples that a loop takes at once, and the bytes of that which may be read or written behind an end. */
const MIX_GROUP = 4;
const LOUD_GROUP = 8;
const SPARE_BYTES = 32;
/** Factors that are laid into the memory at once. */
const MOST_GAINS = 1 << 14;

/** In WebAssembly; `null` where there is none, or no room for its memory. */
export function quickKernel({ takeSamples, chunkSamples, tone }: KernelRooms): Kernel | null {
  const rooms = [4 * LOOP_SAMPLES, 2 * takeSamples, 2 * chunkSamples, 4 * MOST_GAINS, 4 * MOST_GAINS, 4 * MOST_PLACES];
  const starts = rooms.map((_, index) => rooms.slice(0, index).reduce((at, bytes) => at + roomFor(bytes), 0));
  const [toneAt = 0, takeAt = 0, chunkAt = 0, gainsAt = 0, onesAt = 0, placesAt = 0] = starts;
  const wasm = instance(placesAt + roomFor(4 * MOST_PLACES));
  if (wasm === null) return null;
  const { buffer } = wasm.memory;
  const loop = new Float32Array(buffer, toneAt, LOOP_SAMPLES + MIX_GROUP);
  loop.set(tone);
  loop.set(tone.subarray(0, MIX_GROUP), LOOP_SAMPLES);
  const take = new Int16Array(buffer, takeAt, takeSamples);
  const chunk = new Int16Array(buffer, chunkAt, chunkSamples);
  const gainsRoom = new Float32Array(buffer, gainsAt, MOST_GAINS);
  new Float32Array(buffer, onesAt, MOST_GAINS).fill(1);
  const places = new Int32Array(buffer, placesAt, MOST_PLACES);
  const mask = 4 * LOOP_SAMPLES - 1;

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
  const loud: LoudPlaces = (from, to, { near, over }) => {
    const whole = to - from - ((to - from) % LOUD_GROUP);
    const start = takeAt + 2 * from;
    const sizes = { near: Math.min(near, 0xffff), over: Math.min(over, 0xffff) };
    const count = whole > 0 ? wasm.loud(start, start + 2 * whole, from, sizes.near, sizes.over, placesAt) : 0;
    return places.subarray(0, addLoud(take, { from: from + whole, to }, { ...sizes, places, count }));
  };
  return { take, chunk, mix, loud };
}

/** Bytes for a room, so that the next one begins at a whole group and a group may go over its end. */
function roomFor(bytes: number): number {
  return Math.ceil(bytes / SPARE_BYTES + 1) * SPARE_BYTES;
}

function instance(bytes: number): Exports | null {
  // Not there in a Node that may not compile (`--jitless`).
  const { WebAssembly: wasm } = globalThis as { WebAssembly?: Wasm };
  if (wasm === undefined) return null;
  try {
    compiled ??= new wasm.Module(Buffer.from(KERNEL_WASM, 'base64'));
    const exports = new wasm.Instance(compiled).exports as Exports;
    exports.memory.grow(Math.ceil(bytes / PAGE_BYTES));
    return exports;
  } catch {
    // A processor without such instructions, or a limit on address space: each memory reserves gigabytes of it.
    return null;
  }
}

let compiled: object | undefined;
