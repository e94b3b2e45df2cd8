import { PipelineError } from '../../errors.ts';
import { dbFromGain, dbFromPower } from '../pcm.ts';

/**
 * The measures of a take that mastering needs without its audio: energy and peak of each 10 ms.
 *
 * Values have the precision of the stored form (0.01 dB; peaks are exact), so that new and stored measures give bit-identical
 * masters.
 */
export interface TakeMeasures {
  sampleRateHz: number;
  samples: number;
  /** Samples of one block; a shorter last block counts as padded with silence. */
  blockSamples: number;
  /** DC offset in 16-bit sample units, 0 for nearly all takes; removed from the values below. */
  offset: number;
  /** K-weighted mean square of each block; full scale is 1. */
  loudness: Float32Array;
  /** Unweighted mean square of each block; full scale is 1. */
  power: Float32Array;
  /** Largest sample of each block as amplitude, 0–1. */
  peak: Float32Array;
}

/** Summary of a take, for checks and messages. */
export interface TakeSummary {
  durationSeconds: number;
  /** RMS of the complete take; −Infinity for digital silence. */
  rmsDbfs: number;
  samplePeakDbfs: number;
  /** Silence before the first and after the last sound; the full duration for both when there is no sound. */
  leadSilenceSeconds: number;
  tailSilenceSeconds: number;
}

/** Level, peak, lead-in and tail of a take. */
export function summarizeTake(measures: TakeMeasures): TakeSummary {
  const { samples, sampleRateHz, blockSamples, power, peak } = measures;
  let total = 0;
  let highest = 0;
  for (let i = 0; i < power.length; i++) {
    total += power[i]! * blockSamples;
    if (peak[i]! > highest) highest = peak[i]!;
  }
  const sound = soundBlocks(power);
  const durationSeconds = samples / sampleRateHz;
  return {
    durationSeconds,
    rmsDbfs: samples === 0 ? -Infinity : dbFromPower(total / samples),
    samplePeakDbfs: dbFromGain(highest),
    leadSilenceSeconds: sound === null ? durationSeconds : (sound.first * blockSamples) / sampleRateHz,
    tailSilenceSeconds:
      sound === null ? durationSeconds : Math.max(0, samples - (sound.last + 1) * blockSamples) / sampleRateHz,
  };
}

// A block is silent when it is 40 dB below the speech level: below breaths and most consonants. The limits prevent a whisper from
// being all silence and a shout from hiding soft ends. If the recording's hiss is louder, silence is slightly above the hiss, as
// long as that is far below the speech.
const SILENCE_BELOW_SPEECH = 10 ** (-40 / 10);
const LEAST_SILENCE_POWER = 10 ** (-70 / 10);
const MOST_SILENCE_POWER = 10 ** (-50 / 10);
const SILENCE_ABOVE_HISS = 10 ** (6 / 10);
const HISS_BELOW_SPEECH = 10 ** (-25 / 10);
const HISS_BLOCKS = 5;

/** 0-based first and last block with sound; `null` when none is above −70 dBFS. */
export function soundBlocks(power: ArrayLike<number>): { first: number; last: number } | null {
  const threshold = silencePower(power);
  let first = 0;
  while (first < power.length && power[first]! < threshold) first++;
  if (first === power.length) return null;
  let last = power.length - 1;
  while (power[last]! < threshold) last--;
  return { first, last };
}

/** Mean square below which a block counts as silent. */
export function silencePower(power: ArrayLike<number>): number {
  const all = gatedMean(power, LEAST_SILENCE_POWER);
  const speech = gatedMean(power, all / 10);
  const quiet = Math.min(MOST_SILENCE_POWER, Math.max(LEAST_SILENCE_POWER, speech * SILENCE_BELOW_SPEECH));
  return Math.max(quiet, Math.min(hiss(power) * SILENCE_ABOVE_HISS, speech * HISS_BELOW_SPEECH));
}

/** Mean square of the quietest 50 ms. */
function hiss(power: ArrayLike<number>): number {
  let least = Infinity;
  for (let i = 0; i + HISS_BLOCKS <= power.length; i++) {
    let total = 0;
    for (let k = i; k < i + HISS_BLOCKS; k++) total += power[k]!;
    if (total < least) least = total;
  }
  return least === Infinity ? 0 : least / HISS_BLOCKS;
}

/** Mean of the blocks with at least this power; 0 when there are none. */
export function gatedMean(power: ArrayLike<number>, least: number): number {
  let total = 0;
  let count = 0;
  for (let i = 0; i < power.length; i++) {
    if (power[i]! < least) continue;
    total += power[i]!;
    count += 1;
  }
  return count === 0 ? 0 : total / count;
}

// Layout: magic, version, then numbers, then for each block two int16 in 0.01 dB and the peak as uint16 of 1/32768.
const MAGIC = 'NPTM';
// Version 1 had no offset.
const VERSION = 2;
const HEADER_BYTES = 22;
const HEADER_BYTES_VERSION_1 = 20;
const BLOCK_BYTES = 6;
const NO_POWER = -32_768;
/** Below −130 dB there is only the filters' state; 16 bits end at −101 dB. */
const LEAST_POWER = 1e-13;

/** Serializes measures for storage: 22 bytes, and 6 for each 10 ms. `decodeMeasures` restores them exactly. */
export function encodeMeasures(measures: TakeMeasures): Buffer {
  const { loudness, power, peak } = measures;
  const bytes = Buffer.alloc(HEADER_BYTES + BLOCK_BYTES * power.length);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt16LE(VERSION, 4);
  bytes.writeUInt16LE(measures.blockSamples, 6);
  bytes.writeUInt32LE(measures.sampleRateHz, 8);
  bytes.writeUInt32LE(measures.samples, 12);
  bytes.writeUInt32LE(power.length, 16);
  bytes.writeInt16LE(measures.offset, 20);
  for (let i = 0, at = HEADER_BYTES; i < power.length; i++, at += BLOCK_BYTES) {
    bytes.writeInt16LE(powerCode(loudness[i]!), at);
    bytes.writeInt16LE(powerCode(power[i]!), at + 2);
    bytes.writeUInt16LE(Math.round(peak[i]! * 32_768), at + 4);
  }
  return bytes;
}

/** Whether stored measures have the current version; a take with older ones must be measured again. */
export function areCurrentMeasures(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.length < 6 || view.toString('latin1', 0, 4) !== MAGIC || view.readUInt16LE(4) >= VERSION;
}

/** Reads stored measures. Throws `store-damaged` when they are truncated or of an unknown version; then measure the take again. */
export function decodeMeasures(bytes: Uint8Array): TakeMeasures {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 6 || view.toString('latin1', 0, 4) !== MAGIC) throw damaged('they are not measures');
  const version = view.readUInt16LE(4);
  if (version < 1 || version > VERSION) {
    throw damaged(`they have version ${version}, this program reads versions up to ${VERSION}`);
  }
  const headerBytes = version === 1 ? HEADER_BYTES_VERSION_1 : HEADER_BYTES;
  if (view.length < headerBytes) throw damaged('they are truncated');
  const measures = {
    blockSamples: view.readUInt16LE(6),
    sampleRateHz: view.readUInt32LE(8),
    samples: view.readUInt32LE(12),
    offset: version === 1 ? 0 : view.readInt16LE(20),
  };
  const blocks = view.readUInt32LE(16);
  const fits = measures.blockSamples > 0 && blocks === Math.ceil(measures.samples / measures.blockSamples);
  if (!fits || measures.sampleRateHz === 0 || view.length !== headerBytes + BLOCK_BYTES * blocks) {
    throw damaged('their length does not match their header');
  }
  const loudness = new Float32Array(blocks);
  const power = new Float32Array(blocks);
  const peak = new Float32Array(blocks);
  for (let i = 0, at = headerBytes; i < blocks; i++, at += BLOCK_BYTES) {
    loudness[i] = powerOf(view.readInt16LE(at));
    power[i] = powerOf(view.readInt16LE(at + 2));
    peak[i] = view.readUInt16LE(at + 4) / 32_768;
  }
  return { ...measures, loudness, power, peak };
}

/** A mean square rounded to the stored precision. */
export function storedPower(meanSquare: number): number {
  return powerOf(powerCode(meanSquare));
}

function powerCode(meanSquare: number): number {
  return meanSquare < LEAST_POWER ? NO_POWER : Math.round(1000 * Math.log10(meanSquare));
}

function powerOf(code: number): number {
  if (code === NO_POWER) return 0;
  if (code > 0 || code < -MOST_KNOWN) return 10 ** (code / 1000);
  if (POWERS[-code] === 0) POWERS[-code] = 10 ** (code / 1000);
  return POWERS[-code] ?? NaN;
}

/** The powers of codes down to −130 dB, since an hour has 720,000 of them: 104 KB, each computed when it is first asked for. */
const MOST_KNOWN = 13_000;
const POWERS = new Float64Array(MOST_KNOWN + 1);

function damaged(why: string): PipelineError {
  return new PipelineError({
    code: 'store-damaged',
    message: `The stored measures of a take cannot be used: ${why}.`,
    retry: 'never',
  });
}
