import { BLOCKS_PER_SECOND } from './loudness.ts';
import { dbFromPower } from './pcm.ts';

/** How far a decay is followed: from here … */
const FROM_DB = -5;
/** … to here, below the level where it began; twice that is what RT60 would be measured over (ISO 3382's T20). */
const TO_DB = -25;
/** Fewer decays say nothing. */
const LEAST_DECAYS = 5;

/**
 * Reverberation (RT60) judged blindly from how the sound dies away after words, in seconds; null when too few words end in
 * a pause that is quiet enough to tell.
 *
 * A voice itself takes time to end, and it can only be slower than the room, never faster. So of all decays the fast ones
 * count (the quarter's mark). Dry rooms measure 0.1 to 0.3 s, a bathroom or a hall above 0.6 s.
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

/** Seconds for 60 dB at the pace of the decay that begins at `top`; undefined when the sound rises again before. */
function decaySeconds(levels: readonly number[], top: number): number | undefined {
  const start = levels[top]!;
  let from: number | undefined;
  let lowest = start;
  for (let i = top + 1; i < levels.length; i++) {
    const level = levels[i]!;
    // A word that goes on, or another one: not a decay. Three decibels are the ripple of a dying vowel.
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
