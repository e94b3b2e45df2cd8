/** Has the words of a take heard: paid, recorded and compared. Nothing that happens here fails a take. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../src/errors.ts';
import type { TakeDoubt } from '../src/events.ts';
import { japaneseReadings } from '../src/hearing/japanese-readings.ts';
import type { Hearing, HearOptions } from '../src/hearing/recogniser.ts';
import { isoLanguage } from '../src/models/languages.ts';
import { hearingNanos } from '../src/plan/hearing.ts';
import { compareWords, type WordsJudgment } from '../src/qc/words/compare-words.ts';
import { findHearing, putHearing } from '../src/store/hearings.ts';
import { payForHearing } from './pay-hearing.ts';
import type { HearTask } from './take-try.ts';

/** What was heard of a take, and what that says. */
export interface HeardWords {
  model: string;
  judgment: WordsJudgment;
  /** All of it, in its own spelling. */
  text: string;
  words?: Hearing['words'];
}

/** A recogniser that is busy or away is asked once more, after at most so long. */
const TRIES = 2;
const MOST_WAIT_MS = 5_000;
/** A fast speaker says 25 letters a second; numbers are shorter when they are written. */
const MOST_CHARACTERS = { any: 100, aSecond: 50 };
/** Recognisers round times, some to the frame that the model hears at once. */
const ROUNDED_SECONDS = 0.5;
const INCONCLUSIVE: WordsJudgment = { verdict: 'inconclusive', findings: [], agreement: 0 };

/** Whether the book wants the words of a take with these doubts heard, and this process has the recogniser for it. */
export function wantsWords({ step, context, take }: HearTask, doubts: readonly TakeDoubt[]): boolean {
  const { recogniser } = context;
  const wish = step.purse?.hearing;
  if (recogniser === undefined || wish === undefined || wish.model !== recogniser.model) return false;
  if (take.durationSeconds > recogniser.maxSeconds || take.pickup !== undefined) return false;
  return wish.words === 'all' || doubts.length > 0;
}

/** Undefined when nothing could be heard: that is no doubt. Rejects with `interrupted` only. */
export async function hearWords(task: HearTask & { pcm: Uint8Array }): Promise<HeardWords | undefined> {
  const { step, attempt, context, take, pcm } = task;
  const recogniser = context.recogniser!;
  const language = isoLanguage(step.languageType);
  const names = step.purse?.hearing?.names;
  const sound = { pcm, sampleRateHz: take.sampleRateHz, language, names };
  const { store } = context;
  const readings = language === 'ja' ? await japaneseReadings() : undefined;
  const expected = { text: step.text, written: step.written, language, names, readings };
  const judged = ({ text, words: told, isBare }: Pick<Hearing, 'text' | 'words' | 'isBare'>): HeardWords => {
    const words = told !== undefined && areWithin(take.durationSeconds, told) ? told : undefined;
    const sayable = isSayable(text, take.durationSeconds) ? compareWords(expected, { text, words }) : INCONCLUSIVE;
    // “Internal error” in plain text is as far from the line as another line is.
    const isNoWords = isBare && sayable.findings.some(({ kind }) => kind === 'other');
    return {
      model: recogniser.model,
      judgment: isNoWords ? INCONCLUSIVE : sayable,
      text,
      ...(words && { words }),
    };
  };
  const asked = { model: recogniser.model, language };
  const known = await findHearing(store, take.pcm.digest, asked).catch(() => undefined);
  if (known !== undefined) return judged(known);
  // Before the call is settled, recorded and judged: a worker that is killed from here on pays for no second one.
  const hear = async (onSend: HearOptions['onSend']): Promise<Hearing> => {
    const heard = await recogniser.hear(sound, { signal: attempt.signal, onSend });
    const { text, words, isBare } = heard;
    // What a simulator hears in real speech is not what is said there.
    if (take.simulated || !heard.simulated)
      await putHearing(store, take.pcm.digest, {
        ...asked,
        text,
        ...(words && { words }),
        ...(isBare && { isBare }),
      }).catch(() => undefined);
    return heard;
  };
  for (let tries = 1; ; tries++) {
    try {
      const nanos = hearingNanos(step.purse?.hearing, take.durationSeconds);
      return judged(await payForHearing({ ...task, nanos }, hear));
    } catch (error) {
      if (attempt.signal.aborted || isInterruption(error)) throw error;
      const waitMs = tries < TRIES ? waitOf(error) : undefined;
      if (waitMs === undefined) return undefined;
      await sleep(waitMs, undefined, { signal: attempt.signal }).catch(() => undefined);
    }
  }
}

/** A log, a page or a loop of a model are words that nobody can have said in the take. */
function isSayable(text: string, durationSeconds: number): boolean {
  return text.length <= MOST_CHARACTERS.any + MOST_CHARACTERS.aSecond * durationSeconds;
}

/** Whether these are times of the take: in order, and of a clock that counts its seconds. Others would move subtitles. */
function areWithin(durationSeconds: number, words: NonNullable<Hearing['words']>): boolean {
  return words.every(
    ({ startSeconds, endSeconds }, at) =>
      startSeconds >= Math.max(0, (words[at - 1]?.startSeconds ?? 0) - ROUNDED_SECONDS) &&
      endSeconds >= startSeconds &&
      endSeconds <= durationSeconds + ROUNDED_SECONDS,
  );
}

/** Another worker may have the take by now. */
function isInterruption(error: unknown): boolean {
  return error instanceof PipelineError && error.code === 'interrupted';
}

/** How long to wait before another try; undefined: none helps. */
function waitOf(error: unknown): number | undefined {
  if (!(error instanceof PipelineError) || error.retry === 'never') return undefined;
  return Math.min(MOST_WAIT_MS, error.retry === 'backoff' ? 1_000 : error.retry.afterMs);
}
