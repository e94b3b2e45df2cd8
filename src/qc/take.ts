import { dbFromGain } from '../audio/pcm.ts';

/** What is looked at: how long the take is, and its peak in each 10 ms as amplitude (0–1). */
export interface TakeSound {
  samples: number;
  sampleRateHz: number;
  peak: ArrayLike<number>;
}

/** Speech peaks 30 dB and more above this, even whispered; a take that stays below holds nothing but noise. */
const LEAST_PEAK_DBFS = -50;
/** A take shorter than this can not hold a word. */
const LEAST_SECONDS = 0.05;

/** What is plainly wrong with a take, as a sentence; `undefined` when it may be kept. Pure. */
export function judgeTake({ samples, sampleRateHz, peak }: TakeSound): string | undefined {
  if (samples === 0) return 'The service ended the take without any sound.';
  const milliseconds = Math.round((1000 * samples) / sampleRateHz);
  if (samples < LEAST_SECONDS * sampleRateHz) return `The take has only ${milliseconds} ms of sound.`;
  let highest = 0;
  for (let i = 0; i < peak.length; i++) highest = Math.max(highest, peak[i]!);
  const peakDbfs = dbFromGain(highest);
  if (peakDbfs >= LEAST_PEAK_DBFS) return undefined;
  const level = Number.isFinite(peakDbfs) ? `a peak of ${peakDbfs.toFixed(0)} dBFS` : 'digital silence';
  return `The take is silent: ${milliseconds} ms with ${level}.`;
}
