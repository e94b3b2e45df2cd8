import { dbFromPower } from '../pcm.ts';
import { BLOCKS_PER_SECOND } from './loudness.ts';

/** Start of the measured part of a decay, relative to its peak … */
const FROM_DB = -5;
/** … and its end (ISO 3382, T20). */
const TO_DB = -25;
/** Fewest decays for an estimate. */
const LEAST_DECAYS = 5;

/**
 * Blind estimate of the reverberation time (RT60) from the decay after words, in seconds; null when too few words end in a
 * quiet pause.
 *
 * A voice decays slower than the room, never faster, so the first quartile of the decays is used. Dry rooms measure 0.1 to 0.3 s,
 * a bathroom or a hall above 0.6 s.
 */
export function reverberationSeconds(power: ArrayLike<number>): number | null {
  const levels = Array.from(power, (value) => Math.max(-100, dbFromPower(value)));
  const decays: number[] = [];
  for (let top = 1; top < levels.length - 1; top++) {
    const isPeak = levels[top]! >= levels[top - 1]! && levels[top]! > levels[top + 1]!;
    if (!isPeak) continue;
    const seconds = decaySeconds(levels, top);
    if (seconds !== undefined) decays.push(seconds);
  }
  if (decays.length < LEAST_DECAYS) return null;
  decays.sort((a, b) => a - b);
  return decays[Math.floor(decays.length / 4)]!;
}

/** Extrapolated time for 60 dB of the decay that begins at `top`; undefined when the level rises again. */
function decaySeconds(levels: readonly number[], top: number): number | undefined {
  const start = levels[top]!;
  let from: number | undefined;
  let lowest = start;
  for (let i = top + 1; i < levels.length; i++) {
    const level = levels[i]!;
    // The word continues, or another one begins. A decaying vowel ripples by up to 3 dB.
    if (level > lowest + 3) return undefined;
    lowest = Math.min(lowest, level);
    if (from === undefined && level <= start + FROM_DB) from = i;
    if (level <= start + TO_DB) {
      const blocks = i - (from ?? i);
      return ((blocks + 1) / BLOCKS_PER_SECOND) * (60 / (FROM_DB - TO_DB));
    }
  }
  return undefined;
}
