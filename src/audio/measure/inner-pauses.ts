import type { Placement } from '../mastering/arrange.ts';
import { silencePower, type TakeMeasures } from './measures.ts';

/** Shorter silences are stop consonants. */
const LEAST_SECONDS = 0.12;

/** The pauses inside a take, without those at its ends, in seconds from the start of its used part. */
export function innerPauses(measures: TakeMeasures, { skipSamples, samples }: Placement): [number, number][] {
  const { power, blockSamples, sampleRateHz } = measures;
  const threshold = silencePower(power);
  const blockSeconds = blockSamples / sampleRateHz;
  const first = skipSamples / blockSamples;
  const end = first + Math.floor(samples / blockSamples);
  const pauses: [number, number][] = [];
  let start = -1;
  for (let i = first; i < end; i++) {
    if (power[i]! < threshold) {
      if (start < 0) start = i;
      continue;
    }
    const isLong = start >= 0 && (i - start) * blockSeconds >= LEAST_SECONDS;
    if (isLong && start > first)
      pauses.push([round((start - first) * blockSeconds), round((i - first) * blockSeconds)]);
    start = -1;
  }
  return pauses;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
