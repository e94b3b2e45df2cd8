/** The outline of a sound for the page's waveform, from measures: no sound is read, and nothing is decoded. Pure. */
import type { TakeMeasures } from '../../audio/measure/measures.ts';
import type { ChapterTimeline } from '../../lines/chapter-timeline.ts';
import type { Peaks } from '../shapes.ts';

/** Steps of a chapter's outline for each second. */
export const PEAKS_PER_SECOND = 20;
const MOST = 127;

/** The outline of a chapter with its gains. */
export function chapterPeaks({ sound, sampleRateHz, measures }: ChapterTimeline): Peaks {
  const { placements, totalSamples } = sound.arrangement;
  const { ceiling } = sound.render;
  const steps = newSteps(totalSamples, sampleRateHz);
  for (const [index, { startSample, skipSamples, samples }] of placements.entries()) {
    const { gain } = sound.render.takes[index]!;
    addTake(steps, { measures: measures[index]!, startSample, skipSamples, samples, gain, most: ceiling ?? 1 });
  }
  return shown(steps);
}

/** The outline of one take as it was recorded. */
export function takePeaks(measures: readonly TakeMeasures[]): Peaks {
  const rate = measures[0]?.sampleRateHz ?? 24_000;
  const steps = newSteps(
    measures.reduce((sum, { samples }) => sum + samples, 0),
    rate,
  );
  let startSample = 0;
  for (const one of measures) {
    addTake(steps, { measures: one, startSample, skipSamples: 0, samples: one.samples, gain: 1, most: 1 });
    startSample += one.samples;
  }
  return shown(steps);
}

interface Steps {
  values: Float32Array;
  samplesOfStep: number;
}

function newSteps(totalSamples: number, sampleRateHz: number): Steps {
  const samplesOfStep = sampleRateHz / PEAKS_PER_SECOND;
  return { values: new Float32Array(Math.ceil(totalSamples / samplesOfStep)), samplesOfStep };
}

function addTake(
  { values, samplesOfStep }: Steps,
  of: {
    measures: TakeMeasures;
    startSample: number;
    skipSamples: number;
    samples: number;
    gain: number;
    most: number;
  },
): void {
  const { measures, startSample, skipSamples, samples, gain, most } = of;
  const { blockSamples, peak } = measures;
  const first = skipSamples / blockSamples;
  const end = Math.min(peak.length, first + Math.ceil(samples / blockSamples));
  for (let block = first; block < end; block++) {
    const step = Math.floor((startSample + (block - first) * blockSamples) / samplesOfStep);
    if (step >= values.length) return;
    values[step] = Math.max(values[step]!, Math.min(most, peak[block]! * gain));
  }
}

function shown({ values }: Steps): Peaks {
  const pairs = new Int8Array(values.length * 2);
  for (const [step, value] of values.entries()) {
    const size = Math.min(MOST, Math.round(value * MOST));
    pairs[2 * step] = -size;
    pairs[2 * step + 1] = size;
  }
  return { perSecond: PEAKS_PER_SECOND, peaks: Buffer.from(pairs.buffer).toString('base64') };
}
