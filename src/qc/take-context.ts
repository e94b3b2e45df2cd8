/** What the checks on a take know besides its audio. */
import type { EndLevels, HeardTake } from './heard-take.ts';

/** What is known about a take besides its audio. */
export interface TakeContext {
  /** The spoken text. */
  text: string;
  /** The voice's habits; undefined while too few of its takes are known. */
  voice?: VoiceHabit | undefined;
  /** What the sound itself tells; undefined when nobody listened, as to a pickup. */
  heard?: HeardTake | undefined;
}

/** A voice's habits, learned from its other takes. */
export interface VoiceHabit {
  /** Its duration divided by that of `expectedSpeech`. */
  pace: number;
  /** RMS of its speech. */
  speechDbfs: number;
  /** The rest is known from eight sentences on. Its sounding time divided by the expected one (scores.ts). */
  soundingPace?: number;
  /** The loudest start and ends of its takes but one, above their speech. */
  startDb?: number;
  endsDb?: EndLevels;
  /** How far its sound moves in 20 ms, how often it swells in a second of sound, and its sharpest peak but one. */
  movement?: number;
  swells?: number;
  click?: number;
}
