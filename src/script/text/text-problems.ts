import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';

/** A diagnostic of a chapter's text, with offsets instead of positions. */
export interface TextProblem extends Pick<Diagnostic, 'code' | 'severity' | 'message' | 'fix'> {
  start: number;
  end: number;
}

/** Most diagnostics of one text: a hundred usually have a single cause. */
export const MOST_PROBLEMS = 100;

/** The problems of a text: the first `MOST_PROBLEMS` errors and as many warnings. The text may have millions. */
export class TextProblems {
  readonly #all: TextProblem[] = [];
  readonly #count: Record<TextProblem['severity'], number> = { error: 0, warning: 0 };

  add(...problems: readonly TextProblem[]): void {
    for (const problem of problems) if (++this.#count[problem.severity] <= MOST_PROBLEMS) this.#all.push(problem);
  }

  /** No further error is listed. */
  get hasAllErrors(): boolean {
    return this.#count.error >= MOST_PROBLEMS;
  }

  /** Those to report; when there are too many, errors before warnings. */
  listed(): readonly TextProblem[] {
    const errorsFirst = this.#all.length > MOST_PROBLEMS ? this.#all.toSorted(bySeverity) : this.#all;
    return errorsFirst.slice(0, MOST_PROBLEMS);
  }
}

function bySeverity(a: TextProblem, b: TextProblem): number {
  return Number(a.severity === 'warning') - Number(b.severity === 'warning');
}

/** Longest run without a letter or digit, spaces not counted. */
const LONGEST_SYMBOL_RUN = 200;

/**
 * Errors for characters that cannot be spoken, and a warning for lost ones; one of each kind, at the first occurrence. A lost
 * character is no error here, because books that have one are spoken today: `check --strict` makes it one.
 */
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
  const symbols = first(text, /[^\p{L}\p{N}]+/gu, (run) => run.length > LONGEST_SYMBOL_RUN && isLongRun(run));
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
  const replacement = first(text, /\ufffd/g);
  if (replacement) {
    const message = `Here a character was lost when the text was decoded (U+FFFD)${others(replacement.count)}. An engine reads it as it likes.`;
    const fix = 'Type the character that belongs here, or convert the original file again in the right encoding.';
    problems.push({ code: 'lost-character', severity: 'warning', ...place(replacement), message, fix });
  }
  return problems;
}

function isLongRun(run: string): boolean {
  const signs = run.replace(/\s+/g, '');
  return signs.length > LONGEST_SYMBOL_RUN && [...run].length > LONGEST_SYMBOL_RUN;
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
