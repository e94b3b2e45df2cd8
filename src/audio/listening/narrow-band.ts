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
  /** Sound that is not at 8 kHz yet: the first `filled` values. */
  let input = new Float64Array(Math.ceil(sampleRateHz / 4));
  let filled = half;
  /** Place of the next value in `input`. */
  let at = half;
  let out = new Float32Array(4 * NARROW_HZ);
  let length = 0;

  function fill(samples: Int16Array): void {
    if (filled + samples.length > input.length) {
      const larger = new Float64Array(2 * input.length + samples.length);
      larger.set(input.subarray(0, filled));
      input = larger;
    }
    const [to, from] = [input, filled];
    for (let i = 0; i < samples.length; i++) to[from + i] = samples[i]! / 32_768;
    filled += samples.length;
  }

  /** Four values at once, of a rate that is a multiple of 8 kHz: each adds in the same order as one by one. */
  function narrowByFours(): void {
    // Variables of this function alone: those around it would be read again for each value.
    const [filter, from, to] = [filters[0]!, input, out];
    let [first, next] = [at - half, length];
    for (; first + 3 * step + 2 * half < filled; first += 4 * step) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let k = 0; k <= 2 * half; k++) {
        const weight = filter[k]!;
        a += from[first + k]! * weight;
        b += from[first + step + k]! * weight;
        c += from[first + 2 * step + k]! * weight;
        d += from[first + 3 * step + k]! * weight;
      }
      to[next] = a;
      to[next + 1] = b;
      to[next + 2] = c;
      to[next + 3] = d;
      next += 4;
    }
    [at, length] = [first + half, next];
  }

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
      fill(samples);
      if (Number.isInteger(step)) narrowByFours();
      for (; at + half < filled; at += step) {
        const whole = Math.floor(at);
        const filter = filters[Math.floor((at - whole) * PHASES)]!;
        let sum = 0;
        for (let k = -half; k <= half; k++) sum += input[whole + k]! * filter[k + half]!;
        out[length++] = sum;
      }
      const done = Math.max(0, Math.floor(at) - half);
      input.copyWithin(0, done, filled);
      filled = Math.max(0, filled - done);
      at -= done;
    },
    samples: () => out.slice(0, length),
  };
}

/** The filter for each place between two samples: flat to 3.4 kHz. */
function filtersFor(step: number, half: number): Float64Array[] {
  const cutoff = 0.93 / step;
  return Array.from({ length: PHASES }, (_, phase) => {
    const taps = Float32Array.from({ length: 2 * half + 1 }, (_, i) => {
      const x = i - half - phase / PHASES;
      if (Math.abs(x) > half) return 0;
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cutoff * x) / (Math.PI * cutoff * x);
      return cutoff * sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / half));
    });
    const sum = taps.reduce((total, tap) => total + tap, 0);
    return Float64Array.from(taps.map((tap) => tap / sum));
  });
}
