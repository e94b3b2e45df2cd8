/** How words are pronounced; applied by script/pronounce/pronounce.ts. */

/** Most entries in one list. */
export const MOST_PRONUNCIATIONS = 5000;

/** Most patterns in one list. */
export const MOST_PATTERNS = 200;

/** Most characters that are spoken instead of a word. */
export const LONGEST_SPOKEN = 200;

/** A word and the text to speak instead. */
export interface Pronunciation {
  /** As it appears in the text; case-sensitive. */
  word: string;
  spoken: string;
  /** Upper and lower case are the same. */
  anyCase?: true;
  /** One `*` in `word` stands for up to 20 letters of the same word, and a `*` in `spoken` for what it stood for. */
  pattern?: true;
  /** A person has settled this word; it changes nothing that is spoken. */
  reviewed?: true;
}

/** Why a word cannot be a pattern, as a predicate; undefined for a valid one. */
export function patternProblem(word: string): string | undefined {
  const [before = '', after = '', ...more] = word.split('*');
  if (word.split('*').length !== 2 || more.length > 0) return 'must contain exactly one "*" to be a pattern';
  if ([...`${before}${after}`].length < 2) return 'needs at least two letters beside its "*"';
  if (!/^[\p{L}\p{M}\p{N}]*$/u.test(after)) return 'may only have letters after its "*"';
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(word))
    return 'is in a script without spaces between words, which has no patterns';
  return undefined;
}

/** Why a word cannot be in the list, as a predicate to follow the word; undefined for a valid word. */
export function wordProblem(word: string): string | undefined {
  if (word.trim() === '') return 'is empty';
  if (word !== word.trim()) return 'begins or ends with a space';
  if (word.length > 100) return 'is longer than 100 characters';
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(word)) return 'contains a control character';
  if (/[[\]【】\\]/.test(word)) return 'contains a bracket or a backslash, which only tags have';
  if (!/[\p{L}\p{N}\p{S}]/u.test(word)) return 'contains no letter, digit or symbol';
  return undefined;
}

/** Why a word cannot be spoken like this, as a predicate to follow the word; undefined for a valid pronunciation. */
export function spokenProblem(spoken: string): string | undefined {
  if (spoken.length > LONGEST_SPOKEN) return `has a pronunciation of more than ${LONGEST_SPOKEN} characters`;
  if (!/[\p{L}\p{N}]/u.test(spoken)) return 'has a pronunciation without a letter or digit to speak';
  return hasMarkup(spoken) ? MARKUP_SPOKEN : undefined;
}

/** What is wrong with a pronunciation such as `[pause 9s]` or `<break/>`, as a predicate to follow the word. */
export const MARKUP_SPOKEN = 'has a pronunciation with a bracket or a tag, which would be sent to be spoken';

/** Whether a pronunciation has a bracket or a tag. */
export function hasMarkup(spoken: string): boolean {
  return /[[\]{}【】<>]/.test(spoken);
}

/** The list without entries that never apply, because one before them is for the same text, and those entries. */
export function withoutRepeats<Word extends Pronunciation>(
  words: readonly Word[],
  nameOf: (word: Word) => string = ({ word, anyCase, pattern }) => JSON.stringify([word, anyCase, pattern]),
): { list: Word[]; repeats: Word[] } {
  const seen = new Set<string>();
  const [list, repeats]: [Word[], Word[]] = [[], []];
  for (const word of words) {
    const name = nameOf(word);
    (seen.has(name) ? repeats : list).push(word);
    seen.add(name);
  }
  return { list, repeats };
}
