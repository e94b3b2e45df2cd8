import { blockSamplesAt } from './loudness.ts';
import { storedPower, type TakeMeasures } from './measures.ts';
import { createSampleReader } from './pcm.ts';

/** Measures sound of one channel while it arrives. Push in order, finish once. */
export interface Meter {
  /** s16le bytes; a chunk may end inside a sample. */
  push(chunk: Uint8Array): void;
  /** The same sound as samples. Do not mix with `push` while it waits for half a sample. */
  pushSamples(samples: Int16Array): void;
  /** Samples pushed so far. */
  samples(): number;
  /** Ends the measuring. An odd last byte is dropped: whoever stores a take refuses it first. */
  finish(): TakeMeasures;
}

/** A meter for one channel at this rate (8–96 kHz): K-weighted energy (BS.1770-4), plain energy and peak of each 10 ms. */
export function createMeter(sampleRateHz: number): Meter {
  const blockSamples = blockSamplesAt(sampleRateHz);
  const reader = createSampleReader();
  const weigh = createBlockWeigher(sampleRateHz);
  const loudness = growingFloats();
  const power = growingFloats();
  const peak = growingFloats();
  const block = { filled: 0, loudness: 0, power: 0, peak: 0 };
  let samples = 0;

  const endBlock = () => {
    loudness.add(storedPower(block.loudness / blockSamples));
    power.add(storedPower(block.power / blockSamples));
    peak.add(block.peak);
    Object.assign(block, { filled: 0, loudness: 0, power: 0, peak: 0 });
  };
  const pushSamples = (chunk: Int16Array) => {
    samples += chunk.length;
    for (let from = 0; from < chunk.length; ) {
      const to = Math.min(chunk.length, from + blockSamples - block.filled);
      weigh(chunk, from, to, block);
      block.filled += to - from;
      if (block.filled === blockSamples) endBlock();
      from = to;
    }
  };
  return {
    push: (chunk) => pushSamples(reader.read(chunk)),
    pushSamples,
    samples: () => samples,
    finish() {
      if (block.filled > 0) endBlock();
      const blocks = { loudness: loudness.values(), power: power.values(), peak: peak.values() };
      return { sampleRateHz, samples, blockSamples, ...blocks };
    },
  };
}

/** Adds the samples' energies and peak to a block. The filters remember what came before. */
function createBlockWeigher(sampleRateHz: number) {
  const { shelf, highPass } = kWeighting(sampleRateHz);
  const [b0, b1, b2, a1, a2] = shelf;
  const [r1, r2] = highPass;
  const memory = new Float64Array(4);
  return (samples: Int16Array, from: number, to: number, into: { loudness: number; power: number; peak: number }) => {
    let weighted = 0;
    let plain = 0;
    let peak = into.peak;
    // Locals, not variables of the closure: those would put a number on the heap for each sample.
    let s1 = memory[0]!;
    let s2 = memory[1]!;
    let t1 = memory[2]!;
    let t2 = memory[3]!;
    for (let i = from; i < to; i++) {
      const x = samples[i]! * (1 / 32_768);
      plain += x * x;
      const size = x < 0 ? -x : x;
      if (size > peak) peak = size;
      // Two biquads in transposed direct form II; the high-pass has the numerator 1, −2, 1.
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = y + t1;
      t1 = -2 * y - r1 * z + t2;
      t2 = y - r2 * z;
      weighted += z * z;
    }
    // In digital silence the memory of the filters would decay into denormal numbers, which cost a hundred times as much.
    if (peak === 0 && Math.abs(t1) < 1e-12 && Math.abs(t2) < 1e-12) s1 = s2 = t1 = t2 = 0;
    memory[0] = s1;
    memory[1] = s2;
    memory[2] = t1;
    memory[3] = t2;
    into.loudness += weighted;
    into.power += plain;
    into.peak = peak;
  };
}

/**
 * Coefficients of the two K-weighting filters at any rate. BS.1770-4 tabulates them for 48 kHz only; the analogue
 * prototypes that give the table are from B. De Man, "Evaluation of implementations of the EBU R128 loudness
 * measurement" (2018), as libebur128 and ffmpeg use them.
 */
function kWeighting(sampleRateHz: number) {
  const k = Math.tan((Math.PI * 1681.974450955533) / sampleRateHz);
  const q = 0.7071752369554196;
  const high = 10 ** (3.999843853973347 / 20);
  const band = high ** 0.4996667741545416;
  const a0 = 1 + k / q + k * k;
  const h = Math.tan((Math.PI * 38.13547087602444) / sampleRateHz);
  const hq = 0.5003270373238773;
  const h0 = 1 + h / hq + h * h;
  return {
    shelf: [
      (high + (band * k) / q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (band * k) / q + k * k) / a0,
      (2 * (k * k - 1)) / a0,
      (1 - k / q + k * k) / a0,
    ],
    highPass: [(2 * (h * h - 1)) / h0, (1 - h / hq + h * h) / h0],
  } as const;
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
