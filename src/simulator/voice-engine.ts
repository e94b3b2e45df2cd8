/** The interface of everything that speaks in the simulator. */
import type { VoiceTraits } from './voice-traits.ts';

/** One text to speak, and how. */
export interface Utterance {
  text: string;
  traits: VoiceTraits;
  /** The service's `language_type`. */
  languageType: string;
  /** Rate of the samples to return. */
  sampleRateHz: number;
  /** Samples in a chunk; the last one may be shorter. */
  chunkSamples: number;
  /** Session settings of the qwen3 models: factors on pace and pitch [0.5, 2], and loudness [0, 100] with 50 as it is. */
  speechRate: number;
  pitchRate: number;
  volume: number;
}

/** Speaks utterances; equal utterances give equal samples. */
export interface VoiceEngine {
  readonly name: 'speech' | 'tones';
  /** Mono samples in chunks, never empty as a whole. Ends early, without an error, when the signal aborts. */
  speak(utterance: Utterance, signal: AbortSignal): AsyncIterable<Int16Array>;
  close(): Promise<void>;
}
