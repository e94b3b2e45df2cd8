/** Any rate to 8 kHz, where every take can be compared with every other. Pure. */
import { createSampleReader } from '../pcm.ts';

/** The rate of everything in this folder. */
export const NARROW_HZ = 8_000;

/** Collects sound at 8 kHz; full scale is 1. */
export interface NarrowBand {
  /** s16le bytes; a chunk may end inside a sample. */
  push(chunk: Uint8Array): void;
  /** All of it; the last few milliseconds of the filter are left out. */
  samples(): Float32Array;
}

/** Zero crossings of the filter on each side. */
const HALF_WIDTH = 8;
/** The filter at this many places between two samples. */
const PHASES = 64;

/** A converter from this rate (at least 8 kHz) by a windowed sinc. */
export function createNarrowBand(sampleRateHz: number): NarrowBand {
  const step = sampleRateHz / NARROW_HZ;
  const half = Math.ceil(HALF_WIDTH * step);
  const filters = step === 1 ? [] : filtersFor(step, half);
  const reader = createSampleReader();
  let waiting = new Float32Array(half);
  /** Place of the next value in `waiting`. */
  let at = half;
  let out = new Float32Array(4 * NARROW_HZ);
  let length = 0;
  return {
    push(chunk) {
      const samples = reader.read(chunk);
      if (length + samples.length / step + 1 > out.length) {
        const larger = new Float32Array(2 * out.length + Math.ceil(samples.length / step));
        larger.set(out.subarray(0, length));
        out = larger;
      }
      if (step === 1) {
        for (const sample of samples) out[length++] = sample / 32_768;
        return;
      }
      const input = new Float32Array(waiting.length + samples.length);
      input.set(waiting);
      for (let i = 0; i < samples.length; i++) input[waiting.length + i] = samples[i]! / 32_768;
      for (; at + half < input.length; at += step) {
        const whole = Math.floor(at);
        const filter = filters[Math.floor((at - whole) * PHASES)]!;
        let sum = 0;
        for (let k = -half; k <= half; k++) sum += input[whole + k]! * filter[k + half]!;
        out[length++] = sum;
      }
      const kept = Math.max(0, Math.floor(at) - half);
      waiting = input.slice(kept);
      at -= kept;
    },
    samples: () => out.slice(0, length),
  };
}

/** The filter for each place between two samples: flat to 3.4 kHz. */
function filtersFor(step: number, half: number): Float32Array[] {
  const cutoff = 0.93 / step;
  return Array.from({ length: PHASES }, (_, phase) => {
    const taps = Float32Array.from({ length: 2 * half + 1 }, (_, i) => {
      const x = i - half - phase / PHASES;
      if (Math.abs(x) > half) return 0;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      return cutoff * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / half));
    });
    const sum = taps.reduce((total, tap) => total + tap, 0);
    return taps.map((tap) => tap / sum);
  });
}
