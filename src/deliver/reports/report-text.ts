/** Text helpers of report.html. Pure. */

/** Escapes a text for HTML, including attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Longest word that a table keeps whole: two such columns fit a page that is not a phone's (REPORT_STYLE stacks the cells of narrower ones). */
const MOST_WHOLE = 48;

/** Escaped, and with places to break where a word is too long for a table to keep it whole. */
export function breakableHtml(text: string): string {
  // By code points: half of a character is none.
  return (text.match(new RegExp(`[^\\s-]{1,${MOST_WHOLE}}-*|[\\s-]+`, 'gu')) ?? [])
    .map((piece, at, all) => (at > 0 && isWord(piece) && isWord(all[at - 1]!) ? '<wbr>' : '') + escapeHtml(piece))
    .join('');
}

function isWord(piece: string): boolean {
  return /[^\s-]$/u.test(piece);
}

/** A measured value with the sign that a minus has in print: `−18.2 dBFS`. */
export function withMinus(text: string): string {
  return text.replace(/(?<![\p{L}\d])-(?=\d)/gu, '−');
}

/** `1 chapter`, `2 chapters`. */
export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** Seconds as `1:02:03` or `2:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

/**
 * A count, `1,234`. Not by `toLocaleString`: for its first call Node loads tables of languages, which takes a fortieth of
 * a short command.
 */
export function grouped(count: number): string {
  if (!Number.isInteger(count)) return count.toLocaleString('en-US');
  return String(count).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}
