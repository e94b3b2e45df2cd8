/** Recordings whose text cannot be what is said: found before anything is fitted, listed, and left out. */

import type { Recording, RecordingSet } from './recordings.ts';
import { soundSpan } from './waveforms.ts';

/** No reader is this much faster or slower than the rest of the same set, by letters of the text in a second. */
const MOST_TIMES = 2;
/** Of a shorter text, its few letters say little about the time. */
const LEAST_LETTERS = 12;

/** The recordings of a set that do not fit their texts. */
export function misfits({ recordings }: RecordingSet): Recording[] {
  const pace = (recording: Recording) => soundSeconds(recording) / lettersOf(recording.text);
  const long = recordings.filter(({ text }) => lettersOf(text) >= LEAST_LETTERS);
  const usual = long.map(pace).sort((a, b) => a - b)[long.length >> 1]!;
  return long.filter((one) => pace(one) > usual * MOST_TIMES || pace(one) < usual / MOST_TIMES);
}

/** Seconds from the first sound to the last. */
export function soundSeconds({ samples, sampleRateHz }: Recording): number {
  const { from, to } = soundSpan(samples, sampleRateHz);
  return (to - from) / sampleRateHz;
}

/** Letters of a text; a digit is read as a word. */
export function lettersOf(text: string): number {
  return (text.match(/\p{L}/gu)?.length ?? 0) + 4 * (text.match(/\p{N}/gu)?.length ?? 0);
}
