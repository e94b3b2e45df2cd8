/** How English says numbers, dates, money and abbreviations. */
import { toOrdinal } from 'n2words/en-US';
import { EDGE_AFTER, EDGE_BEFORE, numberSpeech } from '../number-speech.ts';
import { type Language, type Match, NOT_ONE, type Rule } from '../rule.ts';
import { moneyRules, unitRules } from '../rules/amounts.ts';
import { fractionRules, numberRules, phoneRules, yearRules } from '../rules/numbers.ts';
import { productRules } from '../rules/products.ts';
import { abbreviationRules, addressRule, CAPITALS, romanRules, scriptRule } from '../rules/words.ts';

const speech = numberSpeech({
  code: 'en',
  decimal: '.',
  groups: ',',
  join: ' ',
  point: 'point',
  minus: 'minus',
  digits: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
});
const { cardinal } = speech;

/** As years are said: eighteen fifty-one, nineteen oh five, two thousand five. */
export function englishYear(year: number): string {
  const [century, rest] = [Math.floor(year / 100), year % 100];
  if (year % 1000 < 10 || century < 10) return cardinal(year);
  if (rest === 0) return `${cardinal(century)} hundred`;
  return `${cardinal(century)} ${rest < 10 ? `oh ${cardinal(rest)}` : cardinal(rest)}`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const SHORT = 'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec'.split(' ');
const MONTH = `(${[...MONTHS, 'Sep\\.?', ...SHORT.map((name) => `${name}\\.?`)].join('|')})`;
const DAY = '([12][0-9]|3[01]|[1-9])';

function monthName(written: string): string {
  return MONTHS.find((name) => name.startsWith(written.slice(0, 3))) ?? written;
}

function yearAfter(year: string | undefined): string {
  return year === undefined ? '' : `, ${englishYear(Number(year))}`;
}

const YEAR = '(?:,? ([12][0-9]{3})(?![0-9]))?';

const dates: Rule[] = [
  {
    class: 'dates',
    pattern: new RegExp(`(?<!\\p{L})${MONTH} ${DAY}(?:st|nd|rd|th)?(?![\\p{L}\\p{Nd}]|[.,:]\\p{Nd})${YEAR}`, 'gu'),
    spoken: ({ groups: [month = '', day, year] }) => `${monthName(month)} ${toOrdinal(Number(day))}${yearAfter(year)}`,
  },
  {
    class: 'dates',
    pattern: new RegExp(`${EDGE_BEFORE}${DAY}(?:st|nd|rd|th)?( of)? ${MONTH}(?!\\p{L})${YEAR}`, 'gu'),
    spoken: ({ groups: [day, , month = '', year], before }) =>
      `${/\bthe $/i.test(before) ? '' : 'the '}${toOrdinal(Number(day))} of ${monthName(month)}${yearAfter(year)}`,
  },
  {
    class: 'dates',
    pattern: new RegExp(`${EDGE_BEFORE}([12][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])${EDGE_AFTER}`, 'gu'),
    spoken: ({ groups: [year, month, day] }) =>
      `${MONTHS[Number(month) - 1]} ${toOrdinal(Number(day))}${yearAfter(year)}`,
  },
  {
    class: 'dates',
    pattern: new RegExp(`${EDGE_BEFORE}([0-3]?[0-9])[/.]([0-3]?[0-9])[/.]([12][0-9]{3}|[0-9]{2})${EDGE_AFTER}`, 'gu'),
    // Only one of the two can be a month; otherwise the book decides.
    spoken: ({ groups: [first, second, year = ''] }) => {
      const [a, b] = [Number(first), Number(second)];
      const [month, day] = a > 12 ? [b, a] : [a, b];
      if (a < 1 || b < 1 || Math.min(a, b) > 12 || Math.max(a, b) > 31) return NOT_ONE;
      if (Math.max(a, b) <= 12 && a !== b) return undefined;
      return `${MONTHS[month - 1]} ${toOrdinal(day)}${year.length === 4 ? yearAfter(year) : ''}`;
    },
  },
];

const HALF = '[ ]?(?:[ap]\\.m\\.|[ap]m\\b|[AP]\\.?M\\b\\.?)';

/** A verse such as John 3:16 is no time. */
const NOT_A_VERSE =
  /(?:^|[^\p{L} ] ?|(?:\b\p{Ll}+|\b(?:At|By|From|Until|Till|Around|About|Before|After|Since|It|Was|The|On)) )$/u;

const times: Rule[] = [
  {
    class: 'times',
    pattern: new RegExp(
      // British print has a full stop, and then only what follows tells that it is a time.
      `${EDGE_BEFORE}([01]?[0-9]|2[0-4])(?:[:]|\\.(?=[0-5][0-9]${HALF}))([0-5][0-9])(${HALF})?(?![:\\d])`,
      'gu',
    ),
    spoken: ({ groups: [hours, minutes, half], before }) => {
      if (half === undefined && !NOT_A_VERSE.test(before)) return undefined;
      const [h, m] = [Number(hours), Number(minutes)];
      const hour = cardinal(h);
      if (m === 0)
        return half === undefined
          ? h > 12 || h === 0
            ? `${hour} hundred`
            : `${hour} o’clock`
          : `${hour}${spaced(half)}`;
      return `${hour} ${m < 10 ? `oh ${cardinal(m)}` : cardinal(m)}${spaced(half)}`;
    },
  },
  {
    class: 'times',
    pattern: new RegExp(`${EDGE_BEFORE}(1[0-2]|[1-9])(${HALF})`, 'gu'),
    spoken: ({ groups: [hour, half] }) => `${cardinal(Number(hour))}${spaced(half)}`,
  },
];

/** The two letters are left: engines read them well. */
function spaced(half: string | undefined): string {
  return half === undefined ? '' : ` ${half.trim()}`;
}

const ordinals: Rule = {
  class: 'numbers',
  pattern: new RegExp(`${EDGE_BEFORE}([0-9]{1,3}(?:,[0-9]{3})*)(?:st|nd|rd|th)(?!\\p{L})`, 'gu'),
  spoken: ({ groups: [number = ''] }) => {
    const value = speech.whole(number);
    return value === undefined || value === 0 ? undefined : toOrdinal(value);
  },
};

/** `the 1850s`, `the ’50s`. */
const decades: Rule = {
  class: 'years',
  pattern: new RegExp(`${EDGE_BEFORE}(1[0-9]{2}0|20[0-9]0|[’'][2-9]0)['’]?s(?!\\p{L})`, 'gu'),
  spoken: ({ groups: [year = ''] }) => {
    const words = /^\d{4}$/.test(year) ? englishYear(Number(year)) : cardinal(Number(year.slice(1)));
    return words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`;
  },
};

const HALVES: Readonly<Record<number, readonly [string, string]>> = {
  2: ['half', 'halves'],
  4: ['quarter', 'quarters'],
};

function fraction(top: number, bottom: number, whole: number | undefined): string {
  const [one, many] = HALVES[bottom] ?? [toOrdinal(bottom), `${toOrdinal(bottom)}s`];
  const part = `${cardinal(top)} ${top === 1 ? one : many}`;
  if (whole === undefined) return part;
  const some = top === 1 ? `${/^[aeiou]/.test(one) ? 'an' : 'a'} ${one}` : part;
  return `${cardinal(whole)} and ${some}`;
}

const PLACES =
  /(?:^|[^\p{L}])(?:Chapter|Part|Book|Volume|Vol\.|Act|Scene|Section|Canto|Appendix|Phase|Type|Class|Mark|Stage|Figure|Table|World War) $/iu;

/** Saint Ives, but Main Street; between two names it can be either. */
function saintOrStreet({ before, after }: Match): string | undefined {
  const isBehindName = /\p{Lu}\p{Ll}+ $/u.test(before);
  if (/^ ?\p{Lu}/u.test(after)) return isBehindName ? undefined : 'Saint';
  return isBehindName ? 'Street' : undefined;
}

const UNITS = {
  '%': 'percent',
  '°C': { one: 'degree Celsius', many: 'degrees Celsius' },
  '°F': { one: 'degree Fahrenheit', many: 'degrees Fahrenheit' },
  '°': { one: 'degree', many: 'degrees' },
  km: { one: 'kilometer', many: 'kilometers' },
  'km/h': { one: 'kilometer per hour', many: 'kilometers per hour' },
  kph: { one: 'kilometer per hour', many: 'kilometers per hour' },
  'km²': { one: 'square kilometer', many: 'square kilometers' },
  'm²': { one: 'square meter', many: 'square meters' },
  m: { one: 'meter', many: 'meters' },
  cm: { one: 'centimeter', many: 'centimeters' },
  mm: { one: 'millimeter', many: 'millimeters' },
  kg: { one: 'kilogram', many: 'kilograms' },
  g: { one: 'gram', many: 'grams' },
  mg: { one: 'milligram', many: 'milligrams' },
  ml: { one: 'milliliter', many: 'milliliters' },
  l: { one: 'liter', many: 'liters' },
  mph: { one: 'mile per hour', many: 'miles per hour' },
  mi: { one: 'mile', many: 'miles' },
  ft: { one: 'foot', many: 'feet' },
  yd: { one: 'yard', many: 'yards' },
  lb: { one: 'pound', many: 'pounds' },
  lbs: { one: 'pound', many: 'pounds' },
  oz: { one: 'ounce', many: 'ounces' },
  kW: { one: 'kilowatt', many: 'kilowatts' },
  MHz: 'megahertz',
  kHz: 'kilohertz',
  MB: { one: 'megabyte', many: 'megabytes' },
  GB: { one: 'gigabyte', many: 'gigabytes' },
};

/** The rules of English. */
export const ENGLISH: Language = {
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'roman', 'abbreviations'],
  rules: [
    addressRule({ dot: 'dot', slash: 'slash', at: 'at' }),
    ...phoneRules(speech, 'plus'),
    ...dates,
    ...times,
    ...moneyRules(speech, {
      and: 'and',
      large: {
        thousand: 'thousand',
        million: 'million',
        billion: 'billion',
        trillion: 'trillion',
        m: 'million',
        bn: 'billion',
        k: 'thousand',
      },
      currencies: [
        { signs: ['$', 'US$', 'USD'], one: 'dollar', many: 'dollars', minor: { one: 'cent', many: 'cents' } },
        { signs: ['£', 'GBP'], one: 'pound', many: 'pounds', minor: { one: 'penny', many: 'pence' } },
        { signs: ['€', 'EUR'], one: 'euro', many: 'euros', minor: { one: 'cent', many: 'cents' } },
        { signs: ['¢'], one: 'cent', many: 'cents' },
        { signs: ['¥', '￥'], one: 'yuan', isUncertain: true },
        { signs: ['CNY', 'RMB'], one: 'yuan' },
        { signs: ['JPY'], one: 'yen' },
        { signs: ['₹', 'Rs.'], one: 'rupee', many: 'rupees' },
      ],
    }),
    ...productRules(speech, UNITS, { between: 'by', isOfLengths: true }),
    ...unitRules(speech, UNITS),
    ...fractionRules(fraction),
    decades,
    ...yearRules({
      cue: /(?:^|[^\p{L}])(?:in|since|until|till|by|from|after|before|during|circa|ca\.|c\.|year|early|late|mid|summer of|winter of|spring of|autumn of|fall of|year of|A\.D\.|AD|January|February|March|April|May|June|July|August|September|October|November|December),? $/iu,
      noun: /^ (?!and |or |to |was |were |is |had |he |she |it |they |we |when |that |with |at |the |a |an |in |on |by |as |but |for |from |until |till )[\p{Ll}]|^%/u,
      say: englishYear,
      to: 'to',
    }),
    ...romanRules({
      cue: PLACES,
      afterCue: (value) => capitalized(cardinal(value)),
      afterName: (value) => `the ${capitalized(toOrdinal(value))}`,
    }),
    ordinals,
    ...numberRules(speech, { to: 'to' }),
    ...abbreviationRules({
      'Dr.': ({ after }) => (/^ ?\p{Lu}/u.test(after) ? 'Doctor' : 'Drive'),
      'St.': saintOrStreet,
      'Ave.': 'Avenue',
      'Rd.': 'Road',
      'Blvd.': 'Boulevard',
      'Mt.': 'Mount',
      'Ft.': 'Fort',
      'Prof.': 'Professor',
      'Rev.': 'Reverend',
      'Hon.': 'Honorable',
      'Capt.': 'Captain',
      'Col.': 'Colonel',
      'Gen.': 'General',
      'Lt.': 'Lieutenant',
      'Maj.': 'Major',
      'Sgt.': 'Sergeant',
      'Gov.': 'Governor',
      'Sen.': 'Senator',
      'Rep.': 'Representative',
      'Jr.': 'Junior',
      'Sr.': 'Senior',
      'Esq.': 'Esquire',
      'Messrs.': 'Messieurs',
      'No.': ({ after }) => (/^ ?\d/.test(after) ? 'Number' : NOT_ONE),
      'Nos.': ({ after }) => (/^ ?\d/.test(after) ? 'Numbers' : NOT_ONE),
      'vol.': 'volume',
      'Vol.': 'Volume',
      'p.': ({ after }) => (/^ ?\d/.test(after) ? 'page' : NOT_ONE),
      'pp.': ({ after }) => (/^ ?\d/.test(after) ? 'pages' : NOT_ONE),
      'vs.': 'versus',
      'etc.': 'et cetera',
      'e.g.': 'for example',
      'i.e.': 'that is',
      'cf.': 'compare',
      'viz.': 'namely',
      'approx.': 'approximately',
      'Inc.': 'Incorporated',
      'Ltd.': 'Limited',
      'Co.': 'Company',
      'Corp.': 'Corporation',
      'Bros.': 'Brothers',
      'Dept.': 'Department',
    }),
    CAPITALS,
    scriptRule('\\p{Script=Latin}'),
  ],
};

function capitalized(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
