/** What is heard in each 10 ms: energies of bands as wide as the ear's, and the cepstrum that tells sounds apart. Pure. */
import { NARROW_HZ } from './narrow-band.ts';

/** Frames of a sound at 8 kHz, 100 a second. */
export interface Spectra {
  frames: number;
  /** dB of each band of each frame, `BANDS` values a frame; full scale is 0, at least `LEAST_DB`. */
  bands: Float32Array;
  /** dB of the mean power of each frame of 10 ms, between 100 and 3,800 Hz. */
  level: Float32Array;
}

/** Bands from 100 to 3,800 Hz on the mel scale. */
export const BANDS = 20;
/** Coefficients of a cepstrum; the level itself is none of them. */
export const CEPSTRUM = 12;
/** Quieter is silence. */
export const LEAST_DB = -90;
/** Frames a second. */
export const FRAMES_HZ = 100;

const HOP = NARROW_HZ / FRAMES_HZ;
const WINDOW = 200;
const FFT = 256;
const LOW_HZ = 100;
const HIGH_HZ = 3_800;
const BAND_MEL = (melOf(HIGH_HZ) - melOf(LOW_HZ)) / (BANDS + 1);

/** The spectra of a sound at 8 kHz. */
export function spectraOf(samples: Float32Array): Spectra {
  const frames = Math.max(0, Math.floor((samples.length - WINDOW) / HOP) + 1);
  const bands = new Float32Array(frames * BANDS);
  const level = new Float32Array(frames);
  const window = Float64Array.from(
    { length: WINDOW },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / WINDOW),
  );
  const gain = window.reduce((sum, value) => sum + value * value, 0) * FFT;
  const weights = melWeights();
  const fft = createFft(FFT);
  const re = new Float64Array(FFT);
  const im = new Float64Array(FFT);
  // Two frames in one transform: one as its real, the other as its imaginary part.
  for (let frame = 0; frame < frames; frame += 2) {
    re.fill(0);
    im.fill(0);
    const from = frame * HOP;
    const isPair = frame + 1 < frames;
    for (let i = 0; i < WINDOW; i++) {
      re[i] = samples[from + i]! * window[i]!;
      if (isPair) im[i] = samples[from + HOP + i]! * window[i]!;
    }
    fft(re, im);
    for (let part = 0; part < (isPair ? 2 : 1); part++) {
      let total = 0;
      for (let band = 0; band < BANDS; band++) {
        const { first, values } = weights[band]!;
        let power = 0;
        for (let k = 0; k < values.length; k++) power += values[k]! * powerAt(re, im, first + k, part);
        total += power;
        bands[(frame + part) * BANDS + band] = decibels((2 * power) / gain);
      }
      level[frame + part] = decibels((2 * total) / gain);
    }
  }
  return { frames, bands, level };
}

/** The cepstra of frames, without the mean of the sounding ones: what remains is the sound and not the room. */
export function cepstraOf({ frames, bands }: Spectra, isSounding: Uint8Array): Float32Array {
  const cosines = cosinesOfCepstrum();
  const cepstra = new Float32Array(frames * CEPSTRUM);
  const mean = new Float32Array(CEPSTRUM);
  let sounding = 0;
  for (let frame = 0; frame < frames; frame++) {
    sounding += isSounding[frame]!;
    for (let order = 0; order < CEPSTRUM; order++) {
      let sum = 0;
      for (let band = 0; band < BANDS; band++) sum += cosines[order * BANDS + band]! * bands[frame * BANDS + band]!;
      cepstra[frame * CEPSTRUM + order] = sum;
      if (isSounding[frame]) mean[order]! += sum;
    }
  }
  for (let order = 0; order < CEPSTRUM; order++) mean[order]! /= Math.max(1, sounding);
  for (let at = 0; at < cepstra.length; at++) cepstra[at]! -= mean[at % CEPSTRUM]!;
  return cepstra;
}

/** What each band adds to each coefficient: `BANDS` values a coefficient. */
export function cosinesOfCepstrum(): Float64Array {
  return Float64Array.from({ length: CEPSTRUM * BANDS }, (_, at) => {
    const order = Math.floor(at / BANDS) + 1;
    return Math.cos((Math.PI * order * ((at % BANDS) + 0.5)) / BANDS) * Math.sqrt(2 / BANDS);
  });
}

function powerAt(re: Float64Array, im: Float64Array, bin: number, part: number): number {
  const other = FFT - bin;
  const a = part === 0 ? re[bin]! + re[other]! : im[bin]! + im[other]!;
  const b = part === 0 ? im[bin]! - im[other]! : re[other]! - re[bin]!;
  return (a * a + b * b) / 4;
}

function decibels(power: number): number {
  return Math.max(LEAST_DB, 10 * Math.log10(power + 1e-12));
}

/** The frequency of the middle of a band, in Hz; `band` need not be a whole number. */
export function bandHz(band: number): number {
  return 700 * (10 ** ((melOf(LOW_HZ) + BAND_MEL * (band + 1)) / 2595) - 1);
}

/** The band whose middle is at a frequency in Hz, as a number that need not be whole. */
export function bandAt(hz: number): number {
  return (melOf(hz) - melOf(LOW_HZ)) / BAND_MEL - 1;
}

function melOf(hz: number): number {
  return 2595 * Math.log10(1 + hz / 700);
}

function melWeights(): { first: number; values: Float64Array }[] {
  return Array.from({ length: BANDS }, (_, band) => {
    const [low, middle, high] = [bandHz(band - 1), bandHz(band), bandHz(band + 1)];
    const binHz = NARROW_HZ / FFT;
    const first = Math.max(1, Math.ceil(low / binHz));
    const last = Math.min(FFT / 2 - 1, Math.floor(high / binHz));
    const values = Float64Array.from({ length: last - first + 1 }, (_, k) => {
      const at = (first + k) * binHz;
      return at <= middle ? (at - low) / (middle - low) : (high - at) / (high - middle);
    });
    return { first, values };
  });
}

/** A complex transform in place, radix 2. */
function createFft(size: number): (re: Float64Array, im: Float64Array) => void {
  const cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
  const sin = Float64Array.from({ length: size / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / size));
  const bits = Math.log2(size);
  const reversed = Uint16Array.from({ length: size }, (_, i) => {
    let value = 0;
    for (let bit = 0; bit < bits; bit++) value |= ((i >> bit) & 1) << (bits - 1 - bit);
    return value;
  });
  return (re, im) => {
    for (let i = 0; i < size; i++) {
      const j = reversed[i]!;
      if (j <= i) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = cos[k * step]!;
          const s = sin[k * step]!;
          const a = start + k;
          const b = a + half;
          const x = re[b]! * c - im[b]! * s;
          const y = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
      }
    }
  };
}
