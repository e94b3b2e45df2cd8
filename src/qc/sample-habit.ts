/** What the recording that a voice was cloned from shows of how it speaks, before its takes do. Pure. */
import { syllablesIn } from './expected-speech.ts';
import type { HeardTake } from './heard-take.ts';
import { guessedPaceOf, paceOf, swellsOf } from './pace-scores.ts';
import type { SampleHabit } from './take-context.ts';

/** Less says little about a voice. */
const LEAST_SECONDS = 3;
/** Words whose pace is farther from the guess, as a logarithm, are not those of the sample, or not all of them. */
const MOST_OFF_GUESS = 0.5;

/** What was heard in a sample, and the words that are said in it; undefined when too little sounds. */
export function sampleHabitOf(heard: HeardTake, words?: string): SampleHabit | undefined {
  if (heard.soundingSeconds < LEAST_SECONDS) return undefined;
  const { movement, soundingSeconds, click } = heard;
  const sound = { movement, swells: swellsOf(heard), clickApart: click.apart };
  const guessed = guessedPaceOf(heard);
  const unknown = { soundingPace: guessed, hasWords: false, isSpelled: true, ...sound };
  if (words === undefined) return unknown;
  const { pace } = paceOf(soundingSeconds, words);
  const isSpelled = syllablesIn(words) !== undefined;
  if (isSpelled && Math.abs(Math.log(pace / guessed)) > MOST_OFF_GUESS) return unknown;
  return { soundingPace: pace, hasWords: true, isSpelled, ...sound };
}
