/** How Indonesian says numbers, dates and money. */
import { numberSpeech } from '../number-speech.ts';
import type { Language } from '../rule.ts';
import { currencies, western } from '../western.ts';

const speech = numberSpeech({
  code: 'id',
  decimal: ',',
  groups: '. ',
  join: ' ',
  point: 'koma',
  minus: 'minus',
  digits: ['nol', 'satu', 'dua', 'tiga', 'empat', 'lima', 'enam', 'tujuh', 'delapan', 'sembilan'],
});
const { cardinal } = speech;

/** The rules of Indonesian. */
export const INDONESIAN: Language = western({
  speech,
  script: '\\p{Script=Latin}',
  spells: ['numbers', 'years', 'dates', 'times', 'money', 'units', 'phones', 'fractions', 'abbreviations'],
  months: 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(' '),
  dayMark: ' ',
  yearMark: ' ',
  date: ({ day, month, year }) => `${cardinal(day)} ${month}${year === undefined ? '' : ` ${cardinal(Number(year))}`}`,
  year: cardinal,
  yearCue: /(?:^|[^\p{L}])(?:tahun|pada|sejak|sampai|hingga) $/u,
  clock: { divide: ':', after: '' },
  time: (hours, minutes) => (minutes === 0 ? cardinal(hours) : `${cardinal(hours)} lewat ${cardinal(minutes)}`),
  money: {
    large: { ribu: 'ribu', juta: 'juta', miliar: 'miliar', triliun: 'triliun' },
    currencies: [
      { signs: ['Rp', 'Rp.', 'IDR'], one: 'rupiah' },
      ...currencies({
        dollar: { one: 'dolar' },
        pound: { one: 'pound' },
        euro: { one: 'euro' },
        yuan: { one: 'yuan' },
        yen: { one: 'yen' },
        cent: { one: 'sen' },
        penny: { one: 'penny' },
      }),
    ],
  },
  units: {
    '%': 'persen',
    '°C': 'derajat Celsius',
    '°': 'derajat',
    km: 'kilometer',
    'km/jam': 'kilometer per jam',
    'km/h': 'kilometer per jam',
    m: 'meter',
    cm: 'sentimeter',
    mm: 'milimeter',
    'm²': 'meter persegi',
    'km²': 'kilometer persegi',
    kg: 'kilogram',
    g: 'gram',
    l: 'liter',
    ml: 'mililiter',
  },
  fraction: (top, bottom, whole) => {
    const part =
      top === 1 ? (bottom === 2 ? 'setengah' : `seper${cardinal(bottom)}`) : `${cardinal(top)} per${cardinal(bottom)}`;
    return whole === undefined ? part : `${cardinal(whole)} ${part}`;
  },
  roman: { cue: /(?:^|[^\p{L}])(?:bab|bagian|jilid|buku) $/iu, afterCue: cardinal },
  // "bab ke-3": an ordinal, one word.
  ordinals: [
    {
      class: 'numbers',
      pattern: /(?<![\p{L}\p{N}-])[Kk]e-[0-9]{1,6}(?![\p{L}\p{N}.,-]*[\p{L}\p{N}])/gu,
      spoken: ({ text }) => `${text.slice(0, 2)}${cardinal(Number(text.slice(3)))}`,
    },
  ],
  abbreviations: {
    'dll.': 'dan lain-lain',
    'dsb.': 'dan sebagainya',
    'dst.': 'dan seterusnya',
    'dkk.': 'dan kawan-kawan',
    'Jl.': 'Jalan',
    'No.': 'Nomor',
    'Yth.': 'Yang terhormat',
    'Dr.': 'Doktor',
    'dr.': 'dokter',
    'Prof.': 'Profesor',
    'hlm.': 'halaman',
  },
  to: 'sampai',
  plus: 'plus',
  address: { dot: 'titik', slash: 'garis miring', at: 'at' },
  number: ({ text }) => speech.amount(text),
});
