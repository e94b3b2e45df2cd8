/** Hears a WAV file as the settings and faults want it: the words, and when. */
import { parseWavHeader } from '../../audio/pcm.ts';
import type { SpeechContext } from '../response.ts';

/** What was heard. */
export interface Heard {
  /** Empty: no words. */
  text: string;
  seconds: number;
  words: { text: string; startSeconds: number; endSeconds: number }[];
}

/** A louder sample is speech. */
const LEAST_AMPLITUDE = 300;

/** Undefined for bytes that are no complete WAV file of 16-bit samples. */
export function hearWav(file: Uint8Array, { sounds, settings, faults }: SpeechContext): Heard | undefined {
  const header = parseWavHeader(file);
  if (header === null || header === 'incomplete' || header.channels !== 1) return undefined;
  const pcm = file.subarray(header.dataOffset);
  const recalled = sounds.recall(pcm) ?? settings.hearing.says;
  const isEmpty = recalled === '' || faults.strike({ place: 'hearing', text: recalled })?.kind === 'hears-nothing';
  const text = isEmpty ? '' : recalled;
  const seconds = pcm.length / 2 / header.sampleRateHz;
  return { text, seconds, words: timesOf(text, soundSpan(pcm, header.sampleRateHz)) };
}

/** Words over the sound by their letters: near enough for what needs an order. */
function timesOf(text: string, [from, to]: readonly [number, number]): Heard['words'] {
  const words = text.match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map((word) => {
    const at = (count: number): number => from + ((to - from) * count) / letters;
    const startSeconds = at(before);
    before += word.length;
    return { text: word, startSeconds, endSeconds: at(before) };
  });
}

function soundSpan(pcm: Uint8Array, sampleRateHz: number): [number, number] {
  // A copy, because a slice of a pooled Buffer is none.
  const samples = new Int16Array(new Uint8Array(pcm.subarray(0, pcm.length & ~1)).buffer);
  const isLoud = (sample: number): boolean => Math.abs(sample) > LEAST_AMPLITUDE;
  const from = samples.findIndex(isLoud);
  return from < 0 ? [0, 0] : [from / sampleRateHz, (samples.findLastIndex(isLoud) + 1) / sampleRateHz];
}
