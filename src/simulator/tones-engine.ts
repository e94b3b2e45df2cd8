/**
 * Speech without espeak-ng, and for benchmarks: tone bursts at the voice's pitch, as many as the text has syllables. A
 * few bursts are computed for each utterance and then only copied, so ten hours cost about a second.
 */

import { billedUnits } from '../models.ts';
import type { Utterance, VoiceEngine } from './voice-engine.ts';

/** Five syllables a second, a reader's pace: about 15 letters, or 4.5 Chinese characters. */
const SYLLABLE_SECONDS = 0.2;
const LETTERS_PER_SECOND = 15;
const HAN_PER_SECOND = 4.5;
/** Share of a syllable that has sound. */
const VOICED_PART = 0.8;
/** Pitch of the bursts relative to the voice; their median is 1. */
const MELODY = [1, 1.06, 1, 0.95] as const;
/** Peak of a burst at normal volume, about −9 dBFS: near the loudness of the service's own speech. */
const PEAK = 11_500;

/** The engine of tones. */
export function tonesEngine(): VoiceEngine {
  return { name: 'tones', speak, close: async () => {} };
}

async function* speak(utterance: Utterance, signal: AbortSignal): AsyncGenerator<Int16Array> {
  const bursts = MELODY.map((step) => burst(utterance, step));
  const syllableSamples = bursts[0]!.length;
  const total = Math.max(1, Math.round(soundSeconds(utterance) / SYLLABLE_SECONDS)) * syllableSamples;
  for (let start = 0; start < total && !signal.aborted; start += utterance.chunkSamples) {
    const chunk = new Int16Array(Math.min(utterance.chunkSamples, total - start));
    for (let at = 0; at < chunk.length; ) {
      const position = start + at;
      const source = bursts[Math.floor(position / syllableSamples) % bursts.length]!;
      const part = source.subarray(position % syllableSamples).subarray(0, chunk.length - at);
      chunk.set(part, at);
      at += part.length;
    }
    yield chunk;
  }
}

/** Length of the utterance; at least 0.4 s, like the shortest words. */
function soundSeconds({ text, traits, speechRate }: Utterance): number {
  const characters = [...text].length;
  const han = billedUnits(text) - characters;
  const seconds = (characters - han) / LETTERS_PER_SECOND + han / HAN_PER_SECOND;
  return Math.max(0.4, seconds / (traits.pace * speechRate));
}

/** One syllable: three harmonics under a smooth envelope, and a short rest. */
function burst({ traits, pitchRate, volume, sampleRateHz }: Utterance, step: number): Int16Array {
  const samples = new Int16Array(Math.round(SYLLABLE_SECONDS * sampleRateHz));
  const voiced = Math.round(samples.length * VOICED_PART);
  const radians = (2 * Math.PI * traits.pitchHz * pitchRate * step) / sampleRateHz;
  const peak = PEAK * (volume / 50);
  for (let i = 0; i < voiced; i++) {
    const envelope = Math.sin((Math.PI * i) / voiced) ** 0.5;
    const wave = (Math.sin(radians * i) + 0.5 * Math.sin(2 * radians * i) + 0.25 * Math.sin(3 * radians * i)) / 1.75;
    samples[i] = Math.max(-32_768, Math.min(32_767, Math.round(peak * envelope * wave)));
  }
  return samples;
}
