/** The pitch of a voice: the median fundamental frequency of a recording. */
import { createHash } from 'node:crypto';

/** Analysis rate: speech pitch is below 500 Hz, and a low rate keeps a minute of audio cheap. */
const ANALYSIS_HZ = 8000;
const FRAME_SECONDS = 0.04;
const LOWEST_HZ = 60;
const HIGHEST_HZ = 500;
/** Frames analyzed, evenly distributed over the recording, so that the cost is bounded. */
const MOST_FRAMES = 400;
/** YIN's threshold of the normalized difference below which a frame counts as voiced. De Cheveigné & Kawahara, 2002. */
const VOICED_BELOW = 0.15;
/** Fewer voiced frames than this say nothing about a voice. */
const LEAST_FRAMES = 5;

/** Pitches of the recordings heard last, by their digests: a sample is sent for each book, and by some clients with each text. */
const known = new Map<string, number | undefined>();
const MOST_KNOWN = 256;

/** Median pitch in hertz of the voiced frames of mono speech; undefined when there are hardly any (silence, noise). */
export function estimatePitchHz(pcm: Int16Array, sampleRateHz: number): number | undefined {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const digest = createHash('sha256').update(`${sampleRateHz} `).update(bytes).digest('base64');
  if (!known.has(digest)) {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(digest, pitchHz(pcm, sampleRateHz));
  }
  return known.get(digest);
}

function pitchHz(pcm: Int16Array, sampleRateHz: number): number | undefined {
  const signal = decimate(pcm, sampleRateHz);
  const frame = Math.round(ANALYSIS_HZ * FRAME_SECONDS);
  const longestLag = Math.ceil(ANALYSIS_HZ / LOWEST_HZ);
  const last = signal.length - frame - longestLag;
  if (last < 0) return undefined;
  const hop = Math.max(frame / 2, last / MOST_FRAMES);
  const pitches: number[] = [];
  const quiet = loudness(signal) / 4;
  for (let start = 0; start <= last; start += hop) {
    const at = Math.floor(start);
    if (rms(signal, at, frame) < quiet) continue;
    const pitch = framePitch(signal, at, frame, longestLag);
    if (pitch !== undefined) pitches.push(pitch);
  }
  if (pitches.length < LEAST_FRAMES) return undefined;
  pitches.sort((a, b) => a - b);
  return pitches[pitches.length >> 1];
}

/** Averages neighbors down to about the analysis rate; a crude low-pass, which is sufficient for pitch. */
function decimate(pcm: Int16Array, sampleRateHz: number): Float32Array {
  const ratio = sampleRateHz / ANALYSIS_HZ;
  const out = new Float32Array(Math.floor(pcm.length / ratio));
  for (let i = 0; i < out.length; i++) {
    const from = Math.floor(i * ratio);
    const to = Math.max(from + 1, Math.floor((i + 1) * ratio));
    let sum = 0;
    for (let j = from; j < to; j++) sum += pcm[j] ?? 0;
    out[i] = sum / (to - from);
  }
  return out;
}

function loudness(signal: Float32Array): number {
  return rms(signal, 0, signal.length);
}

function rms(signal: Float32Array, start: number, length: number): number {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += signal[i]! * signal[i]!;
  return Math.sqrt(sum / Math.max(1, length));
}

/**
 * One frame by YIN: the first dip of the cumulative-mean-normalized difference, refined by a parabola. Lags beyond the dip
 * are not looked at.
 */
function framePitch(signal: Float32Array, start: number, frame: number, longestLag: number): number | undefined {
  const differences = new Float64Array(longestLag + 1);
  differences[0] = 1;
  let upTo = 0;
  let running = 0;
  const difference = (lag: number): number => {
    while (upTo < lag) {
      upTo++;
      const sum = squaredDifference(signal, start, frame, upTo);
      running += sum;
      differences[upTo] = running === 0 ? 1 : (sum * upTo) / running;
    }
    return differences[lag]!;
  };
  for (let lag = Math.floor(ANALYSIS_HZ / HIGHEST_HZ); lag < longestLag; lag++) {
    if (difference(lag) >= VOICED_BELOW) continue;
    while (lag + 1 < longestLag && difference(lag + 1) < difference(lag)) lag++;
    return ANALYSIS_HZ / (lag + vertex(difference(lag - 1), difference(lag), difference(lag + 1)));
  }
  return undefined;
}

/** Between a frame and the same `lag` samples later. */
function squaredDifference(signal: Float32Array, start: number, frame: number, lag: number): number {
  let sum = 0;
  for (let i = start; i < start + frame; i++) {
    const delta = signal[i]! - signal[i + lag]!;
    sum += delta * delta;
  }
  return sum;
}

/** Position of the minimum of a parabola through three neighbors, in steps from the middle one. */
function vertex(left: number, middle: number, right: number): number {
  const curve = left - 2 * middle + right;
  return curve === 0 ? 0 : (left - right) / (2 * curve);
}
