/** The checks on a take. Pure; to add a check, add it to the list. The texts of `measured` and `wanted` are stored with takes. */
import type { TakeDoubt } from '../events.ts';
import { expectedSpeech } from './expected-speech.ts';
import type { MeasuredTake } from './measured-take.ts';
import { SCORES } from './scores.ts';
import type { TakeContext } from './take-context.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';
import { VOICE_SCORES } from './voice-scores.ts';

/** The result for a take. `unusable` takes have no sound and are never stored; `doubtful` ones are stored when a retry is no better. */
export interface TakeVerdict {
  verdict: 'good' | 'doubtful' | 'unusable';
  /** Worst first; empty for a good take. */
  doubts: TakeDoubt[];
}

/** A check on a take. */
export interface TakeCheck {
  /** Stable, kebab-case; in reports and records. */
  name: string;
  /** 4: no usable audio; 3: words are missing or repeated; 2: clearly audible; 1: a listener may not notice. */
  severity: 1 | 2 | 3 | 4;
  /** Undefined when the take passes. */
  judge(take: MeasuredTake, context: TakeContext): Finding | undefined;
}

interface Finding {
  /** The measurement and the requirement, as text. */
  measured: string;
  wanted: string;
  /** How far beyond the limit, from 0; only used to compare takes. */
  excess: number;
  atSeconds?: number;
}

/** Applies all checks to a take. Deterministic. */
export function judgeTake(take: MeasuredTake, context: TakeContext, thresholds: Thresholds = THRESHOLDS): TakeVerdict {
  const doubts: TakeDoubt[] = [];
  for (const { name, severity, judge } of TAKE_CHECKS) {
    const found = judge(take, context);
    if (found === undefined) continue;
    const { measured, wanted, excess, atSeconds } = found;
    const badness = badnessBy(severity, excess);
    doubts.push({ check: name, measured, wanted, badness, ...(atSeconds === undefined ? {} : { atSeconds }) });
    // The other checks mean nothing without sound.
    if (severity === 4) return { verdict: 'unusable', doubts };
  }
  const { heard } = context;
  for (const score of heard === undefined ? VOICE_SCORES : SCORES) {
    const value = score.of(heard!, context, take);
    const most = thresholds[score.name] ?? Infinity;
    if (value === undefined || value <= most || doubts.some(({ check }) => check === score.check)) continue;
    const badness = badnessBy(score.severity, (value - most) / score.scale);
    doubts.push({ check: score.check, ...score.tell(heard!, context, take), badness });
  }
  doubts.sort((a, b) => b.badness - a.badness);
  return { verdict: doubts.length === 0 ? 'good' : 'doubtful', doubts };
}

/** The excess orders takes within a severity and never reaches the next severity. */
function badnessBy(severity: number, excess: number): number {
  return Math.round((severity + excess / (1 + excess)) * 1000) / 1000;
}

/** Total badness of a take, 0 for a good one: the sum of its doubts. */
export function badnessOf(doubts: readonly TakeDoubt[]): number {
  return doubts.reduce((sum, { badness }) => sum + badness, 0);
}

/** Even whispered speech peaks at least 30 dB above this; a take that stays below is only noise. */
const LEAST_PEAK_DBFS = -50;
/** A shorter take cannot contain a word. */
const LEAST_SECONDS = 0.05;
/** Below this, raising the speech to a shop's level makes the service's own noise audible. */
const LEAST_SPEECH_DBFS = -45;
/** A larger difference from the voice's other takes sounds like another distance to the microphone. */
const MOST_BELOW_VOICE_DB = 12;
const MOST_CLIPPED_PER_SECOND = 3;
const LEAST_CLIPPED = 5;
/** A complete utterance drops further below its speech level in the last 5 ms. */
const LEAST_END_DROP_DB = 24;
const MOST_ABOVE_NOISE_DB = 6;
const MOST_STEP_DB = 9;
/** In speech without noise, some consonant or pause is at least this far below it. */
const LEAST_QUIET_DROP_DB = 13;
/** Shorter speech may contain no quiet consonant. */
const LEAST_SECONDS_FOR_NOISE = 1;

/** Allowed duration relative to the expected one, plus a fixed slack: with and without a known pace of the voice. */
const PACE = {
  known: { least: 0.6, most: 1.6, slackSeconds: 0.5 },
  unknown: { least: 0.4, most: 3, slackSeconds: 0.5 },
};

/** Minimum share of the expected duration, whatever the slack. */
const LEAST_SHARE = 0.15;

/** The checks, in order. */
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
      // An end as quiet as the noise floor is complete.
      if (drop >= LEAST_END_DROP_DB || endDbfs <= quietestDbfs + MOST_ABOVE_NOISE_DB) return undefined;
      const measured = `ends ${drop < 0 ? `${(-drop).toFixed(0)} dB above` : `${drop.toFixed(0)} dB below`} its speech`;
      const wanted = `a fade to ${LEAST_END_DROP_DB} dB below`;
      return { measured, wanted, excess: (LEAST_END_DROP_DB - drop) / 10, atSeconds: durationSeconds };
    },
  },
  {
    name: 'silence-inside',
    severity: 3,
    judge({ longestSilence }, { text, heard }) {
      const most = expectedSpeech(text).longestPauseSeconds;
      // A breath or a rustle in a pause does not make it shorter.
      const lull = heard && { seconds: heard.lull.seconds, startSeconds: heard.lull.atSeconds };
      const longest = [longestSilence, lull].find((one) => one && one.seconds > most);
      if (!longest) return undefined;
      const { seconds, startSeconds } = longest;
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
    judge({ levelStep }, { heard }) {
      // With a heard take, the limit is in thresholds.ts.
      if (heard !== undefined || levelStep === null || Math.abs(levelStep.db) <= MOST_STEP_DB) return undefined;
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
  { text, voice, heard }: TakeContext,
  side: 'long' | 'short',
): Finding | undefined {
  // With a sounding pace, scores.ts judges more exactly.
  const pace = voice?.soundingPace === undefined || heard === undefined ? voice?.pace : undefined;
  const expected = expectedSpeech(text).seconds * (pace ?? 1);
  const { least, most, slackSeconds } = pace === undefined ? PACE.unknown : PACE.known;
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
