/** What the checks on a take know besides its audio. */
import type { EndLevels, HeardTake } from './heard-take.ts';
import type { VoicePrint } from './voice-print.ts';

/** What is known about a take besides its audio. */
export interface TakeContext {
  /** The spoken text. */
  text: string;
  /** The voice's habits; undefined while too few of its takes are known. */
  voice?: VoiceHabit | undefined;
  /** What the recording that the voice was cloned from shows; it counts only as long as the voice has no pace of its own. */
  sample?: SampleHabit | undefined;
  /** What the sound itself tells; undefined when nobody listened, as to a pickup. */
  heard?: HeardTake | undefined;
  /** The print of its voice (audio/listening/print.ts); undefined for a short take, and when nobody listened. */
  print?: readonly number[] | undefined;
  /** The other voices of its book. */
  cast?: readonly VoicePrint[];
  /** It was spoken by a direction. */
  isDirected?: boolean;
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
  /** How far its sound moves in 20 ms, how often it swells in a second of sound, its sharpest peak and its deepest dip but one. */
  movement?: number;
  swells?: number;
  click?: number;
  dip?: number;
  /** What it sounds like, from eight takes of two seconds on. */
  print?: VoicePrint;
}

/** How the recording that a voice was cloned from is spoken (sample-habit.ts). */
export interface SampleHabit {
  /** Its sounding time divided by the expected one: of its words, or guessed from its swells. */
  soundingPace: number;
  /** Its words are known: its pace is measured and not guessed. */
  hasWords: boolean;
  /** Its words are of letters that tell their syllables, as far as that is known: a pace in Chinese is none in English. */
  isSpelled: boolean;
  /** How far its sound moves in 20 ms, and how often it swells in a second of sound. */
  movement: number;
  swells: number;
  /** How far its sharpest peak is apart from the rest of it (HeardTake.click). */
  clickApart: number;
}
