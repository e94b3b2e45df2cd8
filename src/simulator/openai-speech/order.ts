/** A speech call after validation: what to speak, and how to answer. The same for every profile. */
import type { SpeechFormat } from '../../speech/openai-speech/protocol.ts';
import type { VoiceTraits } from '../voice-traits.ts';

/** One text to speak. */
export interface SpeechOrder {
  text: string;
  traits: VoiceTraits;
  /** The voice engines' word for the language. */
  languageType: string;
  /** Factors on pace and pitch. */
  speechRate: number;
  pitchRate: number;
  /** What decides how the voice reads, besides text and voice: the seed, or undefined for another reading each time. */
  seed: string | undefined;
  format: SoundFormat;
  sampleRateHz: number;
  /** Output tokens after which the speech ends, wherever the text is. */
  maxTokens: number;
  /** The body at once, server-sent events, or the body as it is made. */
  delivery: 'body' | 'events' | 'stream';
  wantsWordTimes: boolean;
  /** Tokens of the text, and of the sample when its words are known. */
  textTokens: number;
  audioTokens: number;
  /** Whether each sentence is made by itself and joined to the others with a pause. */
  bySentence: boolean;
  /** CrispASR's notice that a clone is artificial. */
  notice: 'applied' | 'skipped' | 'denied';
}

/** The formats that the simulator makes; the others need an encoder. */
export type SoundFormat = 'wav' | 'pcm' | 'f32';

/** Whether the simulator makes a format. */
export function isMade(format: SpeechFormat): format is SoundFormat {
  return format === 'wav' || format === 'pcm' || format === 'f32';
}
