/** Language codes by what people write for them. Pure. */

/**
 * The code for `English`, `Deutsch`, `en-US`, `deu` or `中文`: names in English and in the language itself, in any case.
 *
 * @param known ISO codes; undefined is returned for any other language
 */
export function languageByName(word: string, known: readonly string[]): string | undefined {
  const primary = word.toLowerCase().split(/[-_]/)[0]!;
  if (known.includes(primary)) return primary;
  const two = twoLetters(primary);
  if (two !== undefined && known.includes(two)) return two;
  const name = word.toLowerCase().replace(/^(?:bahasa|lingua|língua|idioma) /, '');
  return known.find((code) => languageNames(code).includes(name));
}

/** Whether a word is the code of a language, known to the program or not: `he` is Hebrew, and no misspelt `de`. */
export function isLanguageCode(word: string): boolean {
  const code = twoLetters(word.toLowerCase().split(/[-_]/)[0]!);
  return code !== undefined && englishNames.of(code) !== undefined;
}

const englishNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

/** `de` for `deu` and `ger`; undefined for a word that cannot be a code. */
function twoLetters(word: string): string | undefined {
  return /^[a-z]{2,3}$/.test(word) ? new Intl.Locale(word).language : undefined;
}

function languageNames(code: string): string[] {
  return ['en', code].map((inLanguage) =>
    (new Intl.DisplayNames([inLanguage], { type: 'language' }).of(code) ?? code).toLowerCase(),
  );
}
