/** How Italian says numbers, dates and money. */
import { toOrdinal } from 'n2words/it-IT';
import { numberSpeech } from '../number-speech.ts';
import { type Language, NOT_ONE } from '../rule.ts';
import { currencies, western } from '../western.ts';

const speech = numberSpeech({
  code: 'it',
  decimal: ',',
  groups: '. ',
  join: ' ',
  point: 'virgola',
  minus: 'meno',
  digits: ['zero', 'uno', 'due', 'tre', 'quattro', 'cinque', 'sei', 'sette', 'otto', 'nove'],
  decimalsAreNumber: true,
  before: (words, value, gender) => (value !== 1 ? words : gender === 'f' ? 'una' : 'un'),
});
const { cardinal } = speech;

const PARTS: Readonly<Record<number, readonly [string, string]>> = {
  2: ['mezzo', 'mezzi'],
  3: ['terzo', 'terzi'],
  4: ['quarto', 'quarti'],
  5: ['quinto', 'quinti'],
  6: ['sesto', 'sesti'],
  8: ['ottavo', 'ottavi'],
  10: ['decimo', 'decimi'],
};

/** The rules of Italian. */
export const ITALIAN: Language = western({
  speech,
  script: '\\p{Script=Latin}',
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'roman', 'abbreviations'],
  months: 'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre'.split(' '),
  dayMark: ' ',
  yearMark: ' ',
  date: ({ day, month, year }) =>
    `${day === 1 ? 'primo' : cardinal(day)} ${month}${year === undefined ? '' : ` ${cardinal(Number(year))}`}`,
  year: cardinal,
  yearCue: /(?:^|[^\p{L}])(?:nel|dal|del|al|fino al|anno|verso il|il) $/u,
  clock: { divide: ':', after: '' },
  time: (hours, minutes) => {
    const hour = speech.amount(String(hours), 'f');
    return minutes === 0 ? hour : `${hour} e ${cardinal(minutes)}`;
  },
  money: {
    ofMillions: (noun) => `di ${noun}`,
    and: 'e',
    large: { milione: 'milione', milioni: 'milioni', miliardo: 'miliardo', miliardi: 'miliardi' },
    currencies: currencies({
      dollar: { one: 'dollaro', many: 'dollari' },
      pound: { one: 'sterlina', many: 'sterline', gender: 'f' },
      euro: { one: 'euro', many: 'euro' },
      yuan: { one: 'yuan', many: 'yuan' },
      yen: { one: 'yen', many: 'yen' },
      cent: { one: 'centesimo', many: 'centesimi' },
      penny: { one: 'penny', many: 'penny' },
    }),
  },
  units: {
    '%': 'per cento',
    '°C': { one: 'grado Celsius', many: 'gradi Celsius' },
    '°': { one: 'grado', many: 'gradi' },
    km: { one: 'chilometro', many: 'chilometri' },
    'km/h': { one: 'chilometro orario', many: 'chilometri orari' },
    m: { one: 'metro', many: 'metri' },
    cm: { one: 'centimetro', many: 'centimetri' },
    mm: { one: 'millimetro', many: 'millimetri' },
    'm²': { one: 'metro quadrato', many: 'metri quadrati' },
    'km²': { one: 'chilometro quadrato', many: 'chilometri quadrati' },
    kg: { one: 'chilogrammo', many: 'chilogrammi' },
    g: { one: 'grammo', many: 'grammi' },
    l: { one: 'litro', many: 'litri' },
    ml: { one: 'millilitro', many: 'millilitri' },
  },
  product: { between: 'per' },
  fraction: (top, bottom, whole) => {
    const part = PARTS[bottom];
    if (part === undefined) return undefined;
    const fraction = `${top === 1 ? 'un' : cardinal(top)} ${top === 1 ? part[0] : part[1]}`;
    if (whole === undefined) return fraction;
    return `${cardinal(whole)} e ${bottom === 2 ? 'mezzo' : fraction}`;
  },
  roman: {
    cue: /(?:^|[^\p{L}])(?:capitolo|tomo|libro|atto|volume|secolo) $/iu,
    afterCue: (value) => toOrdinal(value),
    afterName: (value) => toOrdinal(value),
  },
  abbreviations: {
    'Sig.': 'signor',
    'sig.': 'signor',
    'Sig.ra': 'signora',
    'sig.ra': 'signora',
    'Sigg.': 'signori',
    'Dott.': 'dottor',
    'dott.': 'dottor',
    'Dott.ssa': 'dottoressa',
    'Prof.': 'professor',
    'Prof.ssa': 'professoressa',
    'Avv.': 'avvocato',
    'Ing.': 'ingegner',
    'ecc.': 'eccetera',
    'p. es.': 'per esempio',
    'a.C.': 'avanti Cristo',
    'd.C.': 'dopo Cristo',
    'n.': ({ after }) => (/^ ?\d/.test(after) ? 'numero' : NOT_ONE),
    'pag.': 'pagina',
    'pagg.': 'pagine',
    'cfr.': 'confronta',
  },
  to: 'a',
  plus: 'più',
  address: { dot: 'punto', slash: 'barra', at: 'chiocciola' },
  // "uno", "un" or "una".
  number: ({ text, after }) => (text === '1' && /^ \p{L}/u.test(after) ? undefined : speech.amount(text)),
});
