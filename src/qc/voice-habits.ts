/** Learns the habits of voices from good takes, to detect takes that differ. Pure. */
import { expectedSpeech } from './expected-speech.ts';
import type { EndLevels, HeardTake } from './heard-take.ts';
import type { MeasuredTake } from './measured-take.ts';
import { paceOf, swellsOf } from './pace-scores.ts';
import type { VoiceHabit } from './take-context.ts';
import { voicePrintOf } from './voice-print.ts';

/** What one take shows of its voice. */
export interface TakeHabit {
  /** Its duration divided by that of `expectedSpeech`. */
  pace: number;
  /** RMS of its speech. */
  speechDbfs: number;
  /** What was heard, for the checks that listen. */
  heard?: {
    soundingPace: number;
    startDb: number;
    endsDb: EndLevels;
    /** Absent in records of the first versions: its movement, its swells in a second of sound, its sharpest peak, its deepest dip. */
    movement?: number;
    swells?: number;
    click?: number;
    dip?: number;
  };
  /** The print of its voice; absent in short takes, in directed ones, and in records of the first versions. */
  print?: readonly number[];
}

/** The habits of voices, of all machines that share a store or of one process. */
export interface VoiceHabits {
  /**
   * What is known of a voice, without what the take `key` itself has shown; undefined while fewer than eight takes are
   * known. Never rejects.
   */
  of(voice: HabitVoice, key: string): Promise<VoiceHabit | undefined>;
  /** Adds what a good take shows, unless that is nothing. Never rejects; knows enough after 64 takes. */
  learn(voice: HabitVoice, key: string, take: TakeHabit | undefined): Promise<void>;
}

/** A voice in one language: another one may have another pace in it. */
export interface HabitVoice {
  voiceId: string;
  model: string;
  languageType: string;
}

/** Habits that end with the process. */
export function createVoiceHabits(): VoiceHabits {
  const known = new Map<string, Map<string, TakeHabit>>();
  return {
    async of(voice, key) {
      const takes = new Map(known.get(nameOfVoice(voice)));
      takes.delete(key);
      return habitOf([...takes.values()]);
    },
    async learn(voice, key, take) {
      const name = nameOfVoice(voice);
      const takes = known.get(name) ?? new Map<string, TakeHabit>();
      if (take !== undefined && takes.size < MOST_TAKES) known.set(name, takes.set(key, take));
    },
  };
}

/** One name for a voice in one language. */
export function nameOfVoice({ voiceId, model, languageType }: HabitVoice): string {
  return `${voiceId} ${model} ${languageType}`;
}

/** One or two words say little about the pace of sentences. */
const LEAST_SENTENCE_SECONDS = 1.2;
const LEAST_TAKES = 8;
/** Number of takes that count. */
export const MOST_TAKES = 64;

/** What a good take shows of its voice; undefined for one or two words. `print`: of a take that was spoken without a direction. */
export function habitOfTake(
  { durationSeconds, speechDbfs }: MeasuredTake,
  text: string,
  { heard, print }: { heard?: HeardTake | undefined; print?: readonly number[] | undefined } = {},
): TakeHabit | undefined {
  const expected = expectedSpeech(text).seconds;
  if (expected < LEAST_SENTENCE_SECONDS) return undefined;
  const known = { pace: durationSeconds / expected, speechDbfs, ...(print !== undefined && { print }) };
  if (heard === undefined) return known;
  const { soundingSeconds, startDb, endsDb, movement, click, dip } = heard;
  const soundingPace = paceOf(soundingSeconds, text).pace;
  const more = { movement, swells: swellsOf(heard), click: click.times, dip: dip.db };
  return { ...known, heard: { soundingPace, startDb, endsDb, ...more } };
}

/** The habits of a voice, by what its takes show; undefined while fewer than eight are known. */
export function habitOf(takes: readonly TakeHabit[]): VoiceHabit | undefined {
  if (takes.length < LEAST_TAKES) return undefined;
  const print = voicePrintOf(takes.flatMap((take) => (take.print === undefined ? [] : [take.print])));
  const known = {
    pace: median(takes.map(({ pace }) => pace)),
    speechDbfs: median(takes.map((one) => one.speechDbfs)),
    ...(print !== undefined && { print }),
  };
  const heard = takes.flatMap((take) => take.heard ?? []);
  if (heard.length < LEAST_TAKES) return known;
  // One bad take that nobody noticed must not excuse the next.
  const most = (of: (take: (typeof heard)[number]) => number) => mostButOne(heard.map(of));
  const dips = heard.flatMap(({ dip }) => dip ?? []);
  return {
    ...known,
    ...tempoAndClicks(heard),
    ...(dips.length >= LEAST_TAKES && { dip: mostButOne(dips) }),
    soundingPace: median(heard.map(({ soundingPace }) => soundingPace)),
    startDb: most(({ startDb }) => startDb),
    endsDb: [
      most(({ endsDb }) => endsDb[0]),
      most(({ endsDb }) => endsDb[1]),
      most(({ endsDb }) => endsDb[2]),
      most(({ endsDb }) => endsDb[3]),
    ],
  };
}

function tempoAndClicks(heard: readonly NonNullable<TakeHabit['heard']>[]) {
  const known = heard.flatMap(({ movement, swells, click }) =>
    movement === undefined || swells === undefined || click === undefined ? [] : [{ movement, swells, click }],
  );
  if (known.length < LEAST_TAKES) return {};
  return {
    movement: median(known.map(({ movement }) => movement)),
    swells: median(known.map(({ swells }) => swells)),
    click: mostButOne(known.map(({ click }) => click)),
  };
}

function mostButOne(values: number[]): number {
  return values.sort((a, b) => b - a)[1] ?? 0;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
