/**
 * When each word is heard, counted from the start of the take. Pure.
 *
 * The service does not say whether its times begin with the sentence or with the task. The sentence that begins latest
 * decides: counted from the task, its first word cannot come long before the sentence's own audio.
 */
import type { WordTime } from '../engine.ts';
import type { TimedWord } from './parse-messages.ts';

/** A sentence, and where its audio begins. */
export interface TimedSentence {
  /** Seconds of audio that arrived before the sentence. */
  startSeconds: number;
  /** Undefined where the service told none. */
  text: string | undefined;
  words: readonly TimedWord[] | undefined;
}

/** How far a time may lie beyond the audio before it is not believed: the service rounds. */
const TOLERANCE_SECONDS = 0.25;

/**
 * The words of all sentences; undefined when the service told none, or times that cannot be true: such a list is worth
 * less than none.
 */
export function wordTimes(sentences: readonly TimedSentence[], totalSeconds: number): WordTime[] | undefined {
  // A sentence without words would be a hole.
  if (sentences.some(({ words, text }) => words === undefined && /[\p{L}\p{N}]/u.test(text ?? ''))) return undefined;
  const isFromTask = countsFromTask(sentences);
  const words = sentences.flatMap((sentence) => {
    const origin = isFromTask ? 0 : sentence.startSeconds;
    return (sentence.words ?? []).map(({ text, beginMs, endMs }) => ({
      text,
      startSeconds: origin + beginMs / 1_000,
      endSeconds: origin + endMs / 1_000,
    }));
  });
  // Sums of milliseconds, without the dust of binary fractions.
  const clamped = (seconds: number) => Math.min(Math.round(seconds * 1_000) / 1_000, totalSeconds);
  if (words.length === 0 || !areBelievable(words, totalSeconds)) return undefined;
  return words.map(({ text, startSeconds, endSeconds }) => ({
    text,
    startSeconds: clamped(startSeconds),
    endSeconds: clamped(endSeconds),
  }));
}

function countsFromTask(sentences: readonly TimedSentence[]): boolean {
  const last = sentences.findLast(({ words }) => words !== undefined);
  const first = last?.words?.[0];
  if (last === undefined || first === undefined || last.startSeconds === 0) return false;
  return first.beginMs / 1_000 > last.startSeconds / 2;
}

function areBelievable(words: readonly WordTime[], totalSeconds: number): boolean {
  let atLeast = 0;
  for (const { startSeconds, endSeconds } of words) {
    if (startSeconds < atLeast || endSeconds < startSeconds) return false;
    if (endSeconds > totalSeconds + TOLERANCE_SECONDS) return false;
    atLeast = startSeconds;
  }
  return true;
}
