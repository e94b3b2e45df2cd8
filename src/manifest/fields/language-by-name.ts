/** Language codes by what people write for them. Pure. */

/**
 * The code for `English`, `Deutsch`, `en-US` or `中文`: names in English and in the language itself, in any case.
 *
 * @param known ISO codes; undefined is returned for any other language
 */
export function languageByName(word: string, known: readonly string[]): string | undefined {
  const primary = word.toLowerCase().split(/[-_]/)[0]!;
  if (known.includes(primary)) return primary;
  const name = word.toLowerCase().replace(/^(?:bahasa|lingua|língua|idioma) /, '');
  return known.find((code) => languageNames(code).includes(name));
}

function languageNames(code: string): string[] {
  return ['en', code].map((inLanguage) =>
    (new Intl.DisplayNames([inLanguage], { type: 'language' }).of(code) ?? code).toLowerCase(),
  );
}
