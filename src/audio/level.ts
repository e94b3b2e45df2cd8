import type { CharacterGains } from '../plan/levels.ts';
import type { Range } from '../qc/profiles.ts';
import type { Arrangement, Placement } from './arrange.ts';
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
  /** Of that limiter. */
  lookAheadSeconds: number;
}

/** The gains, and what the chapter will measure with them behind the limiter. */
export interface Levels {
  /** Amplitude factor of each take. */
  gains: number[];
  /** Predicted from measures alone, within about 0.1 LU. −Infinity for a chapter without sound. */
  loudnessLufs: number;
  rmsDbfs: number;
}

/**
 * One constant gain for each character, as it was set for the whole book, and one for the chapter, so that it meets its
 * target after limiting. Never one for each sentence: levels would jump. No target leaves levels alone.
 */
export function levelChapter(chapter: {
  takes: readonly { measures: TakeMeasures; character: string }[];
  /** By character; 0 dB for who is not in it. */
  characterGainsDb?: CharacterGains;
  arrangement: Arrangement;
  target: LevelTarget | null;
}): Levels {
  const { takes, characterGainsDb = {}, arrangement, target } = chapter;
  const parts = takes.map(({ measures }, index) => partOf(measures, arrangement.placements[index]!));
  const base = takes.map(({ character }) => (target === null ? 1 : gainFromDb(characterGainsDb[character] ?? 0)));
  const timeline = layOut(parts, base, arrangement);
  if (target === null) return { gains: base, ...measure(timeline, 1, null) };
  const { gain, ...predicted } = solve(timeline, target);
  return { gains: base.map((own) => own * gain), ...predicted };
}

interface Part {
  startSample: number;
  loudness: Float32Array;
  power: Float32Array;
  peak: Float32Array;
  blockSamples: number;
}

function partOf(measures: TakeMeasures, { startSample, skipSamples, samples }: Placement): Part {
  const { blockSamples } = measures;
  const first = skipSamples / blockSamples;
  const end = first + Math.ceil(samples / blockSamples);
  const cut = (blocks: Float32Array) => blocks.subarray(first, end);
  const blocks = { loudness: cut(measures.loudness), power: cut(measures.power), peak: cut(measures.peak) };
  return { startSample, blockSamples, ...blocks };
}

/** The whole chapter in blocks, the characters' gains included: 12 bytes for each 10 ms, the most that mastering keeps. */
interface Timeline {
  loudness: Float32Array;
  power: Float32Array;
  peak: Float32Array;
  blockSamples: number;
  totalSamples: number;
}

/** Share of a block's K-weighted energy that is heard in the next one although nothing follows; −20 dB, measured. */
const RINGING = 0.01;

function layOut(parts: readonly Part[], gains: readonly number[], { totalSamples }: Arrangement): Timeline {
  const blockSamples = parts[0]?.blockSamples ?? 1;
  const length = Math.ceil(totalSamples / blockSamples) + 1;
  const make = () => new Float32Array(length);
  const timeline = { loudness: make(), power: make(), peak: make(), blockSamples, totalSamples };
  parts.forEach(({ startSample, loudness, power, peak }, index) => {
    const gain = gains[index]!;
    const start = Math.floor(startSample / blockSamples);
    // A take starts between two blocks of the chapter: its own are shared out. In a chapter of few words, the gates of the
    // loudness would otherwise fall on other windows than in the finished file.
    const late = startSample / blockSamples - start;
    for (let i = 0; i < power.length && start + i + 1 < length; i++) {
      const at = start + i;
      const weighted = loudness[i]! * gain * gain;
      const plain = power[i]! * gain * gain;
      timeline.loudness[at]! += weighted * (1 - late);
      timeline.loudness[at + 1]! += weighted * late;
      timeline.power[at]! += plain * (1 - late);
      timeline.power[at + 1]! += plain * late;
      const top = peak[i]! * gain;
      const mostly = late < 0.5 ? at : at + 1;
      if (top > timeline.peak[mostly]!) timeline.peak[mostly] = top;
    }
    // Where a take ends in the middle of sound, the filters of the meter ring on: enough to pass the first gate.
    const behind = start + power.length + 1;
    if (behind < length) timeline.loudness[behind]! += (loudness.at(-1) ?? 0) * gain * gain * RINGING;
  });
  return timeline;
}

const MOST_ROUNDS = 20;
const CLOSE_ENOUGH_DB = 0.01;
/** More is not asked of the recording and the limiter: such a chapter fails its verdict instead of being torn apart. */
const MOST_CHAPTER_GAIN_DB = 46;
const MOST_LIMITING_DB = 24;

/** Raises or lowers all until the prediction meets the target; what the limiter takes away is asked for again. */
function solve(timeline: Timeline, target: LevelTarget): { gain: number; loudnessLufs: number; rmsDbfs: number } {
  let highest = 0;
  for (const peak of timeline.peak) if (peak > highest) highest = peak;
  const mostGainDb = Math.min(MOST_CHAPTER_GAIN_DB, dbFromGain(target.ceiling / highest) + MOST_LIMITING_DB);
  let gainDb = 0;
  let predicted = measure(timeline, 1, target);
  for (let round = 0; round < MOST_ROUNDS && Number.isFinite(predicted.loudnessLufs); round++) {
    const missingDb = missing(predicted, target);
    if (Math.abs(missingDb) < CLOSE_ENOUGH_DB) break;
    gainDb = Math.min(mostGainDb, gainDb + missingDb);
    predicted = measure(timeline, gainFromDb(gainDb), target);
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

function measure(
  timeline: Timeline,
  gain: number,
  limiter: Pick<LevelTarget, 'ceiling' | 'lookAheadSeconds'> | null,
): { loudnessLufs: number; rmsDbfs: number } {
  const { power, totalSamples, blockSamples } = timeline;
  const limited = limiter === null ? null : limiterGains(timeline.peak, gain, limiter);
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

/** Peaks between samples are above the samples' own by about so much in speech at 24 kHz. */
const INTER_SAMPLE = 1.03;

/**
 * What the limiter will do, block by block: held minimum, then mean, as in limiter.ts. Where in its block a peak lies is
 * not known; so the last block that its gain is held for counts half, and so does the last one that is averaged.
 */
function limiterGains(
  peak: Float32Array,
  gain: number,
  { ceiling, lookAheadSeconds }: Pick<LevelTarget, 'ceiling' | 'lookAheadSeconds'>,
): Float32Array {
  const reach = Math.max(1, Math.round(lookAheadSeconds * BLOCKS_PER_SECOND));
  // A look-ahead shorter than a block leaves most of it to its own peak.
  const share = Math.min(1, lookAheadSeconds * BLOCKS_PER_SECOND);
  const near = new Float32Array(peak.length).fill(1);
  const far = new Float32Array(peak.length).fill(1);
  const over: number[] = [];
  for (let i = 0; i < peak.length; i++) {
    const need = ceiling / (peak[i]! * gain * INTER_SAMPLE);
    if (need >= 1) continue;
    over.push(i);
    for (let k = Math.max(0, i - reach); k <= Math.min(peak.length - 1, i + reach); k++) {
      if (need < far[k]!) far[k] = need;
      if (Math.abs(k - i) < reach && need < near[k]!) near[k] = need;
    }
  }
  // Ones before the start and after the end.
  const held = (i: number) => (i < 0 || i >= far.length ? 1 : (near[i]! + far[i]!) / 2);
  const smooth = new Float32Array(peak.length).fill(1);
  let i = 0;
  for (const block of over) {
    // Nothing changes further away from a peak than both reaches together.
    const end = Math.min(peak.length, block + 2 * reach + 1);
    for (i = Math.max(i, block - 2 * reach); i < end; i++) {
      let total = (held(i - reach) + held(i + reach)) / 2;
      for (let k = i - reach + 1; k < i + reach; k++) total += held(k);
      // At the peak itself, which has much of its block's energy, the gain is fully down.
      const own = Math.min(1, ceiling / (peak[i]! * gain * INTER_SAMPLE));
      const around = own < 1 ? Math.min(total / (2 * reach), own) : total / (2 * reach);
      smooth[i] = own + (around - own) * share;
    }
  }
  return smooth;
}
