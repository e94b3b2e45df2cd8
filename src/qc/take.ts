/** Everything that is checked on a take when it has arrived. Pure; to add a check, add it to the list. */
import type { TakeDoubt } from '../events.ts';
import { expectedSpeech } from './expected-speech.ts';
import type { MeasuredTake } from './measured-take.ts';

/** What is known of a take besides its sound. */
export interface TakeContext {
  /** What is said. */
  text: string;
  /** How this voice usually speaks; undefined while too few of its takes are known. */
  voice?: VoiceHabit | undefined;
}

/** How a voice speaks, learned from its other takes. */
export interface VoiceHabit {
  /** Its seconds over those that `expectedSpeech` tells. */
  pace: number;
  /** RMS of its speech. */
  speechDbfs: number;
}

/** What a take came to. `unusable` has no sound and is never kept; `doubtful` is kept when trying again brings no better one. */
export interface TakeVerdict {
  verdict: 'good' | 'doubtful' | 'unusable';
  /** Worst first; empty for a good take. */
  doubts: TakeDoubt[];
}

/** One thing that can be wrong with a take. */
export interface TakeCheck {
  /** Stable, kebab-case; in reports and records. */
  name: string;
  /** 3: words are missing or too many; 2: it is heard at once; 1: a listener may not mind. 4: there is nothing to keep. */
  severity: 1 | 2 | 3 | 4;
  /** Undefined when the take is right in this. */
  judge(take: MeasuredTake, context: TakeContext): Finding | undefined;
}

interface Finding {
  /** What was measured and what would be right, for a person. */
  measured: string;
  wanted: string;
  /** How far beyond the bound, from 0; only to tell which of two takes is worse. */
  excess: number;
  atSeconds?: number;
}

/** Judges a take by all checks. Equal input gives equal verdicts. */
export function judgeTake(take: MeasuredTake, context: TakeContext): TakeVerdict {
  const doubts: TakeDoubt[] = [];
  for (const { name, severity, judge } of TAKE_CHECKS) {
    const found = judge(take, context);
    if (found === undefined) continue;
    const { measured, wanted, excess, atSeconds } = found;
    // The excess orders within a severity and never lifts into the next.
    const badness = Math.round((severity + excess / (1 + excess)) * 1000) / 1000;
    doubts.push({ check: name, measured, wanted, badness, ...(atSeconds === undefined ? {} : { atSeconds }) });
    // Nothing else is worth saying of a take without sound.
    if (severity === 4) return { verdict: 'unusable', doubts };
  }
  doubts.sort((a, b) => b.badness - a.badness);
  return { verdict: doubts.length === 0 ? 'good' : 'doubtful', doubts };
}

/** How bad a take is as a whole, 0 for a good one: the sum of its doubts, so that two faults are worse than one. */
export function badnessOf(doubts: readonly TakeDoubt[]): number {
  return doubts.reduce((sum, { badness }) => sum + badness, 0);
}

/** Speech peaks 30 dB and more above this, even whispered; a take that stays below holds nothing but noise. */
const LEAST_PEAK_DBFS = -50;
/** A take shorter than this can not hold a word. */
const LEAST_SECONDS = 0.05;
/** Raised to a shop's level, the service's own noise would be heard under speech as quiet as this. */
const LEAST_SPEECH_DBFS = -45;
/** A take of one voice that differs so much from its others, in dB, is heard as another distance to the microphone. */
const MOST_BELOW_VOICE_DB = 12;
const MOST_CLIPPED_PER_SECOND = 3;
const LEAST_CLIPPED = 5;
/** A voice that stops by itself is further below its speech in the last 5 ms. */
const LEAST_END_DROP_DB = 24;
const MOST_ABOVE_NOISE_DB = 6;
const MOST_STEP_DB = 9;
/** In speech without noise some consonant or pause is at least so far below it. */
const LEAST_QUIET_DROP_DB = 13;
/** In less speech there may be no consonant that closes the mouth. */
const LEAST_SECONDS_FOR_NOISE = 1;

/** Length over what is expected, and seconds that are always granted: by the voice's own pace, and without knowing it. */
const PACE = {
  known: { least: 0.6, most: 1.6, slackSeconds: 0.5 },
  unknown: { least: 0.4, most: 3, slackSeconds: 0.5 },
};

/** The slack never grants that hardly anything is left. */
const LEAST_SHARE = 0.15;

/** The checks in the order they are made. */
export const TAKE_CHECKS: readonly TakeCheck[] = [
  {
    name: 'no-sound',
    severity: 4,
    judge({ durationSeconds, peakDbfs }) {
      const wanted = `at least ${LEAST_SECONDS * 1000} ms that peak above ${LEAST_PEAK_DBFS} dBFS`;
      if (durationSeconds < LEAST_SECONDS) return { measured: milliseconds(durationSeconds), wanted, excess: 1 };
      if (peakDbfs >= LEAST_PEAK_DBFS) return undefined;
      const level = Number.isFinite(peakDbfs) ? `a peak of ${peakDbfs.toFixed(0)} dBFS` : 'digital silence';
      return { measured: `${milliseconds(durationSeconds)} with ${level}`, wanted, excess: 1 };
    },
  },
  {
    name: 'cut-off',
    severity: 3,
    judge({ endDbfs, speechDbfs, quietestDbfs, durationSeconds }) {
      const drop = speechDbfs - endDbfs;
      // An end as quiet as the noise under the speech is an end.
      if (drop >= LEAST_END_DROP_DB || endDbfs <= quietestDbfs + MOST_ABOVE_NOISE_DB) return undefined;
      const measured = `ends ${drop < 0 ? `${(-drop).toFixed(0)} dB above` : `${drop.toFixed(0)} dB below`} its speech`;
      const wanted = `a fade to ${LEAST_END_DROP_DB} dB below`;
      return { measured, wanted, excess: (LEAST_END_DROP_DB - drop) / 10, atSeconds: durationSeconds };
    },
  },
  {
    name: 'silence-inside',
    severity: 3,
    judge({ longestSilence }, { text }) {
      const most = expectedSpeech(text).longestPauseSeconds;
      if (longestSilence === null || longestSilence.seconds <= most) return undefined;
      const { seconds, startSeconds } = longestSilence;
      const wanted = `at most ${most.toFixed(1)} s by its punctuation`;
      return {
        measured: `${seconds.toFixed(1)} s of silence`,
        wanted,
        excess: seconds / most - 1,
        atSeconds: startSeconds,
      };
    },
  },
  { name: 'too-long', severity: 3, judge: (take, context) => judgeLength(take, context, 'long') },
  { name: 'too-short', severity: 3, judge: (take, context) => judgeLength(take, context, 'short') },
  {
    name: 'level-jump',
    severity: 2,
    judge({ levelStep }) {
      if (levelStep === null || Math.abs(levelStep.db) <= MOST_STEP_DB) return undefined;
      const { db, atSeconds } = levelStep;
      const measured = `${Math.abs(db).toFixed(0)} dB ${db > 0 ? 'louder' : 'quieter'} from here on`;
      return { measured, wanted: `at most ${MOST_STEP_DB} dB`, excess: (Math.abs(db) - MOST_STEP_DB) / 6, atSeconds };
    },
  },
  {
    name: 'too-quiet',
    severity: 2,
    judge({ speechDbfs }, { voice }) {
      const least = Math.max(LEAST_SPEECH_DBFS, (voice?.speechDbfs ?? -Infinity) - MOST_BELOW_VOICE_DB);
      if (speechDbfs >= least) return undefined;
      const wanted = `at least ${least.toFixed(0)} dBFS${least > LEAST_SPEECH_DBFS ? ', as this voice speaks' : ''}`;
      return { measured: `speech at ${speechDbfs.toFixed(0)} dBFS`, wanted, excess: (least - speechDbfs) / 6 };
    },
  },
  {
    name: 'noise',
    severity: 2,
    judge({ quietestDbfs, speechDbfs, durationSeconds }) {
      const drop = speechDbfs - quietestDbfs;
      if (drop >= LEAST_QUIET_DROP_DB || durationSeconds < LEAST_SECONDS_FOR_NOISE) return undefined;
      const measured = `never more than ${drop.toFixed(0)} dB below its speech`;
      return { measured, wanted: `${LEAST_QUIET_DROP_DB} dB somewhere`, excess: (LEAST_QUIET_DROP_DB - drop) / 6 };
    },
  },
  {
    name: 'clipped',
    severity: 1,
    judge({ clippedPeaks, durationSeconds }) {
      const most = Math.max(LEAST_CLIPPED, durationSeconds * MOST_CLIPPED_PER_SECOND);
      if (clippedPeaks <= most) return undefined;
      const wanted = `at most ${Math.floor(most)}`;
      return { measured: `${clippedPeaks} clipped peaks`, wanted, excess: clippedPeaks / most - 1 };
    },
  },
];

function judgeLength(
  { durationSeconds }: MeasuredTake,
  { text, voice }: TakeContext,
  side: 'long' | 'short',
): Finding | undefined {
  const expected = expectedSpeech(text).seconds * (voice?.pace ?? 1);
  const { least, most, slackSeconds } = voice === undefined ? PACE.unknown : PACE.known;
  const low = Math.max(expected * LEAST_SHARE, expected * least - slackSeconds);
  const high = expected * most + slackSeconds;
  const measured = `${durationSeconds.toFixed(1)} s`;
  if (side === 'long' && durationSeconds > high) {
    return { measured, wanted: `at most ${high.toFixed(1)} s for its text`, excess: durationSeconds / high - 1 };
  }
  if (side === 'short' && durationSeconds < low) {
    return { measured, wanted: `at least ${low.toFixed(1)} s for its text`, excess: low / durationSeconds - 1 };
  }
  return undefined;
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)} ms of sound`;
}
