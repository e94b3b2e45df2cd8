/** Numbers of chapters as people write them: digits, Roman, Chinese, and words of the languages that the models speak. Pure. */

/** Words by value: cardinals and ordinals, a space between those of one value; from 1. */
const UNITS = [
  'one first eins ein erste erster erstes un une premier première uno una primero primera primer primo prima um uma primeiro primeira один одна первая первый первое satu pertama kesatu unième 하나 첫',
  'two second zwei zweite zweiter zweites deux deuxième seconde dos segundo segunda due secondo seconda dois duas два две вторая второй второе dua kedua dós 둘 두',
  'three third drei dritte dritter drittes trois troisième tres tercero tercera tercer tre terzo terza três terceiro terceira три третья третий третье tiga ketiga trés 셋 세',
  'four fourth vier vierte vierter viertes quatre quatrième cuatro cuarto cuarta quattro quarto quarta quatro четыре четвертая четвёртая четвертый четвёртый empat keempat 넷 네',
  'five fifth fünf fünfte fünfter fünftes cinq cinquième cinco quinto quinta cinque пять пятая пятый пятое lima kelima 다섯',
  'six sixth sechs sechste sechster sechstes sixième seis sexto sexta sei sesto sesta шесть шестая шестой шестое enam keenam séis 여섯',
  'seven seventh sieben siebte siebter siebtes siebente siebentes sept septième siete séptimo séptima sette settimo settima sete sétimo sétima семь седьмая седьмой седьмое tujuh ketujuh 일곱',
  'eight eighth acht achte achter achtes huit huitième ocho octavo octava otto ottavo ottava oito oitavo oitava восемь восьмая восьмой восьмое delapan kedelapan 여덟',
  'nine ninth neun neunte neunter neuntes neuf neuvième nueve noveno novena nove nono nona девять девятая девятый девятое sembilan kesembilan 아홉',
  'ten tenth zehn zehnte zehnter zehntes dix dixième diez décimo décima dieci decimo decima dez десять десятая десятый десятое sepuluh kesepuluh 열',
  'eleven eleventh elf elfte elftes onze onzième once undici undicesimo одиннадцать одиннадцатая sebelas kesebelas undécimo undécima',
  'twelve twelfth zwölf zwölfte zwölftes douze douzième doce dodici dodicesimo doze двенадцать двенадцатая duodécimo duodécima',
  'thirteen thirteenth dreizehn dreizehntes treize treizième trece tredici treze тринадцать тринадцатая',
  'fourteen fourteenth vierzehn vierzehntes quatorze quatorzième catorce quattordici catorze четырнадцать четырнадцатая',
  'fifteen fifteenth fünfzehn fünfzehntes quinze quinzième quince quindici пятнадцать пятнадцатая',
  'sixteen sixteenth sechzehn sechzehntes seize seizième dieciséis sedici dezesseis dezasseis шестнадцать шестнадцатая',
  'seventeen seventeenth siebzehn siebzehntes diecisiete diciassette dezessete dezassete семнадцать семнадцатая',
  'eighteen eighteenth achtzehn achtzehntes dieciocho diciotto dezoito восемнадцать восемнадцатая',
  'nineteen nineteenth neunzehn neunzehntes diecinueve diciannove dezenove dezanove девятнадцать девятнадцатая',
];
const TENS = [
  'twenty twentieth zwanzig zwanzigste zwanzigstes vingt vingtième veinte venti vinte двадцать двадцатая двадцатый vigésimo vigésima',
  'thirty thirtieth dreißig trente treinta trenta trinta тридцать тридцатая тридцатый trigésimo trigésima',
  'forty fortieth vierzig quarante cuarenta quaranta quarenta сорок сороковая',
  'fifty fiftieth fünfzig cinquante cincuenta cinquanta cinquenta пятьдесят пятидесятая',
  'sixty sixtieth sechzig soixante sesenta sessanta sessenta шестьдесят шестидесятая',
  'seventy seventieth siebzig setenta settanta семьдесят семидесятая',
  'eighty eightieth achtzig ochenta ottanta oitenta восемьдесят восьмидесятая',
  'ninety ninetieth neunzig noventa novanta девяносто девяностая',
];
const AND = new Set('and und y et e the'.split(' '));
const HUNDREDS = new Set('hundred hundredth hundert cent ciento cien cento сто ratus seratus'.split(' '));

const VALUES = new Map<string, number>([
  ...UNITS.flatMap((words, index) => words.split(' ').map((word): [string, number] => [word, index + 1])),
  ...TENS.flatMap((words, index) => words.split(' ').map((word): [string, number] => [word, (index + 2) * 10])),
]);

/** The value of `3`, `III`, `三`, `Three`, `One Hundred and Two`, `Einundzwanzig`; undefined when it is no number. */
export function numberOf(text: string): number | undefined {
  const plain = (/^[\0-\x7f]*$/.test(text) ? text : text.normalize('NFKC')).trim();
  if (plain.length > LONGEST) return undefined;
  if (/^\d{1,4}$/.test(plain)) return Number(plain);
  const lower = plain.toLowerCase();
  return (
    romanOf(plain.replace(/^([IVXLC]{1,8})(?:er|re|ère|e|ème)$/, '$1')) ??
    chineseOf(plain) ??
    wordsOf(lower) ??
    ordinalOf(lower)
  );
}

/** No number is longer. */
const LONGEST = 60;

/** Ordinals that are made of the cardinal: `ventunesimo`, `dreizehnter`, `одиннадцатый`. */
function ordinalOf(text: string): number | undefined {
  const italian = /^(\p{L}{4,20}?)esim[oa]$/u.exec(text)?.[1];
  if (italian !== undefined)
    for (const end of ['', 'o', 'e', 'i', 'a']) {
      const value = wordsOf(italian.replace(/é$/, 'e') + end);
      if (value !== undefined) return value;
    }
  const german = /^(\p{L}{3,30}?)s?te[nrs]?$/u.exec(text)?.[1];
  if (german !== undefined) return wordsOf(german);
  const russian = text.replace(/(?:ый|ое)$/u, 'ая');
  return russian === text ? undefined : wordsOf(russian);
}

const ROMAN = /^(?=.)M{0,3}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})$/;
const ROMAN_VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };

/** The value of a Roman number in capitals, or all in small letters. */
function romanOf(text: string): number | undefined {
  const upper = text === text.toLowerCase() ? text.toUpperCase() : text;
  if (text.length > 12 || !ROMAN.test(upper)) return undefined;
  let sum = 0;
  for (let at = 0; at < upper.length; at++) {
    const value = ROMAN_VALUES[upper[at]!]!;
    sum += value < (ROMAN_VALUES[upper[at + 1] ?? ''] ?? 0) ? -value : value;
  }
  return sum;
}

const HAN = '〇一二三四五六七八九';
const HAN_UNITS: Readonly<Record<string, number>> = { 十: 10, 百: 100, 千: 1000 };

/** As on banknotes. */
const FORMAL: Readonly<Record<string, string>> = {
  ...{ 壹: '一', 贰: '二', 貳: '二', 叁: '三', 參: '三', 肆: '四', 伍: '五', 陆: '六', 陸: '六', 柒: '七' },
  ...{ 捌: '八', 玖: '九', 拾: '十', 佰: '百' },
};

const CHINESE = /^[〇零○一二三四五六七八九十百千两兩廿卅壹贰貳叁參肆伍陆陸柒捌玖拾佰]+$/;

function chineseOf(text: string): number | undefined {
  if (!CHINESE.test(text)) return undefined;
  const plain = text
    .replace(/[零○]/g, '〇')
    .replace(/[两兩]/g, '二')
    .replace(/廿/g, '二十')
    .replace(/卅/g, '三十')
    .replace(/[壹贰貳叁參肆伍陆陸柒捌玖拾佰]/g, (one) => FORMAL[one]!);
  if (!/^[〇一二三四五六七八九十百千]{1,9}$/.test(plain)) return undefined;
  if (!/[十百千]/.test(plain)) return Number([...plain].map((one) => HAN.indexOf(one)).join(''));
  let [sum, digit] = [0, 0];
  for (const one of plain) {
    const unit = HAN_UNITS[one];
    if (unit === undefined) digit = HAN.indexOf(one);
    else {
      sum += (digit || 1) * unit;
      digit = 0;
    }
  }
  return sum + digit;
}

/** The last of several words. */
const LAST_WORD = /\s(?:\S*-)?([^\s-]*)$/;
/** Such a word is a number only with the one before it. */
const ENDS_NUMBER = new Set(['belas', 'puluh']);

function wordsOf(text: string): number | undefined {
  if (text.length > LONGEST) return undefined;
  // Most texts that are asked are sentences.
  const last = LAST_WORD.exec(text)?.[1];
  if (last !== undefined && !VALUES.has(last) && !HUNDREDS.has(last) && !AND.has(last) && !ENDS_NUMBER.has(last))
    return undefined;
  const words = text
    .replace(/^quatre-vingts?/, 'ochenta')
    .replace(/^veinti/, 'veinte ')
    .replace(
      /^(vent|trent|quarant|cinquant|sessant|settant|ottant|novant)([iau])?(uno|due|tré|tre|quattro|cinque|sei|sette|otto|nove)$/,
      (_all, ten, _vowel, unit) => `${ten}${ten === 'vent' ? 'i' : 'a'} ${unit.replace('é', 'e')}`,
    )
    .replace(/^(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und(\p{L}+?)(?:ste[rs]?)?$/u, '$1 $2')
    .replace(
      /^(dua|tiga|empat|lima|enam|tujuh|delapan|sembilan) belas$/,
      (_all, unit) => UNITS[VALUES.get(unit)! + 9]!.split(' ')[0]!,
    )
    .replace(
      /^(dua|tiga|empat|lima|enam|tujuh|delapan|sembilan) puluh/,
      (_all, unit) => TENS[VALUES.get(unit)! - 2]!.split(' ')[0]!,
    )
    .split(/[\s-]+/)
    .filter((word) => !AND.has(word));
  let sum = 0;
  for (const word of words) {
    const value = VALUES.get(word);
    if (HUNDREDS.has(word)) sum = (sum || 1) * 100;
    else if (value === undefined) return undefined;
    else sum += value;
  }
  return sum || undefined;
}
