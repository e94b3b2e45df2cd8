/** Voices that a server has of its own, and voices that follow from a name only. */
import { type VoiceTraits, voiceTraits } from '../voice-traits.ts';

/** Speakers of Qwen3-TTS; other servers have others, but nothing depends on their names. */
export const STOCK_VOICES = [
  'vivian',
  'serena',
  'ryan',
  'aiden',
  'dylan',
  'eric',
  'uncle_fu',
  'ono_anna',
  'sohee',
] as const;
/** OpenAI's. */
export const OPENAI_VOICES = [
  ...['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'onyx'],
  ...['nova', 'sage', 'shimmer', 'verse', 'marin', 'cedar'],
] as const;
/** The voice of a call that names none, or whose sample is ignored. */
export const DEFAULT_VOICE = STOCK_VOICES[0];

/** The voice of a name: equal names, equal voices. */
export function namedTraits(name: string): VoiceTraits {
  return voiceTraits(`stock voice ${name}`, undefined);
}

/** Who speaks after the model was swapped: nobody that was asked for. */
export const SWAPPED_TRAITS: VoiceTraits = namedTraits('of another model');

/** A clone from the speaker's vector alone resembles the sample less: another vocal tract, a bit higher. */
export function vectorOnlyTraits({ pitchHz, formantPercent, pace }: VoiceTraits): VoiceTraits {
  return { pitchHz: pitchHz * 1.05, formantPercent: formantPercent + 6, pace };
}
