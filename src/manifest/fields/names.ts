/** The character that reads all text without a tag. */
export const NARRATOR = 'narrator';

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
