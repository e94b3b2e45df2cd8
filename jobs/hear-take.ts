/**
 * Hears a take that is stored: the sound itself, and with a recogniser the words. Its session is at work on the next one
 * meanwhile, and whoever is killed here finds the take again and speaks nothing twice.
 */
import { createNarrowBand } from '../src/audio/listening/narrow-band.ts';
import { LEAST_PRINT_SECONDS } from '../src/audio/listening/print.ts';
import { createTakeMeter } from '../src/audio/take-meter.ts';
import type { TakeDoubt } from '../src/events.ts';
import type { SynthesizeStep } from '../src/plan/step.ts';
import { judgeTake } from '../src/qc/take.ts';
import { type HabitVoice, habitOfTake } from '../src/qc/voice-habits.ts';
import { doubtsOfWords, isAcquittedByWords } from '../src/qc/words/word-doubts.ts';
import { WORDS_MISSING } from '../src/qc/words-missing.ts';
import { putTakeWords } from '../src/store/take-words.ts';
import type { TakeRecord } from '../src/store/takes.ts';
import { type HeardWords, hearWords, wantsWords } from './hear-words.ts';
import type { HearTask, SoundInHand } from './take-try.ts';

/**
 * Whether anything is to be heard in a take that the measurements of its arrival did not tell. `at once`: within milliseconds,
 * so that the take need not be stored before.
 */
export function isToHear(task: HearTask): boolean | 'at once' {
  if (isPersons(task) || wantsWords(task, task.take.doubts ?? [])) return true;
  return task.context.ears !== undefined && task.take.durationSeconds >= LEAST_PRINT_SECONDS && 'at once';
}

/** Of a simulator's takes only the voice is heard: the other limits are fitted on people. */
function isPersons({ context, take }: HearTask): boolean {
  return context.ears !== undefined && !take.simulated;
}

/** The voice of a step, as habits know it. */
export function voiceOf({ model, languageType }: SynthesizeStep, voiceId: string): HabitVoice {
  return { voiceId, model, languageType };
}

/**
 * The take with the doubts of everything that hears it. `sound`: what is still in memory of it; absent: it is read again. A
 * recogniser that fails adds no doubt. A good take is learned from.
 */
export async function hearTake(task: HearTask & { sound?: SoundInHand | undefined }): Promise<TakeRecord> {
  const { step, context, take } = task;
  const voice = voiceOf(step, take.voiceId);
  let pcm: Buffer | undefined;
  const bytes = async (): Promise<Buffer> => (pcm ??= await context.store.readBlob(take.pcm.digest));
  let doubts = take.doubts ?? [];
  let habit: ReturnType<typeof habitOfTake>;
  if (context.ears !== undefined || task.sound !== undefined) {
    const sound = task.sound ?? soundOf(await bytes(), take.sampleRateHz);
    const judged = await judgeSound({ ...task, sound });
    const counted = doubts.filter(({ check }) => check === WORDS_MISSING);
    doubts = [...counted, ...judged.doubts];
    habit = judged.habit;
  }
  const words = wantsWords(task, doubts) ? await hearWords({ ...task, pcm: await bytes() }) : undefined;
  if (words !== undefined) {
    const isInOrder = words.judgment.verdict === 'ok';
    doubts = [
      ...doubtsOfWords(words.judgment),
      ...doubts.filter((doubt) => !(isInOrder && isAcquittedByWords(doubt))),
    ].sort(worstFirst);
  }
  if (doubts.length === 0 && habit !== undefined) await context.habits.learn(voice, step.key, habit);
  const { doubts: _before, ...rest } = take;
  return {
    ...rest,
    ...(words !== undefined && { hearing: keptHearing(words) }),
    // The engine's own times are of the words that it was given.
    ...(take.words === undefined &&
      words?.words !== undefined &&
      words.judgment.verdict === 'ok' && { words: await putTakeWords(context.store, words.words) }),
    ...(doubts.length > 0 && { doubts }),
  };
}

/** The doubts about a sound, and what it shows of its voice. */
async function judgeSound(
  task: HearTask & { sound: SoundInHand },
): Promise<{ doubts: TakeDoubt[]; habit: ReturnType<typeof habitOfTake> }> {
  const { step, context, take, sound } = task;
  const { habits, cast, ears } = context;
  const narrow = sound.narrow?.samples();
  const heard = isPersons(task) ? narrow && (await ears?.listen(narrow)) : undefined;
  const print = isPersons(task) ? heard?.print : narrow && (await ears?.voice(narrow));
  const [named, book] = [voiceOf(step, take.voiceId), step.book ?? ''];
  const voice = await habits.of(named, step.key);
  cast?.met(book, named, voice?.print);
  const isDirected = step.direction !== undefined;
  const known = { text: step.text, voice, heard, print, isDirected, cast: cast?.others(book, named) ?? [] };
  const { doubts } = judgeTake(sound.measured, known);
  return { doubts, habit: habitOfTake(sound.measured, step.text, { heard, print: isDirected ? undefined : print }) };
}

/** More than a take that says its text can have. */
const MOST_HEARD = 4_000;

/** Where the text was heard, the text says it; where it was not, people want to read what was heard instead. */
function keptHearing({ model, judgment, text }: HeardWords): NonNullable<TakeRecord['hearing']> {
  const { verdict } = judgment;
  return { model, verdict, ...(verdict !== 'ok' && { text: text.slice(0, MOST_HEARD) }) };
}

/** A stored sound, as it was in hand when it arrived. */
export function soundOf(pcm: Uint8Array, sampleRateHz: number): SoundInHand {
  const meter = createTakeMeter(sampleRateHz);
  const narrow = createNarrowBand(sampleRateHz);
  meter.push(pcm);
  narrow.push(pcm);
  return { measured: meter.finish().measured, narrow };
}

function worstFirst(a: TakeDoubt, b: TakeDoubt): number {
  return b.badness - a.badness;
}
