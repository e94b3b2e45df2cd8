/** How Spanish says numbers, dates and money. */
import { toOrdinal } from 'n2words/es-ES';
import { numberSpeech } from '../number-speech.ts';
import { type Language, type Match, NOT_ONE } from '../rule.ts';
import { currencies, western } from '../western.ts';

const speech = numberSpeech({
  code: 'es',
  decimal: ',',
  groups: '. ',
  join: ' ',
  point: 'coma',
  minus: 'menos',
  digits: ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve'],
  decimalsAreNumber: true,
  before: (words, value, gender) => {
    if (gender !== 'f') return words.replace(/veintiuno$/, 'veintiún').replace(/uno$/, 'un');
    return value >= 1_000_000
      ? undefined
      : words.replace(/uno$/, 'una').replace(/(ciento|quiniento)s/g, (it) => `${it.slice(0, -2)}as`);
  },
});
const { cardinal } = speech;

/** Kings up to ten have an ordinal: Felipe segundo, Alfonso trece. */
function afterName(value: number): string {
  return value <= 10 ? toOrdinal(value) : cardinal(value);
}

/** `1.º`, `2.ª`, to ten. "primer" or "primero", "tercer" or "tercero": before a noun, the noun decides. */
function ordinal({ text, after }: Match): string | undefined {
  const value = Number.parseInt(text, 10);
  if (value < 1 || value > 10 || !/[ºª]$/.test(text)) return undefined;
  if (text.endsWith('ª')) return toOrdinal(value).replace(/o$/, 'a');
  return (value === 1 || value === 3) && /^ (?!(?:de|del|y|en|a) )\p{L}/u.test(after) ? undefined : toOrdinal(value);
}

const PARTS: Readonly<Record<number, string>> = {
  2: 'medio',
  3: 'tercio',
  4: 'cuarto',
  5: 'quinto',
  6: 'sexto',
  8: 'octavo',
  10: 'décimo',
};

/** The rules of Spanish. */
export const SPANISH: Language = western({
  speech,
  script: '\\p{Script=Latin}',
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'roman', 'abbreviations'],
  months: 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' '),
  dayMark: ' de ',
  yearMark: ' del? ',
  date: ({ day, month, year }) =>
    `${day === 1 ? 'primero' : cardinal(day)} de ${month}${year === undefined ? '' : ` de ${cardinal(Number(year))}`}`,
  year: cardinal,
  yearCue: /(?:^|[^\p{L}])(?:en|desde|hasta|hacia|año|de|del año) $/u,
  clock: { divide: ':', after: '(?: ?h(?:oras)?\\b\\.?)?' },
  time: (hours, minutes) => {
    const hour = speech.amount(String(hours), 'f');
    return minutes === 0 ? hour : `${hour} y ${cardinal(minutes)}`;
  },
  money: {
    ofMillions: (noun) => `de ${noun}`,
    and: 'con',
    large: { millón: 'millón', millones: 'millones' },
    currencies: currencies({
      dollar: { one: 'dólar', many: 'dólares' },
      pound: { one: 'libra', many: 'libras', gender: 'f' },
      euro: { one: 'euro', many: 'euros' },
      yuan: { one: 'yuan', many: 'yuanes' },
      yen: { one: 'yen', many: 'yenes' },
      cent: { one: 'centavo', many: 'centavos' },
      penny: { one: 'penique', many: 'peniques' },
    }).map((one) => (one.signs.includes('€') ? { ...one, minor: { one: 'céntimo', many: 'céntimos' } } : one)),
  },
  units: {
    '%': 'por ciento',
    '°C': { one: 'grado Celsius', many: 'grados Celsius' },
    '°': { one: 'grado', many: 'grados' },
    km: { one: 'kilómetro', many: 'kilómetros' },
    'km/h': { one: 'kilómetro por hora', many: 'kilómetros por hora' },
    m: { one: 'metro', many: 'metros' },
    cm: { one: 'centímetro', many: 'centímetros' },
    mm: { one: 'milímetro', many: 'milímetros' },
    'm²': { one: 'metro cuadrado', many: 'metros cuadrados' },
    'km²': { one: 'kilómetro cuadrado', many: 'kilómetros cuadrados' },
    kg: { one: 'kilogramo', many: 'kilogramos' },
    g: { one: 'gramo', many: 'gramos' },
    l: { one: 'litro', many: 'litros' },
    ml: { one: 'mililitro', many: 'mililitros' },
  },
  product: { between: 'por' },
  fraction: (top, bottom, whole) => {
    const part = PARTS[bottom];
    if (part === undefined) return undefined;
    const fraction = `${top === 1 ? 'un' : cardinal(top)} ${part}${top > 1 ? 's' : ''}`;
    if (whole === undefined) return fraction;
    return `${speech.amount(String(whole), 'm')} y ${bottom === 2 ? 'medio' : fraction}`;
  },
  roman: {
    cue: /(?:^|[^\p{L}])(?:capítulo|parte|tomo|libro|acto|escena|volumen|siglo|siglos) $/iu,
    afterCue: (value) => (value === 1 ? 'primero' : cardinal(value)),
    afterName,
  },
  ordinals: [
    {
      class: 'numbers',
      pattern: /(?<![\p{L}\p{N}.,])[0-9]{1,4}\.?(?:[ºª°]|er|ro|ra|do|da)(?![\p{L}\p{N}])/gu,
      spoken: ordinal,
    },
  ],
  abbreviations: {
    'Sr.': 'señor',
    'Sra.': 'señora',
    'Srta.': 'señorita',
    'Sres.': 'señores',
    'Dr.': 'doctor',
    'Dra.': 'doctora',
    'D.': ({ after }) => (/^ \p{Lu}/u.test(after) ? 'don' : NOT_ONE),
    'Dña.': 'doña',
    'Ud.': 'usted',
    'Uds.': 'ustedes',
    'Vd.': 'usted',
    'Vds.': 'ustedes',
    'Sto.': 'Santo',
    'Sta.': 'Santa',
    'etc.': 'etcétera',
    'p. ej.': 'por ejemplo',
    'núm.': 'número',
    'EE. UU.': 'Estados Unidos',
    'a. C.': 'antes de Cristo',
    'd. C.': 'después de Cristo',
    'pág.': 'página',
    'Avda.': 'avenida',
  },
  to: 'a',
  plus: 'más',
  address: { dot: 'punto', slash: 'barra', at: 'arroba' },
  // "uno", "un" or "una"; "doscientos" or "doscientas".
  number: ({ text, after }) => {
    const value = speech.whole(text);
    const agrees = value !== undefined && (/(?:^|[02-9])1$/.test(text) || (value % 1000 >= 200 && value !== 1000));
    return agrees && /^ \p{L}/u.test(after) ? undefined : speech.amount(text);
  },
});
