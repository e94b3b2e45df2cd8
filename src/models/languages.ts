/** The ten languages of the Qwen speech models: ISO code → their own name of it. Source: voice-cloning guide, 2026. */
export const TEN_LANGUAGES: Readonly<Record<string, string>> = {
  zh: 'Chinese',
  en: 'English',
  de: 'German',
  it: 'Italian',
  pt: 'Portuguese',
  es: 'Spanish',
  ja: 'Japanese',
  ko: 'Korean',
  fr: 'French',
  ru: 'Russian',
};

/** The ISO code of a model's own name of a language, which may be that code; undefined for `Auto` and what is not known. */
export function isoLanguage(languageType: string): string | undefined {
  const [code] = Object.entries(TEN_LANGUAGES).find(([, name]) => name === languageType) ?? [];
  return code ?? (/^[a-z]{2,3}(-|$)/.test(languageType) ? languageType.split('-')[0] : undefined);
}
