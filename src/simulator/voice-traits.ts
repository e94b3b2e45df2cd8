/** What makes a simulated voice a person: its pitch, the size of its mouth and its pace. Kept with the voice. */

import { createHash } from 'node:crypto';

/** Lowest and highest pitch that a simulated voice takes, in hertz. */
export const PITCH_RANGE_HZ = { low: 75, high: 350 } as const;

/** Everything needed to speak with a voice again after a restart. */
export interface VoiceTraits {
  /** Median fundamental frequency, within PITCH_RANGE_HZ. */
  pitchHz: number;
  /** Formants in per cent of a grown man's, 85 to 130: higher is a shorter vocal tract. */
  formantPercent: number;
  /** Pace in relation to a normal reader, 0.9 to 1.1. */
  pace: number;
}

/**
 * Traits from the pitch heard in a sample, undefined when nothing could be heard, and from a hash of `seed` (the
 * sample's bytes). Equal input gives equal traits.
 */
export function voiceTraits(seed: Uint8Array | string, heardPitchHz: number | undefined): VoiceTraits {
  const digest = createHash('sha256').update(seed).digest();
  const { low, high } = PITCH_RANGE_HZ;
  // Unheard samples get a pitch between 90 and 240 Hz, evenly spread over the octaves.
  const pitchHz = Math.min(high, Math.max(low, heardPitchHz ?? 90 * (240 / 90) ** (digest[0]! / 255)));
  // A higher voice mostly comes from a shorter tract: about 15 % an octave, and each person differs by up to 10 %.
  const tract = 15 * Math.log2(pitchHz / 110) + (digest[1]! / 255 - 0.5) * 20;
  return {
    pitchHz: Math.round(pitchHz * 10) / 10,
    formantPercent: Math.round(Math.min(130, Math.max(85, 100 + tract))),
    pace: Math.round((0.9 + (digest[2]! / 255) * 0.2) * 1000) / 1000,
  };
}
