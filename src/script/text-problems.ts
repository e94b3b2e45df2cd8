import type { Diagnostic } from '../manifest/diagnostic.ts';

/** A diagnostic of a chapter's text, with offsets instead of positions. */
export interface TextProblem extends Pick<Diagnostic, 'code' | 'severity' | 'message' | 'fix'> {
  start: number;
  end: number;
}

/** Longest run without a letter or digit, spaces not counted. */
const LONGEST_SYMBOL_RUN = 200;

/** Errors for characters that cannot be spoken; one of each kind, at the first occurrence. */
export function textProblems(text: string): TextProblem[] {
  const problems: TextProblem[] = [];
  // All of C0 and C1 except tab, line feed, vertical tab, form feed and carriage return, which are white space.
  const control = first(text, /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g);
  if (control) {
    const code = text.charCodeAt(control.start).toString(16).padStart(4, '0').toUpperCase();
    const message = `There is a control character (U+${code}) here${others(control.count)}.`;
    problems.push({ code: 'control-character', severity: 'error', ...place(control), message, fix: 'Delete it.' });
  }
  const surrogate = first(text, /\p{Cs}/gu);
  if (surrogate) {
    const message = `This character is incomplete${others(surrogate.count)}.`;
    problems.push({
      code: 'lone-surrogate',
      severity: 'error',
      ...place(surrogate),
      message,
      fix: 'Type the character again.',
    });
  }
  const symbols = first(
    text,
    new RegExp(`[^\\p{L}\\p{N}]{${LONGEST_SYMBOL_RUN + 1},}`, 'gu'),
    (run) => run.replace(/\s+/g, '').length > LONGEST_SYMBOL_RUN,
  );
  if (symbols) {
    const message = `More than ${LONGEST_SYMBOL_RUN} symbols in a row contain no letter or digit${others(symbols.count)}.`;
    problems.push({
      code: 'sign-run',
      severity: 'error',
      ...place(symbols),
      message,
      fix: 'Shorten the run; it cannot be spoken.',
    });
  }
  return problems;
}

interface FirstMatch {
  start: number;
  count: number;
}

function first(text: string, pattern: RegExp, counts: (match: string) => boolean = () => true): FirstMatch | undefined {
  let found: FirstMatch | undefined;
  for (const match of text.matchAll(pattern)) {
    if (!counts(match[0])) continue;
    found = { start: found?.start ?? match.index, count: (found?.count ?? 0) + 1 };
  }
  return found;
}

function place({ start }: FirstMatch): { start: number; end: number } {
  return { start, end: start + 1 };
}

function others(count: number): string {
  return count === 1 ? '' : ` (and ${count - 1} more in this text)`;
}
