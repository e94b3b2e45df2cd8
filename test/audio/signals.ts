/** Sounds that tests make themselves: tones, something like speech, silence. */
import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { ChapterTake } from '../../src/audio/mastering/chapter-sound.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';

export const RATE_HZ = 24_000;

export const bytesOf = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

export function make(seconds: number, rateHz: number, value: (second: number, index: number) => number): Int16Array {
  const samples = new Int16Array(Math.round(seconds * rateHz));
  for (let i = 0; i < samples.length; i++) {
    samples[i] = Math.max(-32_768, Math.min(32_767, Math.round(32_768 * value(i / rateHz, i))));
  }
  return samples;
}

export const sine = (hz: number, dbfs: number, seconds: number, rateHz = RATE_HZ) => {
  const value = (s: number) => 10 ** (dbfs / 20) * Math.sin(2 * Math.PI * hz * s);
  const again = samplesUntilAgain(hz, rateHz);
  const samples = new Int16Array(Math.round(seconds * rateHz));
  if (again === undefined || again >= samples.length) return make(seconds, rateHz, value);
  // Minutes of a tone are a second of it, or less, again and again.
  const one = make(again / rateHz, rateHz, value);
  for (let at = 0; at < samples.length; at += again) samples.set(one.subarray(0, samples.length - at), at);
  return samples;
};

/** After how many samples a tone is at the same place of its period again. Undefined where that is never. */
function samplesUntilAgain(hz: number, rateHz: number): number | undefined {
  if (!Number.isInteger(hz) || !Number.isInteger(rateHz)) return undefined;
  let [divisor, rest] = [rateHz, hz];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return rateHz / divisor;
}

export const silence = (seconds: number, rateHz = RATE_HZ) => new Int16Array(Math.round(seconds * rateHz));

export function join(...parts: Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Numbers from 0 up to 1, always the same for a seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 2 ** 31;
  };
}

/** Syllables of a buzzing voice with some breath, as loud as `gain` says. Always the same. */
export function voice(seconds: number, { hz = 120, gain = 0.5, rateHz = RATE_HZ } = {}): Int16Array {
  const next = random(12_345);
  const buzzAt = (s: number): number => {
    let buzz = 0;
    for (let k = 1; k <= 20; k++) buzz += Math.cos(2 * Math.PI * hz * k * s + (Math.PI * k * k) / 20) / k;
    return buzz;
  };
  const again = samplesUntilAgain(hz, rateHz) ?? Number.POSITIVE_INFINITY;
  const one =
    again < seconds * rateHz ? Array.from({ length: again }, (_, index) => buzzAt(index / rateHz)) : undefined;
  return make(seconds, rateHz, (s, index) => {
    const syllable =
      Math.max(0, Math.sin(2 * Math.PI * 2.7 * s)) ** 0.7 * (0.6 + 0.4 * Math.sin(2 * Math.PI * 0.31 * s));
    const buzz = one?.[index % again] ?? buzzAt(s);
    return gain * syllable * (buzz / 3 + 0.02 * (2 * next() - 1));
  });
}

export function measure(samples: Int16Array, rateHz = RATE_HZ) {
  const meter = createMeter(rateHz);
  meter.pushSamples(samples);
  return meter.finish();
}

export function take(samples: Int16Array, { character = 'narrator', pauseAfterMs = 300 } = {}): ChapterTake {
  const bytes = bytesOf(samples);
  const half = (bytes.length >> 1) | 1;
  const open = () => Readable.from([bytes.subarray(0, half), bytes.subarray(half)], { objectMode: false });
  return { measures: measure(samples), character, pauseAfterMs, open };
}

export const ffmpegHere = (): Promise<Ffmpeg> => findFfmpeg({ pathEnv: process.env['PATH'] });

/** What ffmpeg's own meters say of a file; `format` are input options for raw sound. */
export async function foreignMeter(ffmpeg: Ffmpeg, path: string, format: string[] = []) {
  const filter = 'astats=measure_perchannel=none,ebur128=peak=true:framelog=verbose';
  const args = ['-hide_banner', '-nostats', ...format, '-i', path, '-map', '0:a', '-af', filter, '-f', 'null', '-'];
  const { stderr } = await promisify(execFile)(ffmpeg.path, args);
  const number = (pattern: RegExp) => Number(pattern.exec(stderr)?.[1] ?? Number.NaN);
  return {
    loudnessLufs: number(/ I: +(-?[\d.]+) LUFS/),
    truePeakDbtp: number(/True peak:\s+Peak: +(-?[\d.]+) dBFS/),
    rmsDbfs: number(/RMS level dB: (-?[\d.]+)/),
    samplePeakDbfs: number(/Peak level dB: (-?[\d.]+)/),
  };
}
