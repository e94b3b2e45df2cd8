/** A text as words, figures, and what may be heard as anything, in a language whose numbers can be read. Pure. */
import { readingsIn } from '../../../reading/find-readings.ts';
import type { NumberPart, NumberReader } from './number-value.ts';

/** A piece of a text. */
export interface Token {
  from: number;
  to: number;
  /** As it is written; of an abbreviation: as it is said. */
  word: string;
  /** `figure`: a number in digits or Roman letters. `any`: it may be heard as anything. */
  kind: 'word' | 'figure' | 'any';
  /** Of an `any`: how much of the sound it is, in letters. */
  weight?: number;
  /** Of a figure. */
  part?: NumberPart;
  /** Another spelling of a figure's digits: 5 for the 50 of 3,50. */
  other?: string;
  /** Figures of one soft piece have the same. */
  group?: number;
  /** A figure that is read in more ways than can be told: a time of day, a date, a share. */
  isSoft?: boolean;
}

/** A sign, a unit or a currency: as long as `километров в час`. */
const UNIT_WEIGHT = 3;
const JOINT_WEIGHT = 2;
/** Longer ones are read digit by digit, in pairs, or as one number. */
const MOST_SURE_DIGITS = 6;

const UNITS =
  /^(?:km|m|cm|mm|kg|g|mg|t|l|ml|cl|h|min|sek?|s|kw|ps|cv|ch|mph|ft|lb|oz|eur|usd|chf|gbp|км|м|см|мм|кг|г|гг|л|мл|ч|мин|сек|руб|р|коп|вв?|шт)$/iu;
/** Words as well as units, unless a full stop follows. */
const UNITS_WITH_STOP = /^(?:[вчрмлсгслt])$/iu;
const ROMAN = /^(?=[IVXLC]{2}|[VX])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?:er|re|e|ème|ª|º)?$/u;
const ROMAN_VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 };
/** Short forms of scales, as they are said. */
const SCALES: Readonly<Record<string, string>> = {
  ...{ mio: 'Millionen', mrd: 'Milliarden', tsd: 'tausend' },
  ...{ тыс: 'тысяч', млн: 'миллионов', млрд: 'миллиардов' },
};
const WORD = "[\\p{L}\\p{M}〇]+(?:['’][\\p{L}\\p{M}]+)*";
const NO_WORDS = /[〇\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]/u;
const CURRENCY = /^[$£€¥₽₩￥]$/u;

const patterns = new Map<boolean, RegExp>();

function patternOf(isByCharacter: boolean): RegExp {
  const [group, decimal] = isByCharacter ? [',，', '.'] : [".'’ \u00A0\u202F\u2009", ','];
  const sources = [
    '[½⅓⅔¼¾]',
    '(?<date>\\d{1,4}([./-])\\d{1,2}\\2\\d{1,4}(?!\\d))',
    // A point that is neither for groups nor for decimals: a time of day, a date, a section, foreign money.
    `(?<soft>\\d+\\/\\d+|${isByCharacter ? '' : '\\d+\\.\\d{1,2}\\.?(?!\\d)|'}\\d{1,2}(?::\\d{2}){1,2}(?!\\d)|\\d{1,2} ?h ?\\d{2}(?![\\p{L}\\d]))`,
    `(?<whole>\\d{1,3}(?:[${group}]\\d{3})+(?!\\d)|\\d+)(?:[${decimal}](?<decimals>\\d+))?`,
    '[$£€¥₽₩￥%％&+=§№#℃]|°[CF]?|(?<![\\p{L}\\p{N}])[-−](?=\\d)',
    WORD,
  ];
  return new RegExp(sources.join('|'), 'gu');
}

/** The pieces of a text in order; `names`: words in small letters that may be heard as anything. */
export function tokensOf(
  text: string,
  { language, reader, names }: { language: string; reader: NumberReader; names: ReadonlySet<string> },
): Token[] {
  const isByCharacter = reader.table.isByCharacter === true;
  if (!patterns.has(isByCharacter)) patterns.set(isByCharacter, patternOf(isByCharacter));
  const narrow = text.replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - 0xff10));
  const said = abbreviationsIn(narrow, language);
  const tokens: Token[] = [];
  for (const match of narrow.matchAll(patterns.get(isByCharacter)!)) {
    const [from, to] = [match.index, match.index + match[0].length];
    const short = said.find(({ start, end }) => from >= start && from < end);
    if (short !== undefined) {
      if (tokens.at(-1)?.to !== short.end) tokens.push(...spoken(short));
      continue;
    }
    tokens.push(...piecesOf(match, { text: narrow, from, to, before: tokens.at(-1), isByCharacter, names }));
  }
  return inSpokenOrder(tokens, /^zh/i.test(language));
}

interface Abbreviation {
  start: number;
  end: number;
  spoken?: string;
}

/** What stands for other words; a name or a word that is one letter longer is none. */
function abbreviationsIn(text: string, language: string): Abbreviation[] {
  if (!/[.°]|\b(?:M|D|S)\p{Ll}{1,3}\b/u.test(text)) return [];
  return readingsIn(text, language).filter((one) => one.class === 'abbreviations');
}

function spoken({ start, end, spoken: words }: Abbreviation): Token[] {
  const place = { from: start, to: end };
  if (words === undefined || words === '') return [{ ...place, word: '', kind: 'any', weight: UNIT_WEIGHT }];
  return words.split(/[\s’'-]+/).map((word): Token => ({ ...place, word, kind: 'word' }));
}

function piecesOf(
  match: RegExpExecArray,
  of: {
    text: string;
    from: number;
    to: number;
    before: Token | undefined;
    isByCharacter: boolean;
    names: ReadonlySet<string>;
  },
): Token[] {
  const { text, from, to, before, names, isByCharacter } = of;
  const word = match[0];
  const place = { from, to, word };
  const { date, soft, whole, decimals } = match.groups ?? {};
  const any = (weight: number): Token => ({ ...place, kind: 'any', weight });
  if (/^[½⅓⅔¼¾]$/.test(word)) return [any(UNIT_WEIGHT)];
  if (date !== undefined || soft !== undefined) {
    const numbers = word.match(/\d+/g)!;
    if (!isByCharacter && date !== undefined && numbers[0]!.length === 4) numbers.reverse();
    return numbers
      .filter((digits, at) => at === 0 || !/^0+$/.test(digits))
      .flatMap((digits, at): Token[] => [
        ...(at > 0 ? [any(JOINT_WEIGHT)] : []),
        figure({ ...place, word: digits }, digits, true),
      ]);
  }
  if (whole !== undefined) {
    const digits = whole.replace(/\D/g, '');
    const isUnsure =
      digits.length > (digits === whole ? MOST_SURE_DIGITS : 12) ||
      /^0\d/.test(digits) ||
      /[\p{Script=Latin}\p{Script=Cyrillic}]$/u.test(text.slice(0, from));
    if (decimals === undefined) return [figure(place, digits, isUnsure)];
    if (/^0+$/.test(decimals)) return [figure(place, digits, isUnsure)];
    // One and a half; two dollars fifty.
    const isSoft = isUnsure || /^(?:[05]\d?|[27]5)$/.test(decimals) || isBeforeScale(text.slice(to));
    return [
      figure({ ...place, word: digits }, digits, isSoft),
      any(JOINT_WEIGHT),
      { ...figure({ ...place, word: decimals }, decimals, isSoft), other: decimals.replace(/0+$/, '') },
    ];
  }
  const isAfterFigure = before?.kind === 'figure' && /^[\s.\u00A0]*$/.test(text.slice(before.to, from));
  if (/^[^\p{L}]/u.test(word)) return [any(UNIT_WEIGHT)];
  const isUnit = UNITS.test(word) && (text[to] === '.' || !UNITS_WITH_STOP.test(word));
  if (isAfterFigure && isUnit) return [any(UNIT_WEIGHT)];
  if (names.has(word.toLowerCase())) return [any(word.length)];
  if (ROMAN.test(word)) return [romanFigure(place)];
  if (!NO_WORDS.test(word)) return [{ ...place, kind: 'word', word: SCALES[word.toLowerCase()] ?? word }];
  let at = from;
  return [...word].map((one): Token => {
    const start = at;
    at += one.length;
    return { word: one === '〇' ? '零' : one, from: start, to: at, kind: 'word' };
  });
}

function figure(place: { from: number; to: number; word: string }, digits: string, isSoft: boolean): Token {
  const part = { kind: 'digits', value: Number(digits), raw: digits } as const;
  return { ...place, kind: 'figure', part, isSoft, group: place.from };
}

function romanFigure(place: { from: number; to: number; word: string }): Token {
  let sum = 0;
  const letters = place.word.replace(/[^IVXLC]/g, '');
  for (let at = 0; at < letters.length; at++) {
    const value = ROMAN_VALUES[letters[at]!]!;
    sum += value < (ROMAN_VALUES[letters[at + 1] ?? ''] ?? 0) ? -value : value;
  }
  return figure(place, String(sum), true);
}

/** 1,5 Millionen is said in several ways. */
function isBeforeScale(after: string): boolean {
  return /^\s?(?:mil|mi?ll|mrd|mio|тыс|млн|млрд|[万萬亿億만억조千百])/iu.test(after);
}

/** A currency before its amount is said after it; 百分之 is said before it. */
function inSpokenOrder(tokens: Token[], isChinese: boolean): Token[] {
  for (let at = 0; at + 1 < tokens.length; at++) {
    const [one, next] = [tokens[at]!, tokens[at + 1]!];
    const isSignAhead = CURRENCY.test(one.word) && next.kind === 'figure' && tokens[at - 1]?.kind !== 'figure';
    const isShare = isChinese && one.kind === 'figure' && /^[%％]$/.test(next.word);
    if (isSignAhead || isShare) {
      // Five dollars and fifty cents.
      const cents = isSignAhead && tokens[at + 2]?.kind === 'any' ? tokens[at + 3] : undefined;
      if (cents?.kind === 'figure' && cents.group === next.group)
        tokens.splice(at + 4, 0, { ...cents, kind: 'any', word: '', weight: UNIT_WEIGHT });
      tokens.splice(at, 2, next, one);
      at += 1;
    }
  }
  return tokens;
}
