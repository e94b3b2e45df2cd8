/** How French says numbers, dates and money. */
import { toOrdinal } from 'n2words/fr-FR';
import { numberSpeech } from '../number-speech.ts';
import { type Language, NOT_ONE, type Rule } from '../rule.ts';
import { romanValue } from '../rules/words.ts';
import { currencies, western } from '../western.ts';

const speech = numberSpeech({
  code: 'fr',
  decimal: ',',
  groups: '. ',
  join: ' ',
  point: 'virgule',
  minus: 'moins',
  digits: ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf'],
  decimalsAreNumber: true,
  before: (words, _value, gender) => (gender === 'f' ? words.replace(/(?<=^|[ -])un$/, 'une') : words),
});
const { cardinal } = speech;

const PARTS: Readonly<Record<number, string>> = {
  2: 'demi',
  3: 'tiers',
  4: 'quart',
  5: 'cinquième',
  6: 'sixième',
  8: 'huitième',
  10: 'dixième',
};

function ordinal(value: number | undefined, ending: string | undefined): string | undefined {
  if (value === undefined || value === 0) return undefined;
  if (value === 1) return ending === 'er' ? 'premier' : 'première';
  return toOrdinal(value);
}

/** `2e`, `1er`; `XIXe siècle`, `François Ier`. */
const ordinals: Rule[] = [
  {
    class: 'numbers',
    pattern: /(?<![\p{L}\p{N}])([0-9]{1,3})(er|re|ère|e|ème)(?!\p{L})/gu,
    spoken: ({ groups: [number = '', ending] }) => ordinal(speech.whole(number), ending),
  },
  {
    class: 'roman',
    pattern: /(?<![\p{L}\p{N}])([IVX]{1,6})(er|re|ère|e|ème)(?!\p{L})/gu,
    spoken: ({ groups: [number = '', ending] }) => ordinal(romanValue(number), ending),
  },
];

/** The rules of French. */
export const FRENCH: Language = western({
  speech,
  script: '\\p{Script=Latin}',
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'roman', 'abbreviations'],
  months: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' '),
  dayMark: ' ',
  yearMark: ' ',
  date: ({ day, month, year }) =>
    `${day === 1 ? 'premier' : cardinal(day)} ${month}${year === undefined ? '' : ` ${cardinal(Number(year))}`}`,
  year: cardinal,
  yearCue: /(?:^|[^\p{L}])(?:en|depuis|dès|vers|avant|après|jusqu['’]en|l['’]an|année) $/u,
  clock: { divide: ' ?h ?|:', after: '' },
  time: (hours, minutes) => {
    const hour = `${speech.amount(String(hours), 'f')} ${hours < 2 ? 'heure' : 'heures'}`;
    return minutes === 0 ? hour : `${hour} ${cardinal(minutes)}`;
  },
  money: {
    ofMillions: (noun) => (/^[aeiou]/.test(noun) ? `d’${noun}` : `de ${noun}`),
    large: { million: 'million', millions: 'millions', milliard: 'milliard', milliards: 'milliards' },
    currencies: currencies({
      dollar: { one: 'dollar', many: 'dollars' },
      pound: { one: 'livre', many: 'livres', gender: 'f' },
      euro: { one: 'euro', many: 'euros' },
      yuan: { one: 'yuan', many: 'yuans' },
      yen: { one: 'yen', many: 'yens' },
      cent: { one: 'centime', many: 'centimes' },
      penny: { one: 'penny', many: 'pence' },
    }),
  },
  units: {
    '%': 'pour cent',
    '°C': { one: 'degré Celsius', many: 'degrés Celsius' },
    '°': { one: 'degré', many: 'degrés' },
    km: { one: 'kilomètre', many: 'kilomètres' },
    'km/h': { one: 'kilomètre-heure', many: 'kilomètres-heure' },
    m: { one: 'mètre', many: 'mètres' },
    cm: { one: 'centimètre', many: 'centimètres' },
    mm: { one: 'millimètre', many: 'millimètres' },
    'm²': { one: 'mètre carré', many: 'mètres carrés' },
    'km²': { one: 'kilomètre carré', many: 'kilomètres carrés' },
    kg: { one: 'kilogramme', many: 'kilogrammes' },
    g: { one: 'gramme', many: 'grammes' },
    l: { one: 'litre', many: 'litres' },
    ml: { one: 'millilitre', many: 'millilitres' },
  },
  fraction: (top, bottom, whole) => {
    const part = PARTS[bottom];
    if (part === undefined) return undefined;
    const fraction = `${cardinal(top)} ${part}${top > 1 && bottom !== 3 ? 's' : ''}`;
    if (whole === undefined) return fraction;
    return `${cardinal(whole)} et ${bottom === 2 ? 'demi' : fraction}`;
  },
  roman: {
    cue: /(?:^|[^\p{L}])(?:chapitre|partie|tome|livre|acte|scène|volume) $/iu,
    afterCue: (value) => (value === 1 ? 'premier' : cardinal(value)),
    afterName: (value) => (value === 1 ? 'premier' : cardinal(value)),
  },
  ordinals,
  abbreviations: {
    'M.': ({ after }) => (/^ \p{Lu}/u.test(after) ? 'Monsieur' : NOT_ONE),
    'MM.': 'Messieurs',
    Mme: 'Madame',
    Mmes: 'Mesdames',
    Mlle: 'Mademoiselle',
    Mgr: 'Monseigneur',
    Dr: 'Docteur',
    St: 'Saint',
    Ste: 'Sainte',
    'p. ex.': 'par exemple',
    'c.-à-d.': 'c’est-à-dire',
    'etc.': 'et cetera',
    'av. J.-C.': 'avant Jésus-Christ',
    'apr. J.-C.': 'après Jésus-Christ',
    'n°': 'numéro',
    'p.': ({ after }) => (/^ ?\d/.test(after) ? 'page' : NOT_ONE),
  },
  to: 'à',
  plus: 'plus',
  address: { dot: 'point', slash: 'barre oblique', at: 'arobase' },
  number: ({ text, after }) =>
    // "un" or "une".
    /(?:^|[02-68])1$/.test(text) && /^ \p{L}/u.test(after) ? undefined : speech.amount(text),
});
