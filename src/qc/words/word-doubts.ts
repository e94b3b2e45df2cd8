/** What the words of a take say about it, as doubts beside those of the sound. Pure. */
import type { TakeDoubt } from '../../events.ts';
import type { WordsFinding, WordsJudgment } from './compare-words.ts';

/** Names of the checks; in records and reports. */
const CHECKS: Readonly<Record<WordsFinding['kind'], string>> = {
  missing: 'words-left-out',
  added: 'words-added',
  repeated: 'words-repeated',
  other: 'other-words',
  'after-end': 'words-after-end',
  number: 'other-number',
};
/** Every check of words that are heard. */
export const WORD_CHECKS: ReadonlySet<string> = new Set(Object.values(CHECKS));

/** By these a count or a length guessed that words lack; when all of them are heard, the guess was wrong. */
const ACQUITTED: ReadonlySet<string> = new Set(['words-missing', 'too-short']);

/** So many letters that are wrong are as bad as a doubt of its severity can be. */
const LETTERS = 40;
const MOST_SHOWN = 60;

/** One doubt for each kind of finding, worst first; none of a take whose words are in order or cannot be judged. */
export function doubtsOfWords({ verdict, findings }: WordsJudgment): TakeDoubt[] {
  if (verdict !== 'drift') return [];
  const doubts = new Map<string, TakeDoubt>();
  for (const finding of findings) {
    const check = CHECKS[finding.kind];
    if (!doubts.has(check)) doubts.set(check, doubtOf(check, finding));
  }
  return [...doubts.values()];
}

/** Whether a take in which every word was heard has this doubt for no reason. */
export function isAcquittedByWords({ check }: TakeDoubt): boolean {
  return ACQUITTED.has(check);
}

function doubtOf(check: string, { kind, words, heard, letters, atSeconds }: WordsFinding): TakeDoubt {
  const shown = short(words);
  const measured =
    kind === 'missing'
      ? `“${shown}” is not heard`
      : heard === undefined
        ? `“${shown}” is heard`
        : `“${short(heard)}” is heard for “${shown}”`;
  const wanted = {
    missing: 'every word of its text',
    added: 'only the words of its text',
    repeated: 'each word once',
    other: 'the words of its text',
    'after-end': 'nothing after its last word',
    number: 'the numbers of its text',
  }[kind];
  const badness = Math.round((3 + letters / (LETTERS + letters)) * 1000) / 1000;
  return { check, measured, wanted, badness, ...(atSeconds !== undefined && { atSeconds }) };
}

function short(words: string): string {
  return words.length > MOST_SHOWN ? `${words.slice(0, MOST_SHOWN).trimEnd()}…` : words;
}
