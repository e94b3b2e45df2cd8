/** Which of several tries of a take is the best: by its words, then by its voice, then by its sound. Pure. */
import type { TakeDoubt } from '../events.ts';
import { WORD_CHECKS } from './words/word-doubts.ts';

/** Doubts of the words, beside those that a recogniser tells: something lacks, or is too much. */
const LENGTH_CHECKS: ReadonlySet<string> = new Set([
  ...['no-sound', 'words-missing', 'too-short', 'too-long', 'repeated', 'cut-off', 'start-cut'],
]);
const VOICE_CHECKS: ReadonlySet<string> = new Set(['other-voice']);

/** Whether the words of a take are in doubt, and not only how they sound. */
export function areWordsInDoubt(doubts: readonly TakeDoubt[]): boolean {
  return doubts.some(isOfWords);
}

/** Whether a take with the first doubts is worse than one with the second. */
export function isWorse(doubts: readonly TakeDoubt[], than: readonly TakeDoubt[]): boolean {
  for (const isCounted of [isOfWords, isOfVoice, () => true]) {
    const [a, b] = [doubts, than].map((all) => all.filter(isCounted).reduce((sum, { badness }) => sum + badness, 0));
    if (a !== b) return a! > b!;
  }
  return false;
}

function isOfWords({ check }: TakeDoubt): boolean {
  return WORD_CHECKS.has(check) || LENGTH_CHECKS.has(check);
}

function isOfVoice({ check }: TakeDoubt): boolean {
  return VOICE_CHECKS.has(check);
}
