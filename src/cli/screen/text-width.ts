/** The width of text in terminal columns: measured, padded, shortened. */

/** Escape sequences that change colour; they take no columns. */
const STYLES = /\u001b\[[\d;]*m/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that text takes: East Asian wide characters and emoji take two, combining marks and colours none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(STYLES, '')) width += characterWidth(character);
  return width;
}

/** Columns of one character: 0, 1 or 2. */
export function characterWidth(character: string): 0 | 1 | 2 {
  if (/\p{M}|\p{Cf}/u.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Pads with blanks to a width in columns; longer text is returned as it is. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return side === 'right' ? text + blanks : blanks + text;
}

/**
 * Shortens plain text to a width in columns, with an ellipsis in place of what was cut. Cuts between words, or between two
 * wide characters; only a first word that does not fit is cut inside.
 */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let used = 1;
  let end = 0;
  let boundary = 0;
  let before = ' ';
  for (const character of text) {
    const columns = characterWidth(character);
    if (character === ' ' ? before !== ' ' : columns === 2 || (columns === 1 && characterWidth(before) === 2))
      boundary = end;
    used += columns;
    if (used > width) break;
    end += character.length;
    before = character;
  }
  return `${text.slice(0, boundary > 0 ? boundary : end)}…`;
}
