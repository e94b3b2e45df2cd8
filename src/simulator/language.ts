/** Chooses the espeak-ng voice for a text. */

/**
 * The service's `language_type` values. Source: Qwen-TTS-Realtime client events. `Auto` depends on the script of the
 * text.
 */
const ESPEAK_VOICES: Readonly<Record<string, string | undefined>> = {
  Chinese: 'cmn',
  English: 'en',
  German: 'de',
  Italian: 'it',
  Portuguese: 'pt',
  Spanish: 'es',
  Japanese: 'ja',
  Korean: 'ko',
  French: 'fr',
  Russian: 'ru',
};

/** Scripts in the order in which they decide: Japanese text has kana between its Han characters. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Han}/u, 'cmn'],
  [/\p{Script=Cyrillic}/u, 'ru'],
];

/** Whether the service knows this `language_type`. */
export function isLanguageType(value: unknown): value is string {
  return value === 'Auto' || (typeof value === 'string' && Object.hasOwn(ESPEAK_VOICES, value));
}

/**
 * The espeak-ng voice for a `language_type`; for `Auto` it is derived from the text, English when no script decides.
 */
export function espeakVoice(languageType: string, text: string): string {
  return ESPEAK_VOICES[languageType] ?? SCRIPTS.find(([script]) => script.test(text))?.[1] ?? 'en';
}
