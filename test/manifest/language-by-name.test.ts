import { expect, it } from 'vitest';
import { isLanguageCode, languageByName } from '../../src/manifest/fields/language-by-name.ts';

const CODES = ['de', 'en', 'es', 'fr', 'id', 'it', 'ja', 'ko', 'pt', 'ru', 'zh'];

it('knows each language by its names in English and in itself, and by its code', () => {
  const english = 'German English Spanish French Indonesian Italian Japanese Korean Portuguese Russian Chinese'.split(
    ' ',
  );
  const own = 'Deutsch english Español français Bahasa_Indonesia italiano 日本語 한국어 Português русский 中文'.split(
    ' ',
  );
  expect(english.map((name) => languageByName(name, CODES))).toEqual(CODES);
  expect(own.map((name) => languageByName(name.replace('_', ' '), CODES))).toEqual(CODES);
  expect(languageByName('en-US', CODES)).toBe('en');
  expect(['deu', 'ger', 'rus', 'zho'].map((code) => languageByName(code, CODES))).toEqual(['de', 'de', 'ru', 'zh']);
  expect(languageByName('Klingon', CODES)).toBeUndefined();
});

it('knows a code from a misspelt word', () => {
  expect(['he', 'no', 'sv', 'heb', 'pt-BR', 'yue'].filter(isLanguageCode)).toHaveLength(6);
  expect(['xx', 'englsh', 'e', '12', '', 'Klingon'].filter(isLanguageCode)).toEqual([]);
});
