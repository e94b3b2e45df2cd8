/** Reads words of numbers: splits them into parts with a value, and adds those up. Pure. */
import { NUMBER_TABLES, type NumberTable } from './number-tables.ts';

/** A part of a number in words, or a number in digits. */
export type NumberPart =
  | { kind: 'add' | 'scale'; value: number }
  | { kind: 'link' }
  /** `raw`: as it is written, without what groups it. */
  | { kind: 'digits'; value: number; raw: string };

/** Reads the words of one language. */
export interface NumberReader {
  table: NumberTable;
  /** The parts of a word in small letters without accents; undefined for a word that is no number. */
  partsOf(word: string): readonly NumberPart[] | undefined;
}

const readers = new Map<string, NumberReader>();

/** Undefined for a language whose numbers cannot be read. Tables are compiled once. */
export function numberReader(language: string): NumberReader | undefined {
  const code = language.toLowerCase().split('-')[0]!;
  const table = Object.hasOwn(NUMBER_TABLES, code) ? NUMBER_TABLES[code] : undefined;
  if (table === undefined) return undefined;
  if (!readers.has(code)) readers.set(code, compiled(table));
  return readers.get(code);
}

function compiled(table: NumberTable): NumberReader {
  const entry = (kind: 'add' | 'scale') => (line: string) => {
    const [value = '', ...source] = line.split(' ');
    return { part: { kind, value: Number(value) } as NumberPart, pattern: new RegExp(source.join(' '), 'uy') };
  };
  const entries: { part: NumberPart; pattern: RegExp }[] = [
    ...linesOf(table.adds).map(entry('add')),
    ...linesOf(table.scales).map(entry('scale')),
    ...(table.link === undefined
      ? []
      : [{ part: { kind: 'link' } as NumberPart, pattern: new RegExp(table.link, 'uy') }]),
  ];
  const known = new Map<string, readonly NumberPart[] | undefined>();
  const split = (word: string, at: number, mostParts: number): NumberPart[] | undefined => {
    if (at === word.length) return [];
    if (mostParts === 0) return undefined;
    const found = entries.flatMap(({ part, pattern }) => {
      pattern.lastIndex = at;
      const length = pattern.exec(word)?.[0].length ?? 0;
      return length === 0 ? [] : [{ part, end: at + length }];
    });
    for (const { part, end } of found.sort((a, b) => b.end - a.end)) {
      const rest = split(word, end, mostParts - 1);
      if (rest !== undefined) return [part, ...rest];
    }
    return undefined;
  };
  const read = (word: string): readonly NumberPart[] | undefined => {
    if (word.length > MOST_LETTERS) return undefined;
    const whole = split(word, 0, MOST_PARTS);
    if (whole !== undefined) return whole;
    for (const ending of table.endings ?? []) {
      const stem = word.replace(ending, '');
      const parts = stem === word || stem === '' ? undefined : split(stem, 0, MOST_PARTS);
      if (parts !== undefined) return parts;
    }
    return undefined;
  };
  return {
    table,
    partsOf(word) {
      if (known.size > MOST_KNOWN) known.clear();
      if (!known.has(word)) known.set(word, read(word));
      return known.get(word);
    },
  };
}

function linesOf(table: string): string[] {
  return table.split(';').map((line) => line.trim());
}

/** The longest numbers in one word are German and Italian: neunhundertneunundneunzigtausendneunhundertneunundneunzig. */
const MOST_LETTERS = 80;
const MOST_PARTS = 16;
const MOST_KNOWN = 20_000;

/** Numbers that are read so far, part by part; a part that does not fit the last one begins another. */
export interface Sum {
  /** Digits of the numbers before the last one; `raw` with the zeros before them. */
  done: string;
  doneRaw: string;
  total: number;
  part: number;
  scale: number;
  /** Digits as they are written, of a number that is nothing else. */
  raw: string | undefined;
  isLinked: boolean;
  isEmpty: boolean;
}

/** Nothing is read yet. */
export const NOTHING_READ: Sum = {
  done: '',
  doneRaw: '',
  total: 0,
  part: 0,
  scale: 0,
  raw: undefined,
  isLinked: false,
  isEmpty: true,
};

/** With one more part; undefined when it cannot go on so. */
export function withPart(sum: Sum, part: NumberPart, table: NumberTable): Sum | undefined {
  if (part.kind === 'link') return sum.isEmpty || sum.isLinked ? undefined : { ...sum, isLinked: true };
  const joined = sum.isEmpty ? undefined : fitted(sum, part, table);
  if (joined !== undefined) return { ...joined, isLinked: false };
  if (sum.isLinked) return undefined;
  const begun: Sum = { ...NOTHING_READ, done: digitsOf(sum), doneRaw: rawOf(sum), isEmpty: false };
  if (part.kind === 'digits') return { ...begun, part: part.value, raw: part.raw };
  return part.kind === 'add' ? { ...begun, part: part.value } : scaled(begun, part.value, table);
}

/** The digits of all numbers in a row, without zeros before each; empty: none. */
export function digitsOf(sum: Sum): string {
  if (sum.isEmpty) return '';
  return sum.done + (sum.raw === undefined ? String(sum.total + sum.part) : sum.raw.replace(/^0+(?=.)/, ''));
}

/** The same with the zeros before written digits. */
export function rawOf(sum: Sum): string {
  return sum.isEmpty ? '' : sum.doneRaw + (sum.raw ?? String(sum.total + sum.part));
}

function fitted(sum: Sum, part: NumberPart, table: NumberTable): Sum | undefined {
  if (part.kind === 'scale') return scaled(sum, part.value, table);
  // 3만 5천: digits go on behind a scale only.
  if (part.kind === 'digits')
    return sum.part === 0 && sum.total > 0 && table.isByCharacter
      ? { ...sum, part: part.value, raw: undefined }
      : undefined;
  if (sum.raw !== undefined || part.kind !== 'add') return undefined;
  const { value } = part;
  // 两千零五: a zero that fills a place.
  if (value === 0) return table.isByCharacter && sum.total + sum.part >= 100 ? sum : undefined;
  if (table.isByTwenties && value === 20 && sum.part % 100 === 4) return { ...sum, part: sum.part + 76 };
  return fits(sum, value, table) ? { ...sum, part: sum.part + value } : undefined;
}

function fits({ part, total, isLinked }: Sum, value: number, table: NumberTable): boolean {
  if (part === 0 && total === 0) return false;
  const [unit, ten] = [part % 10, part % 100];
  if (value >= 100) return part === 0;
  if (value < 10) return unit === 0;
  if (table.isUnitFirst && isLinked && value >= 20 && ten > 0 && ten < 10) return true;
  if (table.isByTwenties && (ten === 60 || ten === 80) && value < 20) return true;
  return ten === 0;
}

function scaled(sum: Sum, scale: number, table: NumberTable): Sum | undefined {
  const { part, total } = sum;
  if (sum.raw !== undefined && sum.raw.length > 1 && sum.raw.startsWith('0')) return undefined;
  const smallest = table.isByCharacter ? 10_000 : 1_000;
  if (scale >= smallest) {
    if (part === 0 && total > 0 && scale <= sum.scale) return undefined;
    if (sum.scale === 0 || scale < sum.scale)
      return { ...sum, total: total + Math.max(1, part) * scale, part: 0, scale, raw: undefined };
    // Mil milhões.
    return scale > sum.scale ? { ...sum, total: (total + part) * scale, part: 0, scale, raw: undefined } : undefined;
  }
  if (!table.isByCharacter) return part < 100 ? { ...sum, part: Math.max(1, part) * scale, raw: undefined } : undefined;
  const unit = part % 10;
  const rest = part - unit;
  return rest % (scale * 10) === 0 ? { ...sum, part: rest + Math.max(1, unit) * scale, raw: undefined } : undefined;
}
