/** The language of an imported book: what it declares, unless its text is plainly another. Pure. */

import type { ImportedBook } from '../imported.ts';
import { guessLanguage } from './guess-language.ts';

/** So much text is enough to know a language. */
const ENOUGH_TEXT = 200_000;

/** The language for the manifest, one of `spoken`, and what the editor must know about it. */
export function bookLanguage(
  { language = '', chapters }: Pick<ImportedBook, 'language' | 'chapters'>,
  spoken: readonly string[],
): { language: string; note?: string } {
  const declared = primaryOf(language);
  const guess = guessLanguage(textOf(chapters));
  if (declared !== '' && (guess === undefined || !guess.isPlain || guess.language === declared)) {
    if (spoken.includes(declared)) return { language: declared };
    return {
      language: 'en',
      note: `The model does not speak "${declared}"; the manifest says "en". Check "language".`,
    };
  }
  if (guess === undefined || (declared === '' && !guess.isPlain && guess.language === 'en')) {
    const note = 'The manuscript does not name its language; the manifest says "en". Check "language".';
    return { language: 'en', note };
  }
  const found = nameOf(guess.language);
  const why =
    declared === ''
      ? `The manuscript does not name its language; by its words it is ${found}.`
      : `The manuscript says that it is ${nameOf(declared)}, but its text is ${found}.`;
  if (spoken.includes(guess.language))
    return { language: guess.language, note: `${why} The manifest says "${guess.language}". Check "language".` };
  const fallback = spoken.includes(declared) ? declared : 'en';
  return { language: fallback, note: `${why} The model does not speak it; the manifest says "${fallback}".` };
}

/** Codes that name no language: undetermined, several, none, not coded (ISO 639-2), and private ones. */
const NO_LANGUAGE = /^(?:und|mul|zxx|mis|x|i|root)?$/;

/** `en-GB`, `eng` → `en`; empty for what names none. */
function primaryOf(language: string): string {
  const primary = language.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  if (NO_LANGUAGE.test(primary)) return '';
  try {
    // Three letters of ISO 639-2 become two where there are two.
    return primary === '' ? '' : (new Intl.Locale(primary).language ?? primary);
  } catch {
    return primary;
  }
}

function nameOf(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

function textOf(chapters: ImportedBook['chapters']): string {
  const texts: string[] = [];
  let length = 0;
  for (const { text } of chapters.flatMap(({ blocks }) => blocks)) {
    if (length > ENOUGH_TEXT) break;
    texts.push(text);
    length += text.length;
  }
  return texts.join('\n');
}
