/** The languages, by ISO code. */
import type { SpellClass } from '../manifest/fields/spell-classes.ts';
import { CHINESE } from './languages/chinese.ts';
import { ENGLISH } from './languages/english.ts';
import { FRENCH } from './languages/french.ts';
import { GERMAN } from './languages/german.ts';
import { INDONESIAN } from './languages/indonesian.ts';
import { ITALIAN } from './languages/italian.ts';
import { JAPANESE } from './languages/japanese.ts';
import { KOREAN } from './languages/korean.ts';
import { otherLanguage, RUSSIAN } from './languages/other.ts';
import { PORTUGUESE } from './languages/portuguese.ts';
import { SPANISH } from './languages/spanish.ts';
import type { Language } from './rule.ts';

const LANGUAGES: Readonly<Record<string, Language>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  it: ITALIAN,
  pt: PORTUGUESE,
  id: INDONESIAN,
  ru: RUSSIAN,
  zh: CHINESE,
  ja: JAPANESE,
  ko: KOREAN,
};

/** The rules of a language: those of `pt` for `pt-br`; a language without any has those that need no words. */
export function languageOf(code: string): Language {
  const primary = code.split('-')[0] ?? code;
  return (Object.hasOwn(LANGUAGES, primary) && LANGUAGES[primary]) || otherLanguage(code);
}

/** The classes that `spell:` can switch on in a language. Empty: none. */
export function spellsIn(code: string): readonly SpellClass[] {
  return languageOf(code).spells;
}
