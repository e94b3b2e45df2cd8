/**
 * How the parameters of a task color a voice: another seed, instruction, language or hot fix sounds a little different,
 * so that a test can tell whether it was sent. Pure: equal parameters give an equal sound.
 */

import { createHash } from 'node:crypto';
import { TEN_LANGUAGES } from '../../models/languages.ts';
import type { VoiceTraits } from '../voice-traits.ts';

/** What colors a voice besides its own traits. */
export interface Color {
  seed: number;
  instruction: string;
  language: string;
  hotFix: string;
  /** Different for each take where the service does not honor seeds. */
  take: number;
}

/**
 * The traits with a color: pitch and formants move by at most 3 %, the pace by at most 5 %. All traits decide the shift of
 * the pitch, because tones have nothing else to tell two voices apart.
 */
export function coloredTraits(traits: VoiceTraits, color: Color): VoiceTraits {
  const { pitchHz, formantPercent, pace } = traits;
  const { seed, instruction, language, hotFix, take } = color;
  const digest = createHash('sha256')
    .update(JSON.stringify([formantPercent, pace, seed, instruction, language, hotFix, take]))
    .digest();
  const shift = (at: number, most: number) => 1 + (digest.readUInt16BE(at) / 0xffff - 0.5) * 2 * most;
  return {
    pitchHz: pitchHz * shift(0, 0.03),
    formantPercent: Math.round(formantPercent * shift(2, 0.03)),
    pace: pace * shift(4, 0.05),
  };
}

/** The voice engine's name of a language; `Auto`, by the script of the text, for one that it does not have. */
export function languageTypeOf(language: string): string {
  return TEN_LANGUAGES[language] ?? 'Auto';
}
