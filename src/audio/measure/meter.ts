import { createSampleReader } from '../pcm.ts';
import { MOST_PIECES, MOST_SAMPLES, openBlockSums, SUMS_PER_PIECE } from './block-sums.ts';
import { blockSamplesAt } from './loudness.ts';
import { storedPower, type TakeMeasures } from './measures.ts';

/** Measures one channel of audio as it arrives. Push in order, finish once. */
export interface Meter {
  /** s16le bytes; a chunk may end inside a sample. */
  push(chunk: Uint8Array): void;
  /** Pushes samples. Do not mix with `push` while that has half a sample pending. */
  pushSamples(samples: Int16Array): void;
  /** Samples pushed so far. */
  samples(): number;
  /** Ends the measurement. Drops an odd last byte, which the store refuses anyway. */
  finish(): TakeMeasures;
}

/** A range of samples and its peak. */
export interface Piece {
  from: number;
  /** Just after the last sample. */
  to: number;
  /** Largest amplitude, 0–32,768. */
  highest: number;
}

/**
 * A meter for one channel at this rate (8–96 kHz): K-weighted energy (BS.1770-4), unweighted energy and peak of each 10 ms.
 *
 * For a take (`of: 'take'`), a DC offset is detected and removed from all values, because mastering removes it; a finished file
 * is measured unchanged, and its offset is the mean of all samples. `onPiece` receives the samples in pieces of at most 10 ms, for meters that only read loud pieces.
 */
export function createMeter(
  sampleRateHz: number,
  { of = 'take', onPiece }: { of?: 'take' | 'file'; onPiece?: (samples: Int16Array, piece: Piece) => void } = {},
): Meter {
  const blockSamples = blockSamplesAt(sampleRateHz);
  const reader = createSampleReader();
  const blockSums = openBlockSums({ blockSamples, coefficients: kWeighting(sampleRateHz) });
  const loudness = growingFloats();
  const power = growingFloats();
  const mean = growingFloats();
  const high = growingFloats();
  const low = growingFloats();
  const block: Block = { loudness: 0, power: 0, sum: 0, high: -Infinity, low: Infinity };
  /** Whole blocks that can be added together, besides the one that is begun. */
  const blocksAtOnce = Math.max(1, Math.min(MOST_PIECES, Math.floor(MOST_SAMPLES / blockSamples))) - 1;
  let filled = 0;
  let samples = 0;
  let total = 0;

  const endBlock = () => {
    loudness.add(storedPower(block.loudness / blockSamples));
    power.add(block.power / blockSamples);
    if (of === 'take') mean.add(block.sum / filled);
    total += block.sum;
    high.add(block.high);
    low.add(block.low);
    block.loudness = block.power = block.sum = 0;
    block.high = -Infinity;
    block.low = Infinity;
    filled = 0;
  };
  /** Adds samples that end with a block, or with their chunk: how they arrive then does not change their sums. */
  const addPieces = (chunk: Int16Array, start: number, end: number) => {
    const sums = blockSums.add(chunk.subarray(start, end), blockSamples - filled);
    let from = start;
    for (let at = 0; at < sums.length; at += SUMS_PER_PIECE) {
      const to = Math.min(end, from + blockSamples - filled);
      const high = sums[at + 3]!;
      const low = sums[at + 4]!;
      block.loudness += sums[at]! / FULL_SCALE_POWER;
      block.power += sums[at + 1]! / FULL_SCALE_POWER;
      block.sum += sums[at + 2]! / FULL_SCALE;
      block.high = Math.max(block.high, high / FULL_SCALE);
      block.low = Math.min(block.low, low / FULL_SCALE);
      onPiece?.(chunk, { from, to, highest: Math.max(high, -low) });
      filled += to - from;
      if (filled === blockSamples) endBlock();
      from = to;
    }
  };
  const pushSamples = (chunk: Int16Array) => {
    if (samples === 0 && chunk.length > 0 && (of === 'take' || Math.abs(chunk[0]!) >= LEAST_THUMP))
      blockSums.settleOn(chunk[0]!);
    samples += chunk.length;
    for (let from = 0; from < chunk.length; ) {
      const most = Math.min(MOST_SAMPLES, blockSamples - filled + blocksAtOnce * blockSamples);
      const to = Math.min(chunk.length, from + most);
      addPieces(chunk, from, to);
      from = to;
    }
  };
  return {
    push(chunk) {
      pushSamples(reader.read(chunk));
    },
    pushSamples,
    samples: () => samples,
    finish() {
      if (filled > 0) endBlock();
      const blocks = { power: power.values(), mean: mean.values(), high: high.values(), low: low.values() };
      const offset = of === 'take' ? offsetOf(blocks.mean) : 0;
      const size = { samples, blockSamples };
      const inFile = samples === 0 ? 0 : Math.round((total / samples) * FULL_SCALE);
      const values = { loudness: loudness.values(), ...removeOffset(blocks, offset, size) };
      return { sampleRateHz, ...size, offset: of === 'take' ? offset : inFile, ...values };
    },
  };
}

/** A file that begins with a larger sample, −60 dBFS, begins with a DC offset, or in the middle of a sound. */
const LEAST_THUMP = 33;
/** Smaller offsets may be chance in a short take; 7 of 32,768 is −73 dBFS. */
const LEAST_OFFSET = 7;

/** The DC offset in 16-bit sample units: the median of the blocks' means, which loud vowels do not affect. */
function offsetOf(mean: Float32Array): number {
  const median = mean.slice().sort()[mean.length >> 1] ?? 0;
  const offset = Math.round(median * 32_768);
  return Math.abs(offset) < LEAST_OFFSET ? 0 : offset;
}

/** In the same memory. The means matter only with an offset. */
function removeOffset(
  { power, mean, high, low }: Record<'power' | 'mean' | 'high' | 'low', Float32Array>,
  offset: number,
  { samples, blockSamples }: { samples: number; blockSamples: number },
): { power: Float32Array; peak: Float32Array } {
  const by = offset / 32_768;
  const peak = high;
  for (let i = 0; i < power.length; i++) {
    const share = Math.min(1, samples / blockSamples - i);
    const offsetPower = offset === 0 ? 0 : share * by * (by - 2 * mean[i]!);
    power[i] = storedPower(Math.max(0, power[i]! + offsetPower));
    peak[i] = Math.min(1, Math.max(high[i]! - by, by - low[i]!));
  }
  return { power, peak };
}

/** Running sums of a block, and its highest and lowest sample; full scale is 1. */
interface Block {
  loudness: number;
  power: number;
  sum: number;
  high: number;
  low: number;
}

const FULL_SCALE = 32_768;
const FULL_SCALE_POWER = FULL_SCALE ** 2;

/**
 * Coefficients of the two K-weighting filters at any rate. BS.1770-4 tabulates them for 48 kHz only; the analogue
 * prototypes that give the table are from B. De Man, "Evaluation of implementations of the EBU R128 loudness
 * measurement" (2018), as libebur128 and ffmpeg use them. First the shelf (b0, b1, b2, a1, a2), then the high-pass (a1, a2).
 */
function kWeighting(sampleRateHz: number): Float64Array {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRateHz);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  const h = Math.tan((Math.PI * 38.13547087602444) / sampleRateHz);
  const hq = 0.5003270373238773;
  const h0 = 1 + h / hq + h * h;
  return Float64Array.of(
    (high + (band * k) / q + k * k) / a0,
    (2 * (k * k - high)) / a0,
    (high - (band * k) / q + k * k) / a0,
    (2 * (k * k - 1)) / a0,
    (1 - k / q + k * k) / a0,
    (2 * (h * h - 1)) / h0,
    (1 - h / hq + h * h) / h0,
  );
}

/** A list of floats at 4 bytes each: an hour has 360,000 blocks. */
function growingFloats() {
  let floats = new Float32Array(1024);
  let length = 0;
  return {
    add(value: number) {
      if (length === floats.length) {
        const larger = new Float32Array(length * 2);
        larger.set(floats);
        floats = larger;
      }
      floats[length++] = value;
    },
    values: () => floats.slice(0, length),
  };
}
