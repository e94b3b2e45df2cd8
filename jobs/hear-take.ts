/**
 * Hears a take that is stored: the sound itself, and with a recogniser the words. Its session is at work on the next one
 * meanwhile, and whoever is killed here finds the take again and speaks nothing twice.
 */
import { LEAST_PRINT_SECONDS } from '../src/audio/listening/print.ts';
import type { TakeDoubt } from '../src/events.ts';
import { cutTail } from '../src/qc/words/cut-tail.ts';
import { doubtsOfWords, isAcquittedByWords } from '../src/qc/words/word-doubts.ts';
import { WORDS_MISSING } from '../src/qc/words-missing.ts';
import { putTakeWords } from '../src/store/take-words.ts';
import type { TakeRecord } from '../src/store/takes.ts';
import { type HeardWords, hearWords, wantsWords } from './hear-words.ts';
import { isPersons, type JudgedSound, judgeSound, soundOf, voiceOf } from './judge-sound.ts';
import type { HearTask, SoundInHand } from './take-try.ts';

/**
 * Whether anything is to be heard in a take that the measurements of its arrival did not tell. `at once`: within milliseconds,
 * so that the take need not be stored before.
 */
export function isToHear(task: HearTask): boolean | 'at once' {
  if (isPersons(task.context, task.take) || wantsWords(task, task.take.doubts ?? [])) return true;
  return task.context.ears !== undefined && task.take.durationSeconds >= LEAST_PRINT_SECONDS && 'at once';
}

/**
 * The take with the doubts of everything that hears it. `sound`: what is still in memory of it; absent: it is read again. A
 * recogniser that fails adds no doubt. A good take is learned from.
 */
export async function hearTake(task: HearTask & { sound?: SoundInHand | undefined }): Promise<TakeRecord> {
  const { step, context, take } = task;
  const voice = voiceOf(step, take.voiceId);
  let voiceNew: TakeRecord['voiceNew'];
  let pcm: Buffer | undefined;
  const bytes = async (): Promise<Buffer> => (pcm ??= await context.store.readBlob(take.pcm.digest));
  let doubts = take.doubts ?? [];
  let judged: JudgedSound | undefined;
  if (context.ears !== undefined || task.sound !== undefined) {
    const sound = task.sound ?? soundOf(await bytes(), take.sampleRateHz);
    const isDirected = step.direction !== undefined;
    judged = await judgeSound({ take, sound, context, of: { ...step, isDirected } });
    const counted = doubts.filter(({ check }) => check === WORDS_MISSING);
    doubts = [...counted, ...judged.doubts];
    if (judged.isNew) {
      const { languageType, book } = step;
      voiceNew = { languageType, ...(book !== undefined && { book }), ...(isDirected && { isDirected }) };
    }
  }
  const words = wantsWords(task, doubts) ? await hearWords({ ...task, pcm: await bytes() }) : undefined;
  if (words !== undefined) {
    const { verdict } = words.judgment;
    const { durationSeconds } = take;
    // What was not understood has no last word whose end could be trusted.
    const tail =
      verdict !== 'inconclusive' && cutTail({ words: words.words, durationSeconds, lastDb: undefined, ...judged?.end });
    doubts = [
      ...doubtsOfWords(words.judgment),
      ...doubts.filter((doubt) => !(verdict === 'ok' && isAcquittedByWords(doubt))),
      ...(tail && !doubts.some(({ check }) => check === tail.check) ? [tail] : []),
    ].sort(worstFirst);
  }
  // A voice that is faster than its sample is known by its takes after eight of them, and no longer doubted.
  const { habit, differsFromSample = false, doubts: ofSound = [] } = judged ?? {};
  const teaches = doubts.length === 0 || (differsFromSample && doubts.every((doubt) => ofSound.includes(doubt)));
  if (teaches) await context.habits.learn(voice, step.key, habit);
  const { doubts: _before, voiceNew: _then, ...rest } = take;
  return {
    ...rest,
    ...(words !== undefined && { hearing: keptHearing(words) }),
    // The engine's own times are of the words that it was given.
    ...(take.words === undefined &&
      words?.words !== undefined &&
      words.judgment.verdict === 'ok' && { words: await putTakeWords(context.store, words.words) }),
    ...(doubts.length > 0 ? { doubts } : voiceNew && { voiceNew }),
  };
}

/** More than a take that says its text can have. */
const MOST_HEARD = 4_000;

/** Where the text was heard, the text says it; where it was not, people want to read what was heard instead. */
function keptHearing({ model, judgment, text }: HeardWords): NonNullable<TakeRecord['hearing']> {
  const { verdict } = judgment;
  return { model, verdict, ...(verdict !== 'ok' && { text: text.slice(0, MOST_HEARD) }) };
}

function worstFirst(a: TakeDoubt, b: TakeDoubt): number {
  return b.badness - a.badness;
}
