/** How Portuguese, as in Brazil, says numbers, dates and money. */
import { numberSpeech } from '../number-speech.ts';
import { type Language, NOT_ONE } from '../rule.ts';
import { currencies, western } from '../western.ts';

const speech = numberSpeech({
  code: 'pt',
  decimal: ',',
  groups: '. ',
  join: ' ',
  point: 'vírgula',
  minus: 'menos',
  digits: ['zero', 'um', 'dois', 'três', 'quatro', 'cinco', 'seis', 'sete', 'oito', 'nove'],
  decimalsAreNumber: true,
  before: (words, value, gender) => {
    if (gender !== 'f') return words;
    if (value >= 1_000_000) return undefined;
    return words
      .replace(/\bum$/, 'uma')
      .replace(/\bdois\b/g, 'duas')
      .replace(/(zent|cent|hent)os/g, '$1as');
  },
});
const { cardinal } = speech;

const KINGS = ['primeiro', 'segundo', 'terceiro', 'quarto', 'quinto', 'sexto', 'sétimo', 'oitavo', 'nono', 'décimo'];

/** Up to ten there is an ordinal: Pedro segundo, Luís quatorze. */
function afterName(value: number): string {
  return KINGS[value - 1] ?? cardinal(value);
}

const PARTS: Readonly<Record<number, string>> = {
  2: 'meio',
  3: 'terço',
  4: 'quarto',
  5: 'quinto',
  6: 'sexto',
  8: 'oitavo',
  10: 'décimo',
};

/** The rules of Portuguese. */
export const PORTUGUESE: Language = western({
  speech,
  script: '\\p{Script=Latin}',
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'roman', 'abbreviations'],
  months: 'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro'.split(' '),
  dayMark: ' de ',
  yearMark: ' de ',
  date: ({ day, month, year }) =>
    `${day === 1 ? 'primeiro' : cardinal(day)} de ${month}${year === undefined ? '' : ` de ${cardinal(Number(year))}`}`,
  year: cardinal,
  yearCue: /(?:^|[^\p{L}])(?:em|desde|até|ano|de|por volta de) $/u,
  clock: { divide: ' ?h ?|:', after: '(?:min)?' },
  time: (hours, minutes) => {
    const hour = speech.amount(String(hours), 'f');
    return minutes === 0
      ? `${hour} ${hours === 1 || hours === 0 ? 'hora' : 'horas'}`
      : `${hour} e ${cardinal(minutes)}`;
  },
  money: {
    ofMillions: (noun) => `de ${noun}`,
    and: 'e',
    large: { milhão: 'milhão', milhões: 'milhões', bilhão: 'bilhão', bilhões: 'bilhões' },
    currencies: [
      { signs: ['R$', 'BRL'], one: 'real', many: 'reais', minor: { one: 'centavo', many: 'centavos' } },
      ...currencies({
        dollar: { one: 'dólar', many: 'dólares' },
        pound: { one: 'libra', many: 'libras', gender: 'f' },
        euro: { one: 'euro', many: 'euros' },
        yuan: { one: 'yuan', many: 'yuans' },
        yen: { one: 'iene', many: 'ienes' },
        cent: { one: 'centavo', many: 'centavos' },
        penny: { one: 'pêni', many: 'pence' },
      }).map((one) => (one.signs.includes('€') ? { ...one, minor: { one: 'cêntimo', many: 'cêntimos' } } : one)),
    ],
  },
  units: {
    '%': 'por cento',
    '°C': { one: 'grau Celsius', many: 'graus Celsius' },
    '°': { one: 'grau', many: 'graus' },
    km: { one: 'quilômetro', many: 'quilômetros' },
    'km/h': { one: 'quilômetro por hora', many: 'quilômetros por hora' },
    m: { one: 'metro', many: 'metros' },
    cm: { one: 'centímetro', many: 'centímetros' },
    mm: { one: 'milímetro', many: 'milímetros' },
    'm²': { one: 'metro quadrado', many: 'metros quadrados' },
    'km²': { one: 'quilômetro quadrado', many: 'quilômetros quadrados' },
    kg: { one: 'quilograma', many: 'quilogramas' },
    g: { one: 'grama', many: 'gramas' },
    l: { one: 'litro', many: 'litros' },
    ml: { one: 'mililitro', many: 'mililitros' },
  },
  product: { between: 'por', isOfLengths: true },
  fraction: (top, bottom, whole) => {
    const part = PARTS[bottom];
    if (part === undefined) return undefined;
    const fraction = `${cardinal(top)} ${part}${top > 1 ? 's' : ''}`;
    if (whole === undefined) return fraction;
    return `${cardinal(whole)} e ${bottom === 2 ? 'meio' : fraction}`;
  },
  roman: {
    cue: /(?:^|[^\p{L}])(?:capítulo|parte|tomo|livro|ato|cena|volume|século|séculos) $/iu,
    afterCue: (value) => (value === 1 ? 'um' : cardinal(value)),
    afterName,
  },
  abbreviations: {
    'Sr.': 'senhor',
    'Sra.': 'senhora',
    'Srta.': 'senhorita',
    'Srs.': 'senhores',
    'Dr.': 'doutor',
    'Dra.': 'doutora',
    'Prof.': 'professor',
    'Profa.': 'professora',
    'D.': ({ after }) => (/^ \p{Lu}/u.test(after) ? 'dom' : NOT_ONE),
    'Sto.': 'Santo',
    'Sta.': 'Santa',
    'etc.': 'et cetera',
    'p. ex.': 'por exemplo',
    nº: 'número',
    'a.C.': 'antes de Cristo',
    'd.C.': 'depois de Cristo',
    'pág.': 'página',
    'Av.': 'avenida',
  },
  to: 'a',
  plus: 'mais',
  address: { dot: 'ponto', slash: 'barra', at: 'arroba' },
  // "um" or "uma"; "duzentos" or "duzentas".
  number: ({ text, after }) => {
    const value = speech.whole(text);
    const agrees = value !== undefined && (/(?:^|[02-9])[12]$/.test(text) || value % 1000 >= 200);
    return agrees && /^ \p{L}/u.test(after) ? undefined : speech.amount(text);
  },
});
