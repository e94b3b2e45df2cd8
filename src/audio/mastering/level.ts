import type { CharacterGains } from '../../plan/levels.ts';
import type { Range } from '../../qc/profiles.ts';
import { BLOCKS_PER_SECOND, integratedLoudness } from '../measure/loudness.ts';
import type { TakeMeasures } from '../measure/measures.ts';
import { dbFromGain, dbFromPower, gainFromDb } from '../pcm.ts';
import type { Arrangement, Placement } from './arrange.ts';

/** The target levels of a chapter. */
export interface LevelTarget {
  loudnessLufs: number;
  /** A rule on RMS takes precedence over the loudness, because shops reject files that break it. */
  rmsDbfs: Range | null;
  /** Ceiling of the limiter; full scale is 1. */
  ceiling: number;
  /** Of that limiter. */
  lookAheadSeconds: number;
}

/** The gains, and the predicted levels after the limiter. */
export interface Levels {
  /** Amplitude factor of each take. */
  gains: number[];
  /** Predicted from the measures, within about 0.1 LU. −Infinity for a silent chapter. */
  loudnessLufs: number;
  rmsDbfs: number;
}

/**
 * One constant gain for each character, set for the complete book, and one for the chapter, so that it meets its target after
 * limiting. Never one for each sentence, since levels would jump. Without a target only the takes' own levels apply.
 */
export function levelChapter(chapter: {
  takes: readonly { measures: TakeMeasures; character: string }[];
  /** By character. Default: 0 dB. */
  characterGainsDb?: CharacterGains;
  arrangement: Arrangement;
  target: LevelTarget | null;
}): Levels {
  const { takes, characterGainsDb = {}, arrangement, target } = chapter;
  const parts = takes.map(({ measures }, index) => partOf(measures, arrangement.placements[index]!));
  const base = takes.map(({ character }) => (target === null ? 1 : gainFromDb(characterGainsDb[character] ?? 0)));
  const timeline = buildTimeline(parts, base, arrangement);
  if (target === null)
    return { gains: base, ...measure(timeline, 1, { limiter: null, scratch: scratchFor(timeline) }) };
  const { gain, ...predicted } = solveGain(timeline, target);
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

/** The complete chapter in blocks, with the characters' gains: 12 bytes per 10 ms. */
interface Timeline {
  loudness: Float32Array;
  power: Float32Array;
  peak: Float32Array;
  blockSamples: number;
  totalSamples: number;
}

/** Share of a block's K-weighted energy that rings into the next block; −20 dB, measured. */
const RINGING = 0.01;

function buildTimeline(parts: readonly Part[], gains: readonly number[], { totalSamples }: Arrangement): Timeline {
  const blockSamples = parts[0]?.blockSamples ?? 1;
  const length = Math.ceil(totalSamples / blockSamples) + 1;
  const make = () => new Float32Array(length);
  const timeline = { loudness: make(), power: make(), peak: make(), blockSamples, totalSamples };
  parts.forEach(({ startSample, loudness, power, peak }, index) => {
    const gain = gains[index]!;
    const start = Math.floor(startSample / blockSamples);
    // A take starts between two blocks of the chapter, so its blocks are split between both. Otherwise, in a short chapter, the
    // loudness gates would select other windows than in the finished file.
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
    // When a take ends in the middle of sound, the meter's filters ring enough to pass the first gate.
    const behind = start + power.length + 1;
    if (behind < length) timeline.loudness[behind]! += (loudness.at(-1) ?? 0) * gain * gain * RINGING;
  });
  return timeline;
}

/** Memory for the rounds, each of which would otherwise take that of the complete chapter anew. */
type Scratch = Record<'loudness' | 'near' | 'far' | 'smooth', Float32Array>;

function scratchFor({ power }: Timeline): Scratch {
  const make = () => new Float32Array(power.length);
  return { loudness: make(), near: make(), far: make(), smooth: make() };
}

const MOST_ROUNDS = 20;
const CLOSE_ENOUGH_DB = 0.01;
/** Limits of gain and limiting: a chapter that needs more fails its check instead of being distorted. */
const MOST_CHAPTER_GAIN_DB = 46;
const MOST_LIMITING_DB = 24;

/** Iterates the chapter's gain until the predicted level after the limiter meets the target. */
function solveGain(timeline: Timeline, target: LevelTarget): { gain: number; loudnessLufs: number; rmsDbfs: number } {
  let highest = 0;
  for (let i = 0; i < timeline.peak.length; i++) if (timeline.peak[i]! > highest) highest = timeline.peak[i]!;
  const mostGainDb = Math.min(MOST_CHAPTER_GAIN_DB, dbFromGain(target.ceiling / highest) + MOST_LIMITING_DB);
  let gainDb = 0;
  const of = { limiter: target, scratch: scratchFor(timeline) };
  let predicted = measure(timeline, 1, of);
  for (let round = 0; round < MOST_ROUNDS && Number.isFinite(predicted.loudnessLufs); round++) {
    const missingDb = missingGainDb(predicted, target);
    if (Math.abs(missingDb) < CLOSE_ENOUGH_DB) break;
    gainDb = Math.min(mostGainDb, gainDb + missingDb);
    predicted = measure(timeline, gainFromDb(gainDb), of);
  }
  return { gain: gainFromDb(gainDb), ...predicted };
}

/** Margin to the limits of the RMS rule, for the effect of the encoder. */
const RMS_MARGIN_DB = 0.3;

function missingGainDb(predicted: { loudnessLufs: number; rmsDbfs: number }, target: LevelTarget): number {
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
  { limiter, scratch }: { limiter: Pick<LevelTarget, 'ceiling' | 'lookAheadSeconds'> | null; scratch: Scratch },
): { loudnessLufs: number; rmsDbfs: number } {
  const { power, totalSamples, blockSamples } = timeline;
  const limited = limiter === null ? null : predictedLimiterGains(timeline.peak, gain, { ...limiter, scratch });
  const { loudness } = scratch;
  let total = 0;
  for (let i = 0; i < power.length; i++) {
    const own = gain * (limited === null ? 1 : limited[i]!);
    loudness[i] = timeline.loudness[i]! * own * own;
    total += power[i]! * own * own;
  }
  const rmsDbfs = totalSamples === 0 ? -Infinity : dbFromPower((total * blockSamples) / totalSamples);
  return { loudnessLufs: integratedLoudness(loudness), rmsDbfs };
}

/** Typical ratio of true peak to sample peak in speech at 24 kHz. */
const INTER_SAMPLE = 1.03;

/**
 * Predicts the limiter's gain for each block: sliding minimum, then moving average, as in limiter.ts. The position of a peak in
 * its block is unknown, so the last held and the last averaged block count half. The result is in the scratch.
 */
function predictedLimiterGains(
  peak: Float32Array,
  gain: number,
  of: Pick<LevelTarget, 'ceiling' | 'lookAheadSeconds'> & { scratch: Scratch },
): Float32Array {
  const { ceiling, lookAheadSeconds, scratch } = of;
  const reach = Math.max(1, Math.round(lookAheadSeconds * BLOCKS_PER_SECOND));
  // With a look-ahead shorter than a block, most of the block depends on its own peak.
  const share = Math.min(1, lookAheadSeconds * BLOCKS_PER_SECOND);
  const near = scratch.near.fill(1);
  const far = scratch.far.fill(1);
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
  const smooth = scratch.smooth.fill(1);
  let i = 0;
  for (const block of over) {
    // A peak affects only blocks within twice the reach.
    const end = Math.min(peak.length, block + 2 * reach + 1);
    for (i = Math.max(i, block - 2 * reach); i < end; i++) {
      let total = (held(i - reach) + held(i + reach)) / 2;
      for (let k = i - reach + 1; k < i + reach; k++) total += held(k);
      // At the peak itself, which has much of its block's energy, the full reduction applies.
      const own = Math.min(1, ceiling / (peak[i]! * gain * INTER_SAMPLE));
      const around = own < 1 ? Math.min(total / (2 * reach), own) : total / (2 * reach);
      smooth[i] = own + (around - own) * share;
    }
  }
  return smooth;
}
