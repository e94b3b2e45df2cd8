/** The traits of a simulated voice: its pitch, the size of its vocal tract and its pace. Stored with the voice. */

import { createHash } from 'node:crypto';

/** Lowest and highest pitch of a simulated voice, in hertz. */
export const PITCH_RANGE_HZ = { low: 75, high: 350 } as const;

/** Everything needed to speak with a voice again after a restart. */
export interface VoiceTraits {
  /** Median fundamental frequency, within PITCH_RANGE_HZ. */
  pitchHz: number;
  /** Formants in percent of an adult man's, 85 to 130: higher means a shorter vocal tract. */
  formantPercent: number;
  /** Pace relative to a normal reader, 0.9 to 1.1. */
  pace: number;
}

/**
 * Traits from the pitch of a sample (undefined when it has none) and from a hash of `seed` (the sample's bytes). Equal
 * input gives equal traits.
 */
export function voiceTraits(seed: Uint8Array | string, heardPitchHz: number | undefined): VoiceTraits {
  const digest = createHash('sha256').update(seed).digest();
  const { low, high } = PITCH_RANGE_HZ;
  // Samples without a measured pitch get one between 90 and 240 Hz, evenly distributed over the octaves.
  const pitchHz = Math.min(high, Math.max(low, heardPitchHz ?? 90 * (240 / 90) ** (digest[0]! / 255)));
  // A higher voice usually has a shorter vocal tract: about 15 % an octave, and individuals differ by up to 10 %.
  const tract = 15 * Math.log2(pitchHz / 110) + (digest[1]! / 255 - 0.5) * 20;
  return {
    pitchHz: Math.round(pitchHz * 10) / 10,
    formantPercent: Math.round(Math.min(130, Math.max(85, 100 + tract))),
    pace: Math.round((0.9 + (digest[2]! / 255) * 0.2) * 1000) / 1000,
  };
}

/** The traits of takes follow these sequences, whose neighbors always differ; see `takeTraits`. */
const STEPS = { pitch: (Math.sqrt(5) - 1) / 2, pace: Math.SQRT2 - 1, formants: 3 / 7 } as const;

/**
 * The same person reading a text for the `take`-th time: each trait moves by at most 4 %, and neighboring takes never have
 * all of them alike. The first take has the traits themselves.
 */
export function takeTraits(traits: VoiceTraits, take: number): VoiceTraits {
  if (take <= 1) return traits;
  const moved = (step: number): number => {
    const shift = ((take * step) % 1) - 0.5;
    return 1 + 0.06 * shift + 0.01 * Math.sign(shift);
  };
  const { pitchHz, pace, formantPercent } = traits;
  return {
    pitchHz: pitchHz * moved(STEPS.pitch),
    pace: pace * moved(STEPS.pace),
    formantPercent: Math.round(formantPercent * moved(STEPS.formants)),
  };
}
