import { soundBlocks, type TakeMeasures } from '../measure/measures.ts';
import { samplesOf } from '../pcm.ts';

/** Position of a take in its chapter, in samples at the takes' rate. */
export interface TakePosition {
  startSample: number;
  samples: number;
}

/** A position with the samples that are trimmed at the take's start, a whole number of measured blocks. */
export interface Placement extends TakePosition {
  skipSamples: number;
}

/** The positions of a chapter's takes. */
export interface Arrangement {
  placements: Placement[];
  totalSamples: number;
}

/** Lead-in: the longest silence that a take keeps before its first sound. */
export const TAKE_LEAD_SECONDS = 0.05;
/** The longest silence that a take keeps after its last sound. */
export const TAKE_TAIL_SECONDS = 0.15;

/**
 * Places takes one after the other, trimmed to a short lead-in and tail of silence. Pauses are measured from the last sound of
 * a take to the first sound of the next, so they include the silence that the takes keep, and are never shorter than it. The
 * same applies to head and tail. A silent take is not trimmed.
 */
export function arrangeChapter(chapter: {
  takes: readonly { measures: TakeMeasures; pauseAfterMs: number }[];
  sampleRateHz: number;
  headSeconds: number;
  tailSeconds: number;
}): Arrangement {
  const { takes, sampleRateHz, headSeconds, tailSeconds } = chapter;
  const placements: Placement[] = [];
  let at = 0;
  let pause = samplesOf(headSeconds, sampleRateHz);
  let kept = 0;
  takes.forEach(({ measures, pauseAfterMs }, index) => {
    const trimmed = trim(measures);
    at += Math.max(0, pause - kept - trimmed.lead);
    placements.push({ startSample: at, samples: trimmed.samples, skipSamples: trimmed.skipSamples });
    at += trimmed.samples;
    kept = trimmed.tail;
    const isLast = index === takes.length - 1;
    pause = samplesOf(isLast ? tailSeconds : pauseAfterMs / 1000, sampleRateHz);
  });
  return { placements, totalSamples: at + Math.max(0, pause - kept) };
}

function trim(measures: TakeMeasures): { skipSamples: number; samples: number; lead: number; tail: number } {
  const { samples, blockSamples, sampleRateHz, power } = measures;
  const sound = soundBlocks(power);
  if (sound === null) return { skipSamples: 0, samples, lead: 0, tail: 0 };
  const blocks = (seconds: number) => Math.round((seconds * sampleRateHz) / blockSamples);
  const first = Math.max(0, sound.first - blocks(TAKE_LEAD_SECONDS));
  const end = Math.min(samples, (sound.last + 1 + blocks(TAKE_TAIL_SECONDS)) * blockSamples);
  return {
    skipSamples: first * blockSamples,
    samples: end - first * blockSamples,
    lead: (sound.first - first) * blockSamples,
    tail: Math.max(0, end - (sound.last + 1) * blockSamples),
  };
}
