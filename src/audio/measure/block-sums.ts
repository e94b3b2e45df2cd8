/** The inner loops of the meter, where it spends most of its time: the energies and extremes of each 10 ms of one channel. */

import { instantiateWasm, type WasmMemory } from '../wasm-module.ts';
import { BLOCK_SUMS_WASM } from './block-sums-wasm.ts';

/** Most samples that `BlockSums.add` takes at once. */
export const MOST_SAMPLES = 1 << 14;
/** Most pieces that these may be. */
export const MOST_PIECES = 1 << 10;

/**
 * Doubles for each piece, in sample units: K-weighted energy (the sum of squares), plain energy, sum, highest and lowest sample. All
 * but the first are whole numbers.
 */
export const SUMS_PER_PIECE = 5;

/** Sums of the samples of one channel, which remembers the filters' state. */
export interface BlockSums {
  /** Starts as if this sample had lasted forever, so that a DC offset causes no thump. */
  settleOn(sample: number): void;
  /**
   * Adds samples in pieces: the first of `firstSamples`, the others of a block, the last of what is left over. Returns
   * `SUMS_PER_PIECE` doubles for each; the next call of any `BlockSums` overwrites them.
   */
  add(samples: Int16Array, firstSamples: number): Float64Array;
}

/** Blocks of so many samples, with the coefficients of the two filters: five of the shelf, two of the high-pass. */
export interface BlockSumsRequest {
  blockSamples: number;
  coefficients: Float64Array;
}

/** Opens sums in WebAssembly if available, otherwise in JavaScript; both give identical results. */
export function openBlockSums(request: BlockSumsRequest): BlockSums {
  return wasmBlockSums(request) ?? jsBlockSums(request);
}

/** x1, x2, y1, y2, z1, z2: the last two samples, and the last two results of each filter. */
const REMEMBERED = 6;

/** The sums in JavaScript. */
export function jsBlockSums({ blockSamples, coefficients }: BlockSumsRequest): BlockSums {
  const memory = new Float64Array(REMEMBERED);
  const sums = new Float64Array(SUMS_PER_PIECE * MOST_PIECES);
  return {
    settleOn: (sample) => settle(sample, coefficients, memory),
    add(samples, firstSamples) {
      let at = 0;
      let to = firstSamples;
      for (let from = 0; from < samples.length; from = to, to += blockSamples, at += SUMS_PER_PIECE) {
        to = Math.min(to, samples.length);
        addPiece({ samples, from, to }, { coefficients, memory, sums, at });
      }
      return sums.subarray(0, at);
    },
  };
}

function settle(sample: number, coefficients: Float64Array, memory: Float64Array): void {
  const [b0 = 0, b1 = 0, b2 = 0, a1 = 0, a2 = 0] = coefficients;
  const y = (sample * (b0 + b1 + b2)) / (1 + a1 + a2);
  memory.set([sample, sample, y, y, 0, 0]);
}

/** Filter states below this, in 16-bit sample units, count as zero: −270 dB. */
const NEGLIGIBLE = 1e-9;

function addPiece(
  { samples, from, to }: { samples: Int16Array; from: number; to: number },
  of: { coefficients: Float64Array; memory: Float64Array; sums: Float64Array; at: number },
): void {
  const { coefficients, memory, sums, at } = of;
  // Locals, not elements of arrays, which are read and written for each sample: twice as slow.
  const b0 = coefficients[0]!;
  const b1 = coefficients[1]!;
  const b2 = coefficients[2]!;
  const a1 = coefficients[3]!;
  const a2 = coefficients[4]!;
  const r1 = coefficients[5]!;
  const r2 = coefficients[6]!;
  let weighted = 0;
  let plain = 0;
  let sum = 0;
  let high = -32_768;
  let low = 32_767;
  let x1 = memory[0]!;
  let x2 = memory[1]!;
  let y1 = memory[2]!;
  let y2 = memory[3]!;
  let z1 = memory[4]!;
  let z2 = memory[5]!;
  for (let i = from; i < to; i++) {
    const x = samples[i]!;
    sum += x;
    if (x > high) high = x;
    if (x < low) low = x;
    plain += x * x;
    // Two biquads in direct form I: a sample then waits for the one before by one product and one difference alone, a
    // third less time than the transposed form takes. The high-pass has the numerator 1, −2, 1.
    const y = b0 * x + b1 * x1 + b2 * x2 - a2 * y2 - a1 * y1;
    const z = y - y1 - (y1 - y2) - r2 * z2 - r1 * z1;
    weighted += z * z;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    z2 = z1;
    z1 = z;
  }
  // In digital silence the memory of the filters would decay into denormal numbers, which cost a hundred times as much.
  if (high === 0 && low === 0) {
    if (Math.abs(y1) < NEGLIGIBLE && Math.abs(y2) < NEGLIGIBLE) y1 = y2 = 0;
    if (Math.abs(z1) < NEGLIGIBLE && Math.abs(z2) < NEGLIGIBLE) z1 = z2 = 0;
  }
  memory[0] = x1;
  memory[1] = x2;
  memory[2] = y1;
  memory[3] = y2;
  memory[4] = z1;
  memory[5] = z2;
  sums[at] = weighted;
  sums[at + 1] = plain;
  sums[at + 2] = sum;
  sums[at + 3] = high;
  sums[at + 4] = low;
}

/** What block-sums.wat exports. Addresses, ends and lengths are in bytes. */
interface Exports {
  memory: WasmMemory;
  sums(at: number, end: number, first: number, block: number, state: number, out: number): void;
}

/** One instance for all channels, since each reserves address space: a call takes its state along. */
interface Room {
  wasm: Exports;
  state: Float64Array;
  samples: Int16Array;
  sums: Float64Array;
}

const COEFFICIENTS = 7;
const SAMPLES_AT = 128;
const SUMS_AT = SAMPLES_AT + 2 * MOST_SAMPLES;

/** The sums in WebAssembly; `null` if it is unavailable. */
export function wasmBlockSums({ blockSamples, coefficients }: BlockSumsRequest): BlockSums | null {
  shared ??= openRoom();
  if (shared === null) return null;
  const { wasm, state, samples: room, sums } = shared;
  const own = new Float64Array(COEFFICIENTS + REMEMBERED);
  own.set(coefficients);
  return {
    settleOn: (sample) => settle(sample, coefficients, own.subarray(COEFFICIENTS)),
    add(samples, firstSamples) {
      if (samples.length === 0) return sums.subarray(0, 0);
      room.set(samples);
      state.set(own);
      wasm.sums(SAMPLES_AT, SAMPLES_AT + 2 * samples.length, 2 * firstSamples, 2 * blockSamples, 0, SUMS_AT);
      own.set(state);
      const pieces = 1 + Math.ceil(Math.max(0, samples.length - firstSamples) / blockSamples);
      return sums.subarray(0, SUMS_PER_PIECE * pieces);
    },
  };
}

let shared: Room | null | undefined;

function openRoom(): Room | null {
  const wasm = instantiateWasm<Exports>(BLOCK_SUMS_WASM, SUMS_AT + 8 * SUMS_PER_PIECE * MOST_PIECES);
  if (wasm === null) return null;
  const { buffer } = wasm.memory;
  return {
    wasm,
    state: new Float64Array(buffer, 0, COEFFICIENTS + REMEMBERED),
    samples: new Int16Array(buffer, SAMPLES_AT, MOST_SAMPLES),
    sums: new Float64Array(buffer, SUMS_AT, SUMS_PER_PIECE * MOST_PIECES),
  };
}
