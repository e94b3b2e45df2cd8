/** The interface of everything that speaks in the simulator. */
import type { VoiceTraits } from './voice-traits.ts';

/** One text to speak, and how. */
export interface Utterance {
  text: string;
  traits: VoiceTraits;
  /** The service's `language_type`. */
  languageType: string;
  /** Sample rate of the output. */
  sampleRateHz: number;
  /** Samples in a chunk; the last one may be shorter. */
  chunkSamples: number;
  /**
   * Session settings of the qwen3 models: factors on pace and pitch [0.5, 2], and volume [0, 100] with 50 as normal.
   */
  speechRate: number;
  pitchRate: number;
  volume: number;
}

/** Speaks utterances; equal utterances give equal samples. */
export interface VoiceEngine {
  readonly name: 'speech' | 'tones';
  /** Mono samples in chunks, at least one sample in all. Ends early, without an error, when the signal aborts. */
  speak(utterance: Utterance, signal: AbortSignal): AsyncIterable<Int16Array>;
  close(): Promise<void>;
}
