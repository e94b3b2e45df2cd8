/** ISO 639-1 → 639-2/T, for the languages of all models. Source: iso639-3.sil.org. */
const THREE_LETTERS: Readonly<Record<string, string>> = {
  ar: 'ara',
  de: 'deu',
  en: 'eng',
  es: 'spa',
  fr: 'fra',
  id: 'ind',
  it: 'ita',
  ja: 'jpn',
  ko: 'kor',
  ms: 'msa',
  pt: 'por',
  ru: 'rus',
  th: 'tha',
  vi: 'vie',
  zh: 'zho',
};

/** The ISO 639-2 code of a language by its ISO code, with or without a region; `und` when it is not known. Pure. */
export function languageCode3(language: string): string {
  const primary = language.toLowerCase().split(/[-_]/)[0] ?? '';
  return THREE_LETTERS[primary] ?? (/^[a-z]{3}$/.test(primary) ? primary : 'und');
}
