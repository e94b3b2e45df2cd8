import type { Range } from '../qc/profiles.ts';
import type { Arrangement, Placement } from './arrange.ts';
import { LOOK_AHEAD_SECONDS } from './limiter.ts';
import { BLOCKS_PER_SECOND, integratedLoudness } from './loudness.ts';
import type { TakeMeasures } from './measures.ts';
import { dbFromGain, dbFromPower, gainFromDb } from './pcm.ts';

/** What the levels are solved for. */
export interface LevelTarget {
  loudnessLufs: number;
  /** A rule on plain RMS wins over the loudness, because a file that breaks it is sent back. */
  rmsDbfs: Range | null;
  /** Of the limiter that will follow, full scale 1. */
  ceiling: number;
}

/** The gains, and what the chapter will measure with them behind the limiter. */
export interface Levels {
  /** Amplitude factor of each take. */
  gains: number[];
  /** Predicted from measures alone, within about 0.1 LU. −Infinity for a chapter without sound. */
  loudnessLufs: number;
  rmsDbfs: number;
}

/** Most that one character is moved against the whole chapter, in dB. More would lift the noise of a bad recording. */
export const MOST_CHARACTER_GAIN_DB = 8;

/**
 * One constant gain for each character, towards the loudness of the whole chapter, and one for the chapter, so that it
 * meets its target after limiting. Never one for each sentence: levels would jump. No target leaves levels alone.
 */
export function levelChapter(chapter: {
  takes: readonly { measures: TakeMeasures; character: string }[];
  arrangement: Arrangement;
  target: LevelTarget | null;
}): Levels {
  const { takes, arrangement, target } = chapter;
  const parts = takes.map(({ measures, character }, index) => {
    return { character, ...partOf(measures, arrangement.placements[index]!) };
  });
  const characterGains = target === null ? new Map<string, number>() : gainsByCharacter(parts);
  const base = parts.map(({ character }) => characterGains.get(character) ?? 1);
  const timeline = layOut(parts, base, arrangement);
  if (target === null) return { gains: base, ...measure(timeline, 1, null) };
  const { gain, ...predicted } = solve(timeline, target);
  return { gains: base.map((own) => own * gain), ...predicted };
}

interface Part {
  character: string;
  startSample: number;
  loudness: Float32Array;
  power: Float32Array;
  peak: Float32Array;
  blockSamples: number;
}

function partOf(measures: TakeMeasures, { startSample, skipSamples, samples }: Placement): Omit<Part, 'character'> {
  const { blockSamples } = measures;
  const first = skipSamples / blockSamples;
  const end = first + Math.ceil(samples / blockSamples);
  const cut = (blocks: Float32Array) => blocks.subarray(first, end);
  const blocks = { loudness: cut(measures.loudness), power: cut(measures.power), peak: cut(measures.peak) };
  return { startSample, blockSamples, ...blocks };
}

function gainsByCharacter(parts: readonly Part[]): Map<string, number> {
  const chapterLufs = integratedLoudness(concat(parts));
  const gains = new Map<string, number>();
  for (const character of new Set(parts.map((part) => part.character))) {
    const ownLufs = integratedLoudness(concat(parts.filter((part) => part.character === character)));
    const wantedDb = Number.isFinite(ownLufs) ? chapterLufs - ownLufs : 0;
    gains.set(character, gainFromDb(Math.max(-MOST_CHARACTER_GAIN_DB, Math.min(MOST_CHARACTER_GAIN_DB, wantedDb))));
  }
  return gains;
}

function concat(parts: readonly Part[]): Float32Array {
  const all = new Float32Array(parts.reduce((blocks, { loudness }) => blocks + loudness.length, 0));
  let at = 0;
  for (const { loudness } of parts) {
    all.set(loudness, at);
    at += loudness.length;
  }
  return all;
}

/** The whole chapter in blocks, the characters' gains included: 12 bytes for each 10 ms, the most that mastering keeps. */
interface Timeline {
  loudness: Float32Array;
  power: Float32Array;
  peak: Float32Array;
  blockSamples: number;
  totalSamples: number;
}

function layOut(parts: readonly Part[], gains: readonly number[], { totalSamples }: Arrangement): Timeline {
  const blockSamples = parts[0]?.blockSamples ?? 1;
  const length = Math.ceil(totalSamples / blockSamples) + 1;
  const make = () => new Float32Array(length);
  const timeline = { loudness: make(), power: make(), peak: make(), blockSamples, totalSamples };
  parts.forEach(({ startSample, loudness, power, peak }, index) => {
    const gain = gains[index]!;
    const start = Math.round(startSample / blockSamples);
    for (let i = 0; i < power.length && start + i < length; i++) {
      timeline.loudness[start + i] = loudness[i]! * gain * gain;
      timeline.power[start + i] = power[i]! * gain * gain;
      timeline.peak[start + i] = peak[i]! * gain;
    }
  });
  return timeline;
}

const MOST_ROUNDS = 20;
const CLOSE_ENOUGH_DB = 0.01;
/** More is not asked of the recording and the limiter: such a chapter fails its verdict instead of being torn apart. */
const MOST_CHAPTER_GAIN_DB = 46;
const MOST_LIMITING_DB = 15;

/** Raises or lowers all until the prediction meets the target; what the limiter takes away is asked for again. */
function solve(timeline: Timeline, target: LevelTarget): { gain: number; loudnessLufs: number; rmsDbfs: number } {
  const highest = timeline.peak.reduce((most, peak) => Math.max(most, peak), 0);
  const mostGainDb = Math.min(MOST_CHAPTER_GAIN_DB, dbFromGain(target.ceiling / highest) + MOST_LIMITING_DB);
  let gainDb = 0;
  let predicted = measure(timeline, 1, target.ceiling);
  for (let round = 0; round < MOST_ROUNDS && Number.isFinite(predicted.loudnessLufs); round++) {
    const missingDb = missing(predicted, target);
    if (Math.abs(missingDb) < CLOSE_ENOUGH_DB) break;
    gainDb = Math.min(mostGainDb, gainDb + missingDb);
    predicted = measure(timeline, gainFromDb(gainDb), target.ceiling);
  }
  return { gain: gainFromDb(gainDb), ...predicted };
}

/** Kept from the edges of the RMS rule, for what the encoder changes. */
const RMS_MARGIN_DB = 0.3;

function missing(predicted: { loudnessLufs: number; rmsDbfs: number }, target: LevelTarget): number {
  const missingDb = target.loudnessLufs - predicted.loudnessLufs;
  const { least, most } = target.rmsDbfs ?? { least: null, most: null };
  const rmsDbfs = predicted.rmsDbfs + missingDb;
  if (least !== null && rmsDbfs < least + RMS_MARGIN_DB) return least + RMS_MARGIN_DB - predicted.rmsDbfs;
  if (most !== null && rmsDbfs > most - RMS_MARGIN_DB) return most - RMS_MARGIN_DB - predicted.rmsDbfs;
  return missingDb;
}

function measure(timeline: Timeline, gain: number, ceiling: number | null): { loudnessLufs: number; rmsDbfs: number } {
  const { power, totalSamples, blockSamples } = timeline;
  const limited = ceiling === null ? null : limiterGains(timeline.peak, gain, ceiling);
  const loudness = new Float32Array(power.length);
  let total = 0;
  for (let i = 0; i < power.length; i++) {
    const own = gain * (limited === null ? 1 : limited[i]!);
    loudness[i] = timeline.loudness[i]! * own * own;
    total += power[i]! * own * own;
  }
  const rmsDbfs = totalSamples === 0 ? -Infinity : dbFromPower((total * blockSamples) / totalSamples);
  return { loudnessLufs: integratedLoudness(loudness), rmsDbfs };
}

const REACH = Math.round(LOOK_AHEAD_SECONDS * BLOCKS_PER_SECOND);
/** Peaks between samples are above the samples' own by about so much in speech at 24 kHz. */
const INTER_SAMPLE = 1.03;

/** What the limiter will do, block by block: held minimum, then mean, as in limiter.ts. */
function limiterGains(peak: Float32Array, gain: number, ceiling: number): Float32Array {
  const held = new Float32Array(peak.length).fill(1);
  for (let i = 0; i < peak.length; i++) {
    const need = ceiling / (peak[i]! * gain * INTER_SAMPLE);
    if (need >= 1) continue;
    for (let k = Math.max(0, i - REACH); k <= Math.min(peak.length - 1, i + REACH); k++) {
      if (need < held[k]!) held[k] = need;
    }
  }
  const smooth = new Float32Array(peak.length);
  let total = 2 * REACH + 1;
  // Ones before the start and after the end.
  const at = (i: number) => (i < 0 || i >= held.length ? 1 : held[i]!);
  for (let i = 0; i <= REACH; i++) total += at(i) - 1;
  for (let i = 0; i < peak.length; i++) {
    smooth[i] = total / (2 * REACH + 1);
    total += at(i + REACH + 1) - at(i - REACH);
  }
  return smooth;
}
