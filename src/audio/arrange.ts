import { soundBlocks, type TakeMeasures } from './measures.ts';
import { samplesOf } from './pcm.ts';

/** Where a take lies in its chapter, in samples at the takes' own rate. */
export interface TakePosition {
  startSample: number;
  samples: number;
}

/** The same with what is left out at the take's start. Always a whole number of measured blocks. */
export interface Placement extends TakePosition {
  skipSamples: number;
}

/** A chapter's takes in place, one after the other. */
export interface Arrangement {
  placements: Placement[];
  totalSamples: number;
}

/** Silence of its own that a take keeps before its first and after its last sound, where it has so much. */
export const KEPT_LEAD_SECONDS = 0.05;
/** The longest breath that is kept after a take's last sound, in seconds. */
export const KEPT_TAIL_SECONDS = 0.15;

/**
 * Puts takes in a row, each trimmed to a breath of its own silence. A pause counts from the last sound of one take to the
 * first of the next, as it is heard: the breath is part of it. A pause shorter than the breath is as long as the breath.
 * Head and tail count the same way. A take without any sound is kept whole.
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
  const first = Math.max(0, sound.first - blocks(KEPT_LEAD_SECONDS));
  const end = Math.min(samples, (sound.last + 1 + blocks(KEPT_TAIL_SECONDS)) * blockSamples);
  return {
    skipSamples: first * blockSamples,
    samples: end - first * blockSamples,
    lead: (sound.first - first) * blockSamples,
    tail: Math.max(0, end - (sound.last + 1) * blockSamples),
  };
}
