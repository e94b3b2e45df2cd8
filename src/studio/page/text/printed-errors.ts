/** The errors of a book as `pipeline check` prints them, in English or Chinese, apart again: a page is no terminal. */

/** One error or warning. */
export interface PrintedError {
  /** File, line and column, such as `book.yaml:3:7`. */
  place: string;
  isWarning: boolean;
  message: string;
  /** The author's line, and the part of it that is meant. */
  excerpt?: { before: string; marked: string; after: string };
  fix?: string;
}

const PLACED = /^(\S.*?) (error|warning|错误|警告)[:：] ?(.*)$/u;
const EXCERPT = /^ *\d+ \| ?(.*)$/u;
const CARETS = /^ +\| ?( *)(\^+)$/u;
const FIX = /^ {3}(?:fix: |改法：)(.*)$/u;
const COUNT = /^\d+ (?:errors?|warnings?|处错误|处警告)(?:[,，] ?\d+ (?:warnings?|处警告))?$/u;

/** The errors; undefined for a text that has another form, which is shown as it is. */
export function printedErrors(text: string): PrintedError[] | undefined {
  const errors: PrintedError[] = [];
  let line = '';
  for (const one of text.split('\n')) {
    const last = errors.at(-1);
    const [, place, severity, message] = PLACED.exec(one) ?? [];
    const [, spaces, carets] = CARETS.exec(one) ?? [];
    const excerpt = EXCERPT.exec(one)?.[1];
    const fix = FIX.exec(one)?.[1];
    if (excerpt !== undefined && last !== undefined) line = excerpt;
    else if (carets !== undefined && spaces !== undefined && last !== undefined) {
      const [from, to] = [spaces.length, spaces.length + carets.length];
      last.excerpt = { before: line.slice(0, from), marked: line.slice(from, to), after: line.slice(to) };
    } else if (fix !== undefined && last !== undefined) last.fix = fix;
    else if (place !== undefined && message !== undefined)
      errors.push({ place, isWarning: severity === 'warning' || severity === '警告', message });
    else if (one.trim() !== '' && !COUNT.test(one)) return undefined;
  }
  return errors.length === 0 ? undefined : errors;
}
