/** The character that reads whatever has no tag. */
export const NARRATOR = 'narrator';

/** Longest name of a character, in UTF-16 code units. */
export const LONGEST_CHARACTER_NAME = 64;

/** Tags that will mean something else than a speaker. */
const RESERVED = /^(?:pause|scene|audio|(?:take |重录 ?|重錄 ?)\d+)$/;

/** The form in which two names are the same name: case, width, composition and the kind of spaces do not count. */
export function nameKey(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** Why a character can not have this name, as the end of a sentence that began with the name; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (name !== name.trim()) return 'begins or ends with a space';
  if (name.length > LONGEST_CHARACTER_NAME) return `is longer than ${LONGEST_CHARACTER_NAME} characters`;
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(name)) return 'has a control character in it';
  if (/[[\]【】［］\\]/.test(name))
    return 'has a bracket or a backslash in it, which a tag in the text can not contain';
  if (/[:：]/.test(name)) return 'has a colon in it, which a tag in the text can not contain';
  if (!/[\p{L}\p{N}]/u.test(name)) return 'has neither a letter nor a digit in it';
  if (RESERVED.test(nameKey(name))) return 'is a word that tags use for something else';
  return undefined;
}
