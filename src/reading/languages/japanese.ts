/** How Japanese says numbers, dates and money: written in kanji, which leaves the reading of counters to the engine. */
import { numberSpeech } from '../number-speech.ts';
import type { Language, Rule } from '../rule.ts';
import { moneyRules, unitRules } from '../rules/amounts.ts';
import { fractionRules, numberRules, phoneRules } from '../rules/numbers.ts';
import { productRules } from '../rules/products.ts';
import { addressRule, CAPITALS, scriptRule } from '../rules/words.ts';

const speech = numberSpeech({
  code: 'ja',
  decimal: '.',
  groups: ',，',
  join: '',
  point: '点',
  minus: 'マイナス',
  digits: ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'],
});
const { cardinal } = speech;
const number = (text: string | undefined): string => cardinal(Number(text));

const rules: Rule[] = [
  {
    class: 'dates',
    pattern: /(?<![0-9])(?:([12][0-9]{3})年)?(1[0-2]|0?[1-9])月(?:([12][0-9]|3[01]|0?[1-9])日)?/gu,
    spoken: ({ groups: [year, month, day] }) =>
      (year === undefined ? '' : `${number(year)}年`) +
      `${number(month)}月` +
      (day === undefined ? '' : `${number(day)}日`),
  },
  {
    class: 'dates',
    pattern: /(?<![0-9./-])([12][0-9]{3})[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12][0-9]|3[01])(?![0-9./-])/gu,
    spoken: ({ groups: [year, month, day] }) => `${number(year)}年${number(month)}月${number(day)}日`,
  },
  {
    class: 'years',
    pattern: /(?<![0-9])(?:1[0-9]{3}|20[0-9]{2})(?=年)/gu,
    spoken: ({ text }) => number(text),
  },
  {
    class: 'times',
    pattern: /(?<![0-9:：])([01]?[0-9]|2[0-4])[:：]([0-5][0-9])(?![0-9:：])/gu,
    spoken: ({ groups: [hours, minutes] }) =>
      `${number(hours)}時${Number(minutes) === 0 ? '' : `${number(minutes)}分`}`,
  },
  {
    class: 'times',
    pattern: /(?<![0-9])([01]?[0-9]|2[0-4])時(?:([0-5]?[0-9])分)?(?!間)/gu,
    spoken: ({ groups: [hours, minutes] }) =>
      `${number(hours)}時${minutes === undefined ? '' : `${number(minutes)}分`}`,
  },
  {
    class: 'mixed',
    pattern: /(?<![0-9.])(?:[0-9]+(?:\.[0-9]+)?[十百千万億]+[0-9十百千万億]*)/gu,
    spoken: ({ text }) =>
      text.replace(/[0-9]+(?:\.[0-9]+)?/g, (digits, at: number) =>
        digits === '1' && /[十百千]/.test(text[at + 1] ?? '') ? '' : (speech.amount(digits) ?? digits),
      ),
  },
];

const UNITS = {
  '%': 'パーセント',
  '％': 'パーセント',
  '°C': '度',
  '℃': '度',
  '°': '度',
  km: 'キロメートル',
  m: 'メートル',
  cm: 'センチメートル',
  mm: 'ミリメートル',
  kg: 'キログラム',
  g: 'グラム',
  ml: 'ミリリットル',
  'm²': '平方メートル',
  'km²': '平方キロメートル',
};

/** The rules of Japanese. */
export const JAPANESE: Language = {
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'mixed'],
  rules: [
    addressRule({ dot: 'ドット', slash: 'スラッシュ', at: 'アット' }),
    ...phoneRules(speech, 'プラス'),
    ...rules,
    ...moneyRules(speech, {
      decimalsInNumber: true,
      large: { 万: '万', 億: '億' },
      currencies: [
        { signs: ['$', 'US$', 'USD', 'ドル'], one: 'ドル' },
        { signs: ['£', 'GBP', 'ポンド'], one: 'ポンド' },
        { signs: ['€', 'EUR', 'ユーロ'], one: 'ユーロ' },
        { signs: ['¥', '￥', 'JPY', '円'], one: '円' },
      ],
    }),
    ...productRules(speech, UNITS),
    ...unitRules(speech, UNITS),
    ...fractionRules((top, bottom, whole) =>
      whole === undefined
        ? `${cardinal(bottom)}分の${cardinal(top)}`
        : `${cardinal(whole)}と${cardinal(bottom)}分の${cardinal(top)}`,
    ),
    ...numberRules(speech, { to: 'から' }),
    CAPITALS,
    scriptRule('\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー々〆'),
  ],
};
