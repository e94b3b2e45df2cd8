import type { Diagnostic } from '../manifest/diagnostic.ts';

/** A mistake in a chapter's text, still by offset. */
export interface Trouble extends Pick<Diagnostic, 'code' | 'severity' | 'message' | 'fix'> {
  start: number;
  end: number;
}

/** Signs in a row, spaces not counted as an end, that still sound like nothing but a pause. */
const LONGEST_SIGN_RUN = 200;

/** What is wrong with a text whatever it says: characters that can not be spoken. One trouble of each kind, at the first. */
export function textTroubles(text: string): Trouble[] {
  const troubles: Trouble[] = [];
  // Everything of C0 and C1 but tab, line feed, vertical tab, form feed and carriage return, which are white space.
  const control = first(text, /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g);
  if (control) {
    const code = text.charCodeAt(control.start).toString(16).padStart(4, '0').toUpperCase();
    const message = `There is a control character (U+${code}) here${others(control.count)}.`;
    troubles.push({ code: 'control-character', severity: 'error', ...place(control), message, fix: 'Delete it.' });
  }
  const surrogate = first(text, /\p{Cs}/gu);
  if (surrogate) {
    const message = `Half of a character is missing here${others(surrogate.count)}.`;
    troubles.push({
      code: 'lone-surrogate',
      severity: 'error',
      ...place(surrogate),
      message,
      fix: 'Write the character again.',
    });
  }
  const signs = first(
    text,
    new RegExp(`[^\\p{L}\\p{N}]{${LONGEST_SIGN_RUN + 1},}`, 'gu'),
    (run) => run.replace(/\s+/g, '').length > LONGEST_SIGN_RUN,
  );
  if (signs) {
    const message = `More than ${LONGEST_SIGN_RUN} signs in a row have no letter or digit among them${others(signs.count)}.`;
    troubles.push({
      code: 'sign-run',
      severity: 'error',
      ...place(signs),
      message,
      fix: 'Shorten them; nothing of it can be spoken.',
    });
  }
  return troubles;
}

interface First {
  start: number;
  count: number;
}

function first(text: string, pattern: RegExp, counts: (match: string) => boolean = () => true): First | undefined {
  let found: First | undefined;
  for (const match of text.matchAll(pattern)) {
    if (!counts(match[0])) continue;
    found = { start: found?.start ?? match.index, count: (found?.count ?? 0) + 1 };
  }
  return found;
}

function place({ start }: First): { start: number; end: number } {
  return { start, end: start + 1 };
}

function others(count: number): string {
  return count === 1 ? '' : ` (and ${count - 1} more in this text)`;
}
