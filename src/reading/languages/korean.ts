/** How Korean says numbers, dates and money. What is counted in native numbers (세 명) is left: the noun decides. */
import { numberSpeech } from '../number-speech.ts';
import type { Language, Rule } from '../rule.ts';
import { moneyRules, unitRules } from '../rules/amounts.ts';
import { fractionRules, numberRules, phoneRules } from '../rules/numbers.ts';
import { productRules } from '../rules/products.ts';
import { addressRule, CAPITALS, scriptRule } from '../rules/words.ts';

const speech = numberSpeech({
  code: 'ko',
  decimal: '.',
  groups: ',',
  join: ' ',
  point: '점',
  minus: '영하',
  digits: ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'],
});
const { cardinal } = speech;
const number = (text: string | undefined): string => cardinal(Number(text));

/** Hours up to twelve are native; minutes are not. */
const HOURS = ['영', '한', '두', '세', '네', '다섯', '여섯', '일곱', '여덟', '아홉', '열', '열한', '열두'];

function clock(hours: string | undefined, minutes: string | undefined): string {
  const hour = `${HOURS[Number(hours)] ?? number(hours)} 시`;
  return minutes === undefined || Number(minutes) === 0 ? hour : `${hour} ${number(minutes)} 분`;
}

/** June and October lose a sound. */
function month(text: string | undefined): string {
  const value = Number(text);
  return `${value === 6 ? '유' : value === 10 ? '시' : cardinal(value)}월`;
}

const rules: Rule[] = [
  {
    class: 'dates',
    pattern: /(?<![0-9])(?:([12][0-9]{3})년 ?)?(1[0-2]|0?[1-9])월(?: ?([12][0-9]|3[01]|0?[1-9])일)?/gu,
    spoken: ({ groups: [year, of, day] }) =>
      (year === undefined ? '' : `${number(year)}년 `) + month(of) + (day === undefined ? '' : ` ${number(day)}일`),
  },
  {
    class: 'dates',
    pattern: /(?<![0-9./-])([12][0-9]{3})[-/.] ?(0?[1-9]|1[0-2])[-/.] ?(0?[1-9]|[12][0-9]|3[01])(?![0-9/-])/gu,
    spoken: ({ groups: [year, of, day] }) => `${number(year)}년 ${month(of)} ${number(day)}일`,
  },
  { class: 'years', pattern: /(?<![0-9])(?:1[0-9]{3}|20[0-9]{2})(?=년)/gu, spoken: ({ text }) => number(text) },
  {
    class: 'times',
    pattern: /(?<![0-9:])([01]?[0-9]|2[0-4]):([0-5][0-9])(?![0-9:])/gu,
    spoken: ({ groups: [hours, minutes] }) => clock(hours, minutes),
  },
  {
    class: 'times',
    pattern: /(?<![0-9])([01]?[0-9]|2[0-4])시(?: ?([0-5]?[0-9])분)?(?!간)/gu,
    spoken: ({ groups: [hours, minutes] }) => clock(hours, minutes),
  },
];

/** Counters with Sino-Korean numbers. */
const SINO = /^ ?(?:층|번|호|쪽|페이지|권째|학년|분|초|년|개월|일|주일|인분|세기|대|도|회|장\b|월)/u;

const UNITS = {
  '%': '퍼센트',
  '°C': '도',
  '℃': '도',
  '°': '도',
  km: '킬로미터',
  m: '미터',
  cm: '센티미터',
  mm: '밀리미터',
  kg: '킬로그램',
  g: '그램',
  ml: '밀리리터',
};

/** The rules of Korean. */
export const KOREAN: Language = {
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions'],
  rules: [
    addressRule({ dot: '점', slash: '슬래시', at: '골뱅이' }),
    ...phoneRules(speech, '플러스'),
    ...rules,
    ...moneyRules(speech, {
      large: { 만: '만', 억: '억', 천: '천' },
      currencies: [
        { signs: ['$', 'US$', 'USD', '달러'], one: '달러' },
        { signs: ['£', '파운드'], one: '파운드' },
        { signs: ['€', '유로'], one: '유로' },
        { signs: ['₩', 'KRW', '원'], one: '원' },
        { signs: ['¥', '엔'], one: '엔' },
      ],
    }),
    ...productRules(speech, UNITS),
    ...unitRules(speech, UNITS),
    ...fractionRules((top, bottom, whole) => {
      const part = `${cardinal(bottom)}분의 ${cardinal(top)}`;
      return whole === undefined ? part : `${cardinal(whole)}와 ${part}`;
    }),
    ...numberRules(speech, {
      to: '에서',
      say: ({ text, after }) =>
        /^ ?\p{Script=Hangul}/u.test(after) && !SINO.test(after) ? undefined : speech.amount(text),
    }),
    CAPITALS,
    scriptRule('\\p{Script=Hangul}\\p{Script=Han}'),
  ],
};
