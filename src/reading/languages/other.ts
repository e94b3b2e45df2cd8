/**
 * Languages without a `spell`: their places are listed, and nothing is proposed. In Russian every number, year and unit takes the
 * case of its sentence, which no rule here knows.
 */
import { EDGE_AFTER, EDGE_BEFORE } from '../number-speech.ts';
import type { Language } from '../rule.ts';
import { listedProducts } from '../rules/products.ts';
import { abbreviationRules, addressRule, CAPITALS, romanRules, scriptRule } from '../rules/words.ts';

const NUMBER = '[0-9]{1,3}(?:[.,  ][0-9]{3})+(?![0-9])|[0-9]{1,15}(?:[.,][0-9]{1,12})?';
const UNIT = '%|°C|°|км/ч|км|м|см|мм|кг|г|л|km|m|cm|mm|kg|g|l';

function listed(dot: string, abbreviations: readonly string[]): Language {
  const one = (name: Language['rules'][number]['class'], source: string) => ({
    class: name,
    pattern: new RegExp(source, 'gu'),
  });
  return {
    spells: [],
    rules: [
      { ...addressRule({ dot, slash: '/', at: '@' }), spoken: () => undefined },
      one('phones', `${EDGE_BEFORE}\\+[0-9]{1,3}(?:[ -]?\\(?[0-9]{2,5}\\)?){2,5}`),
      one('dates', `${EDGE_BEFORE}[0-3]?[0-9][./][01]?[0-9][./][0-9]{2,4}${EDGE_AFTER}`),
      one('times', `${EDGE_BEFORE}(?:[01]?[0-9]|2[0-4]):[0-5][0-9]${EDGE_AFTER}`),
      one('years', `${EDGE_BEFORE}(?:1[0-9]{3}|20[0-9]{2})(?=[ ](?:г\\.|год|гг\\.))`),
      one('money', `(?:[$€£¥₽] ?(?:${NUMBER})|${EDGE_BEFORE}(?:${NUMBER})[ ]?(?:[$€£¥₽]|руб\\.|р\\.))`),
      ...listedProducts(NUMBER, UNIT),
      one('units', `${EDGE_BEFORE}(?:${NUMBER})[ ]?(?:${UNIT})${EDGE_AFTER}`),
      one('fractions', '[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]'),
      ...romanRules({ cue: /(?:глава|том|часть|книга) $/iu, afterCue: () => undefined }),
      one('numbers', `${EDGE_BEFORE}(?:${NUMBER})${EDGE_AFTER}`),
      ...abbreviationRules(Object.fromEntries(abbreviations.map((word) => [word, '']))),
      CAPITALS,
    ],
  };
}

const RULES = listed('.', []);
const RUSSIAN_RULES = listed('точка', [
  'г.',
  'гг.',
  'т. е.',
  'т. д.',
  'т. п.',
  'т. к.',
  'др.',
  'ул.',
  'руб.',
  'коп.',
  'стр.',
  'см.',
  'в.',
  'вв.',
]);

/** The rules of Russian: without words. */
export const RUSSIAN: Language = withScript(RUSSIAN_RULES, '\\p{Script=Cyrillic}');

/**
 * Any other language, such as one of one's own server. The letters of its usual script are its own: those of Arabic in an
 * Arabic book. Several languages are written in two of Latin, Cyrillic and Greek, so each of the three has all of them.
 */
export function otherLanguage(code: string): Language {
  const script = usualScript(code);
  return withScript(RULES, script === undefined || EUROPEAN.includes(script) ? EUROPEAN : script);
}

const EUROPEAN = '\\p{Script=Latn}\\p{Script=Cyrl}\\p{Script=Grek}';

function withScript(language: Language, scripts: string): Language {
  return { ...language, rules: [...language.rules, scriptRule(scripts)] };
}

/** The script that Unicode's data give for a language, for a regular expression; undefined when they know none. */
function usualScript(code: string): string | undefined {
  try {
    const { script } = new Intl.Locale(code).maximize();
    if (script === undefined) return undefined;
    const scripts = `\\p{Script=${script}}`;
    // Not every script of a locale is one of letters: Hans, Jpan.
    new RegExp(scripts, 'u').test('');
    return scripts;
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
