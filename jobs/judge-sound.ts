/** Judges the sound of a take by what is known of its voice. */
import { createNarrowBand } from '../src/audio/listening/narrow-band.ts';
import { createTakeMeter } from '../src/audio/measure/take-meter.ts';
import type { TakeDoubt } from '../src/events.ts';
import type { VoiceRef } from '../src/plan/step.ts';
import { judgeTake } from '../src/qc/take.ts';
import type { SampleHabit, VoiceHabit } from '../src/qc/take-context.ts';
import { type HabitVoice, habitOfTake } from '../src/qc/voice-habits.ts';
import type { TakeEnd } from '../src/qc/words/cut-tail.ts';
import type { TakeRecord } from '../src/store/takes.ts';
import type { HearTask, SoundInHand } from './take-try.ts';

/** What a take is judged by, beside its sound. */
export interface JudgedStep {
  /** Take key. */
  key: string;
  text: string;
  model: string;
  languageType: string;
  book?: string | undefined;
  isDirected: boolean;
  /** The voice it is to be spoken by; absent where only the voice's takes are known. */
  voice?: VoiceRef;
}

/** The voice of a step, as habits know it. */
export function voiceOf(
  { model, languageType }: Pick<JudgedStep, 'model' | 'languageType'>,
  voiceId: string,
): HabitVoice {
  return { voiceId, model, languageType };
}

/** Of a simulator's takes only the voice is heard: the other limits are fitted on people. */
export function isPersons({ ears }: Pick<HearTask['context'], 'ears'>, { simulated }: TakeRecord): boolean {
  return ears !== undefined && !simulated;
}

type JudgingContext = Pick<HearTask['context'], 'habits' | 'samples' | 'cast' | 'ears'>;

/** What is heard in a sound. */
export interface JudgedSound {
  doubts: TakeDoubt[];
  /** What it shows of its voice. */
  habit: ReturnType<typeof habitOfTake>;
  /** Too little is known of its voice yet. */
  isNew: boolean;
  /** Nobody knows how its voice speaks, but for its sample. */
  isPaceUnknown: boolean;
  /** It is only faster than the sample: if the voice always is, the sample is wrong about it. */
  differsFromSample: boolean;
  /** How loud its end is, and that of the voice's other takes; undefined when nobody listened. */
  end: Pick<TakeEnd, 'lastDb' | 'usualDb'>;
}

/** Judges a sound by all that is known. */
export async function judgeSound(task: {
  of: JudgedStep;
  take: TakeRecord;
  sound: SoundInHand;
  context: JudgingContext;
}): Promise<JudgedSound> {
  const { of, take, sound, context } = task;
  const { habits, cast, ears } = context;
  const { text, isDirected, book = '' } = of;
  const narrow = sound.narrow?.samples();
  const heard = isPersons(context, take) ? narrow && (await ears?.listen(narrow, text)) : undefined;
  const print = isPersons(context, take) ? heard?.print : narrow && (await ears?.voice(narrow));
  const named = voiceOf(of, take.voiceId);
  const voice = await habits.of(named, of.key);
  cast?.met(book, named, voice?.print);
  const sample = heard && (await sampleFor(of, voice, context));
  const known = { text, voice, sample, heard, print, isDirected, cast: cast?.others(book, named) ?? [] };
  const { doubts } = judgeTake(sound.measured, known);
  return {
    doubts,
    habit: habitOfTake(sound.measured, text, { heard, print: isDirected ? undefined : print }),
    differsFromSample:
      sample !== undefined && doubts.length > 0 && doubts.every(({ check }) => FASTER_CHECKS.has(check)),
    isPaceUnknown: heard !== undefined && voice?.soundingPace === undefined,
    isNew: isNewVoice(voice, { isHeard: heard !== undefined, hasPrint: print !== undefined }),
    end: { lastDb: heard?.endsDb[1], usualDb: voice?.endsDb?.[1] },
  };
}

/** What a voice that is faster than its sample would be doubted for in each take. */
const FASTER_CHECKS: ReadonlySet<string> = new Set(['too-fast', 'too-short']);

/** The sample of a voice whose own pace is not known yet. A direction such as “hurried” changes the pace. */
async function sampleFor(
  { voice: ref, isDirected }: JudgedStep,
  voice: VoiceHabit | undefined,
  { samples }: JudgingContext,
): Promise<SampleHabit | undefined> {
  if (voice?.soundingPace !== undefined || isDirected || ref === undefined) return undefined;
  return samples?.of(ref);
}

/** Whether a take could be judged better when more is known of its voice. */
function isNewVoice(voice: VoiceHabit | undefined, take: { isHeard: boolean; hasPrint: boolean }): boolean {
  return (take.isHeard && voice?.soundingPace === undefined) || (take.hasPrint && voice?.print === undefined);
}

/** A stored sound, as it was in hand when it arrived. */
export function soundOf(pcm: Uint8Array, sampleRateHz: number): SoundInHand {
  const meter = createTakeMeter(sampleRateHz);
  const narrow = createNarrowBand(sampleRateHz);
  meter.push(pcm);
  narrow.push(pcm);
  return { measured: meter.finish().measured, narrow };
}
