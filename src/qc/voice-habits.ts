/** Learns the habits of voices from good takes, to detect takes that differ. */
import { expectedSpeech } from './expected-speech.ts';
import type { MeasuredTake } from './measured-take.ts';
import type { VoiceHabit } from './take.ts';

/** Habits of all voices in one process. */
export interface VoiceHabits {
  /** Adds a good take of a voice. */
  learn(voice: string, take: MeasuredTake, text: string): void;
  /** Undefined while fewer than eight takes of the voice are known. */
  of(voice: string): VoiceHabit | undefined;
}

const LEAST_TAKES = 8;
/** Number of latest takes that count. */
const MOST_TAKES = 64;

/** Starts without voices. Habits are lost with the process; then the wider limits apply to the first takes again. */
export function createVoiceHabits(): VoiceHabits {
  const heard = new Map<string, VoiceHabit[]>();
  return {
    learn(voice, { durationSeconds, speechDbfs }, text) {
      const takes = heard.get(voice) ?? [];
      takes.push({ pace: durationSeconds / expectedSpeech(text).seconds, speechDbfs });
      heard.set(voice, takes.slice(-MOST_TAKES));
    },
    of(voice) {
      const takes = heard.get(voice) ?? [];
      if (takes.length < LEAST_TAKES) return undefined;
      return { pace: median(takes.map(({ pace }) => pace)), speechDbfs: median(takes.map((take) => take.speechDbfs)) };
    },
  };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
