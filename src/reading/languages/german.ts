/** How German says numbers, dates and money. */
import { toOrdinal } from 'n2words/de-DE';
import { numberSpeech } from '../number-speech.ts';
import { type Language, NOT_ONE } from '../rule.ts';
import { currencies, western } from '../western.ts';

const speech = numberSpeech({
  code: 'de',
  decimal: ',',
  groups: '. ',
  join: ' ',
  point: 'Komma',
  minus: 'minus',
  digits: ['null', 'eins', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun'],
  before: (words, value, gender) => {
    if (value === 1) return gender === 'f' ? 'eine' : 'ein';
    // 101 Kilometer: "hunderteins" and "hundertein" are both said.
    return value % 100 === 1 ? undefined : words;
  },
});
const { cardinal } = speech;

/** As years are said: achtzehnhunderteinundfünfzig. */
export function germanYear(year: number): string {
  if (year < 1100 || year >= 2000) return cardinal(year);
  const rest = year % 100;
  return `${cardinal(Math.floor(year / 100))}hundert${rest === 0 ? '' : cardinal(rest)}`;
}

/** `vierzehnte`, with the ending of its case: am vierzehnten, der vierzehnte, vierzehnter. */
function dayIn(day: number, before: string): string {
  const stem = toOrdinal(day).replace(/e[rnsm]?$/, '');
  if (/(?:^|[^\p{L}])(?:am|vom|zum|bis|dem|des|den|beim|seit|ab|im) $/iu.test(before)) return `${stem}en`;
  return /(?:^|[^\p{L}])(?:der|die|jeder) $/iu.test(before) ? `${stem}e` : `${stem}er`;
}

const PARTS: Readonly<Record<number, string>> = {
  3: 'Drittel',
  4: 'Viertel',
  5: 'Fünftel',
  6: 'Sechstel',
  8: 'Achtel',
  10: 'Zehntel',
};

/** The rules of German. */
export const GERMAN: Language = western({
  speech,
  script: '\\p{Script=Latin}',
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'abbreviations'],
  months: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
  dayMark: '\\.[ ]?',
  yearMark: ' ',
  date: ({ day, month, year, before }) =>
    `${dayIn(day, before)} ${month}${year === undefined ? '' : ` ${germanYear(Number(year))}`}`,
  year: germanYear,
  yearCue:
    /(?:^|[^\p{L}])(?:im Jahre?|Jahres?|Jahren|seit|bis|anno|ab|von|um|vor|nach|Sommer|Winter|Herbst|Frühling|Frühjahr) $/u,
  clock: { divide: ':', after: '(?: ?Uhr)?' },
  time: (hours, minutes) =>
    `${hours === 1 ? 'ein' : cardinal(hours)} Uhr${minutes === 0 ? '' : ` ${cardinal(minutes)}`}`,
  money: {
    large: {
      Millionen: 'Millionen',
      Milliarden: 'Milliarden',
      'Mio.': 'Millionen',
      'Mrd.': 'Milliarden',
      Tausend: 'Tausend',
    },
    currencies: currencies({
      dollar: { one: 'Dollar', many: 'Dollar' },
      pound: { one: 'Pfund', many: 'Pfund' },
      euro: { one: 'Euro', many: 'Euro' },
      yuan: { one: 'Yuan', many: 'Yuan' },
      yen: { one: 'Yen', many: 'Yen' },
      cent: { one: 'Cent', many: 'Cent' },
      penny: { one: 'Penny', many: 'Pence' },
    }),
  },
  units: {
    '%': 'Prozent',
    '°C': 'Grad Celsius',
    '°': 'Grad',
    km: 'Kilometer',
    'km/h': 'Kilometer pro Stunde',
    m: 'Meter',
    cm: 'Zentimeter',
    mm: 'Millimeter',
    'm²': 'Quadratmeter',
    'km²': 'Quadratkilometer',
    kg: 'Kilogramm',
    g: 'Gramm',
    mg: 'Milligramm',
    l: 'Liter',
    ml: 'Milliliter',
    kW: 'Kilowatt',
    PS: 'PS',
    Uhr: 'Uhr',
  },
  product: { between: 'mal' },
  fraction: (top, bottom, whole) => {
    if (bottom === 2)
      return whole === undefined ? 'ein halb' : whole === 1 ? 'eineinhalb' : `${cardinal(whole)}einhalb`;
    const part = PARTS[bottom];
    if (part === undefined) return undefined;
    const fraction = `${top === 1 ? 'ein' : cardinal(top)} ${part}`;
    return whole === undefined ? fraction : `${cardinal(whole)} ${fraction}`;
  },
  roman: {
    cue: /(?:^|[^\p{L}])(?:Kapitel|Teil|Band|Buch|Akt|Szene|Weltkrieg) $/u,
    afterCue: cardinal,
  },
  abbreviations: {
    'z. B.': 'zum Beispiel',
    'd. h.': 'das heißt',
    'u. a.': 'unter anderem',
    'v. Chr.': 'vor Christus',
    'n. Chr.': 'nach Christus',
    'usw.': 'und so weiter',
    'bzw.': 'beziehungsweise',
    'ca.': 'circa',
    'evtl.': 'eventuell',
    'ggf.': 'gegebenenfalls',
    'vgl.': 'vergleiche',
    'Nr.': 'Nummer',
    'Dr.': 'Doktor',
    'Prof.': 'Professor',
    'St.': 'Sankt',
    'Str.': 'Straße',
    'Hr.': 'Herr',
    'Fr.': 'Frau',
    'Jh.': '',
    'Bd.': 'Band',
    'S.': ({ after }) => (/^ ?\d/.test(after) ? 'Seite' : NOT_ONE),
  },
  to: 'bis',
  plus: 'plus',
  address: { dot: 'Punkt', slash: 'Schrägstrich', at: 'ät' },
  // 1 is "ein", "eine" or "eins"; 1. is an ordinal with the ending of its case.
  number: ({ text, after }) => {
    const value = speech.whole(text);
    if (/^\.(?: \p{Ll}| \p{Lu}\p{Ll}+)/u.test(after) && value !== undefined && value < 32) return undefined;
    return value !== undefined && value % 100 === 1 && /^ \p{L}/u.test(after) ? undefined : speech.amount(text);
  },
});
