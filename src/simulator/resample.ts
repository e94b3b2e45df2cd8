/** Changes the sample rate of speech without aliasing: a polyphase filter with a Kaiser-windowed sinc. */

/** Zero crossings of the sinc on each side; with the window below, about 80 dB of stopband attenuation. */
const CROSSINGS = 16;
const KAISER_BETA = 8;
/** The pass band ends slightly below the lower Nyquist frequency, to leave room for the transition. */
const PASS_BAND = 0.92;

/** Converts between two fixed rates; made once, used for any number of recordings. */
export interface Resampler {
  /** Output samples for `inputLength` samples. */
  outputLength(inputLength: number): number;
  /**
   * Output samples [start, start + count) of a recording, scaled by `gain` and clamped. Pure: equal calls, equal
   * samples.
   */
  range(input: Int16Array, start: number, count: number, gain: number): Int16Array;
}

/** A resampler from one integer rate in hertz to another. */
export function createResampler(fromHz: number, toHz: number): Resampler {
  const divisor = gcd(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const cutoff = Math.min(1, toHz / fromHz) * PASS_BAND;
  const half = Math.ceil(CROSSINGS / cutoff);
  const filters = Array.from({ length: up }, (_, phase) => phaseFilter(phase / up, half, cutoff));
  const outputLength = (inputLength: number) => Math.floor((inputLength * up) / down);

  return {
    outputLength,
    range(input, start, count, gain) {
      const end = Math.min(start + count, outputLength(input.length));
      const output = new Int16Array(Math.max(0, end - start));
      for (let i = start; i < end; i++) {
        const position = i * down;
        const filter = filters[position % up]!;
        const first = Math.floor(position / up) - half + 1;
        // Reading outside of a typed array is slow, so taps beyond the ends of the recording are skipped.
        const last = Math.min(filter.length, input.length - first);
        let sum = 0;
        for (let tap = Math.max(0, -first); tap < last; tap++) sum += input[first + tap]! * filter[tap]!;
        output[i - start] = Math.max(-32_768, Math.min(32_767, Math.round(sum * gain)));
      }
      return output;
    },
  };
}

/** Taps for an output that is `fraction` of an input sample after an input sample; their sum is 1. */
function phaseFilter(fraction: number, half: number, cutoff: number): Float64Array {
  const taps = new Float64Array(2 * half);
  let sum = 0;
  for (let tap = 0; tap < taps.length; tap++) {
    const distance = tap - half + 1 - fraction;
    taps[tap] = sinc(distance * cutoff) * kaiser(distance / half);
    sum += taps[tap]!;
  }
  return taps.map((tap) => tap / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
