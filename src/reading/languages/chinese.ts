/** How Chinese says numbers, dates and money. */
import { numberSpeech } from '../number-speech.ts';
import { type Language, NOT_ONE, type Rule } from '../rule.ts';
import { moneyRules, unitRules } from '../rules/amounts.ts';
import { fractionRules, numberRules, phoneRules } from '../rules/numbers.ts';
import { productRules } from '../rules/products.ts';
import { addressRule, CAPITALS, scriptRule } from '../rules/words.ts';

const DIGITS = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

const speech = numberSpeech({
  code: 'zh',
  decimal: '.',
  groups: ',，',
  join: '',
  point: '点',
  minus: '零下',
  digits: DIGITS,
  // 两个, but 十二个.
  before: (words, value) => (value === 2 ? '两' : words),
});
const { cardinal } = speech;

/** A year, digit by digit: 一九〇五. */
export function chineseYear(year: string): string {
  return [...year].map((digit) => (digit === '0' ? '〇' : DIGITS[Number(digit)])).join('');
}

/** 两 stands before these, 二 before all else. */
const MEASURES =
  /^[个位名条只次天年岁米里块元万千亿倍张件本座间家句页片杯瓶碗头匹颗棵双对场步层支把封首篇部台辆架艘组队群代种样分秒周点][^级号]?/u;

const ascii = (digits: string): string => digits.replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - 0xff10));

const dates: Rule[] = [
  {
    class: 'dates',
    pattern: /(?<![0-9])(?:([12][0-9]{3})年)?[ ]?(1[0-2]|0?[1-9])月(?:[ ]?([12][0-9]|3[01]|0?[1-9])([日号]))?/gu,
    spoken: ({ groups: [year, month, day, unit] }) =>
      (year === undefined ? '' : `${chineseYear(year)}年`) +
      `${cardinal(Number(month))}月` +
      (day === undefined ? '' : `${cardinal(Number(day))}${unit}`),
  },
  {
    class: 'dates',
    pattern: /(?<![0-9./-])([12][0-9]{3})[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12][0-9]|3[01])(?![0-9./-])/gu,
    spoken: ({ groups: [year = '', month, day] }) =>
      `${chineseYear(year)}年${cardinal(Number(month))}月${cardinal(Number(day))}日`,
  },
];

function clock(hours: number, minutes: number): string {
  const hour = hours === 2 ? '两' : cardinal(hours);
  if (minutes === 0) return `${hour}点`;
  return `${hour}点${minutes < 10 ? `零${cardinal(minutes)}` : cardinal(minutes)}分`;
}

const times: Rule[] = [
  {
    class: 'times',
    pattern: /(?<![0-9:：])([01]?[0-9]|2[0-4])[:：]([0-5][0-9])(?![0-9:：])/gu,
    spoken: ({ groups: [hours, minutes] }) => clock(Number(hours), Number(minutes)),
  },
  {
    class: 'times',
    pattern: /(?<![0-9.])([01]?[0-9]|2[0-4])[点點](?:([0-5]?[0-9])分?)?(?![0-9])/gu,
    // 5点 can be 5.2 in words, too; minutes are said by the rule above.
    spoken: ({ groups: [hours, minutes] }) => clock(Number(hours), Number(minutes ?? 0)),
  },
];

const years: Rule[] = [
  {
    class: 'years',
    pattern: /(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?:[-–—~～至到]([12][0-9]{3}))?(?=年)/gu,
    spoken: ({ text, groups: [from = '', until] }) => {
      // 1000年 is more often a thousand years.
      if (from === '1000') return NOT_ONE;
      return until === undefined ? chineseYear(text) : `${chineseYear(from)}到${chineseYear(until)}`;
    },
  },
];

const CHINESE_DIGIT = '〇零一二三四五六七八九十百千万亿两';

/** `3千5百`, `12万`, `二0二四`, and full-width digits. */
const mixed: Rule = {
  class: 'mixed',
  pattern: new RegExp(
    `(?<![0-9０-９.])(?:[${CHINESE_DIGIT}]+[0-9０-９]+|[0-9０-９]+(?:\\.[0-9]+)?[${CHINESE_DIGIT}]+|[０-９]+)[${CHINESE_DIGIT}0-9０-９]*`,
    'gu',
  ),
  spoken: ({ text }) => {
    const isRow = /^[〇零一二三四五六七八九0-9０-９]{3,}$/.test(text) && !/^[０-９]+$/.test(text);
    if (isRow)
      return ascii(text)
        .replace(/[0-9]/g, (digit) => chineseYear(digit))
        .replace(/零/g, '〇');
    return ascii(text).replace(/[0-9]+(?:\.[0-9]+)?/g, (digits, at: number) => {
      const next = text[at + digits.length] ?? '';
      return digits === '2' && /[千万亿百]/.test(next) ? '两' : (speech.amount(digits) ?? digits);
    });
  },
};

const phones: Rule = {
  class: 'phones',
  pattern: /(?<![0-9])1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])/gu,
  // On the phone, one is 幺.
  spoken: ({ text }) =>
    [...text.replace(/[^0-9]/g, '')].map((digit) => (digit === '1' ? '幺' : DIGITS[Number(digit)])).join(''),
};

const UNITS = {
  '°C': '摄氏度',
  '℃': '摄氏度',
  '°': '度',
  km: '公里',
  'km/h': '公里每小时',
  m: '米',
  cm: '厘米',
  mm: '毫米',
  kg: '公斤',
  g: '克',
  mg: '毫克',
  ml: '毫升',
  L: '升',
  'm²': '平方米',
  'km²': '平方公里',
};

/** The rules of Chinese. */
export const CHINESE: Language = {
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'mixed'],
  rules: [
    addressRule({ dot: '点', slash: '斜杠', at: '艾特' }),
    phones,
    ...phoneRules(speech, '加'),
    ...dates,
    ...years,
    ...times,
    ...moneyRules(speech, {
      decimalsInNumber: true,
      large: { 万: '万', 亿: '亿', 百万: '百万', 千万: '千万' },
      currencies: [
        { signs: ['$', 'US$', 'USD', '美元'], one: '美元' },
        { signs: ['£', 'GBP', '英镑'], one: '英镑' },
        { signs: ['€', 'EUR', '欧元'], one: '欧元' },
        { signs: ['¥', '￥', 'CNY', 'RMB', '元'], one: '元' },
        { signs: ['块钱'], one: '块钱' },
        { signs: ['JPY', '日元'], one: '日元' },
        { signs: ['HK$', '港元'], one: '港元' },
      ],
    }),
    mixed,
    ...productRules(speech, UNITS),
    ...unitRules(speech, UNITS),
    {
      class: 'units',
      pattern: new RegExp(`(?<![0-9.])(${speech.pattern})[%％]`, 'gu'),
      spoken: ({ groups: [amount = ''] }) => {
        const words = speech.amount(amount);
        return words && `百分之${words}`;
      },
    },
    ...fractionRules((top, bottom, whole) =>
      whole === undefined
        ? `${cardinal(bottom)}分之${cardinal(top)}`
        : `${cardinal(whole)}又${cardinal(bottom)}分之${cardinal(top)}`,
    ),
    ...numberRules(speech, {
      to: '到',
      say: ({ text, before, after }) => {
        if (text === '2' && MEASURES.test(after) && !/第$/.test(before)) return '两';
        // A long number that counts nothing may be a code, which is read digit by digit.
        return /^[1-9][0-9]{5,}$/.test(text) && !text.endsWith('00') && !/^\p{Script=Han}/u.test(after)
          ? undefined
          : speech.amount(text);
      },
    }),
    CAPITALS,
    scriptRule('\\p{Script=Han}'),
  ],
};
