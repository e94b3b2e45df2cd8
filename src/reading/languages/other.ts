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

function listed(script: string, dot: string, abbreviations: readonly string[]): Language {
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
      scriptRule(script),
    ],
  };
}

/** The rules of Russian: without words. */
export const RUSSIAN: Language = listed('\\p{Script=Cyrillic}', 'точка', [
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

/** Any language of one's own server. */
export const OTHER: Language = listed('\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}', '.', []);
