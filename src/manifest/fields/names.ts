import { nearestName } from '../diagnostics/nearest.ts';

/** The character that reads all text without a tag. */
export const NARRATOR = 'narrator';

/** What the narrator is called in the languages of manuscripts. */
const NARRATOR_ELSEWHERE = new Set(
  'storyteller reader voiceover voice-over erzähler erzählerin sprecher sprecherin narrateur narratrice conteur lecteur narrador narradora narratore voce рассказчик диктор чтец 旁白 叙述者 敘述者 朗读者 ナレーター ナレーション 語り手 내레이터 나레이터 해설'.split(
    ' ',
  ),
);

/**
 * For a book without a narrator: the sentence that names the character that probably is the narrator, to stand before what
 * else is to be done; empty when none of the names is similar.
 */
export function perhapsNarrator(names: readonly string[]): string {
  const meant = nearestName(NARRATOR, names) ?? names.find((name) => NARRATOR_ELSEWHERE.has(nameKey(name)));
  return meant === undefined ? '' : `Perhaps "${meant}" should be "${NARRATOR}". `;
}

/** Most speaking characters in one manifest, with the narrator; far above any real book. */
export const MOST_CHARACTERS = 200;
/** Most other names of one character. */
export const MOST_ALIASES = 20;

/** Longest name of a character, in UTF-16 code units. */
export const LONGEST_CHARACTER_NAME = 64;

/** Tags that are not speakers. */
const RESERVED = /^(?:pause|scene|audio|(?:take |重录 ?|重錄 ?)\d+)$/;

/** Two names with the same key are the same name: case, width, composition and kinds of spaces do not count. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Why a character cannot have this name, as a predicate to follow the name; undefined for a valid name. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (name !== name.trim()) return 'begins or ends with a space';
  if (name.length > LONGEST_CHARACTER_NAME) return `is longer than ${LONGEST_CHARACTER_NAME} characters`;
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name)) return 'contains a control character';
  if (/[[\]【】［］\\]/.test(name)) return 'contains a bracket or a backslash, which is not allowed in tags';
  if (/[:：]/.test(name)) return 'contains a colon, which is not allowed in tags';
  if (!/[\p{L}\p{N}]/u.test(name)) return 'contains no letter or digit';
  if (RESERVED.test(nameKey(name))) return 'is reserved for another tag';
  return undefined;
}
