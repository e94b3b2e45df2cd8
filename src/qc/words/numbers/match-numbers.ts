/** Which numbers of a text are heard, in order, whether they are written in words or in figures. Pure. */
import {
  digitsOf,
  NOTHING_READ,
  type NumberPart,
  type NumberReader,
  rawOf,
  type Sum,
  withPart,
} from './number-value.ts';
import type { Token } from './tokens.ts';

/** Tokens that read as one number, or as several in a row: from, and to without it. */
export interface NumberSpan {
  from: number;
  to: number;
  /** What it may be in digits. */
  digits: readonly string[];
  figures: number;
  /** Of the figures, those that are read in more ways than can be told. */
  soft: number;
}

/** A number of the text, and where it is heard. */
export interface NumberPair {
  text: NumberSpan;
  heard: NumberSpan;
}

/** A number has at most so many tokens, and a text so many pairs that could be. */
const MOST_TOKENS = 20;
const MOST_PAIRS = 2_000;
/** Of two places, the likelier one is where the number is in the text. */
const PLACE_WEIGHT = 0.5;
/** A time of day is said in many ways, so that a sure number is the likelier one. */
const SOFT_WEIGHT = 0.6;
const LENGTH_WEIGHT = 0.1;

/** The pairs in order. Of numbers that both sides write in words, none: their letters are compared as they are. */
export function matchNumbers(text: readonly Token[], heard: readonly Token[], reader: NumberReader): NumberPair[] {
  const byDigits = new Map<string, NumberSpan[]>();
  for (const span of spansIn(heard, reader))
    for (const digits of span.digits) byDigits.set(digits, [...(byDigits.get(digits) ?? []), span]);
  const pairs: (NumberPair & { weight: number; before: number; sum: number })[] = [];
  for (const span of spansIn(text, reader))
    for (const other of new Set(span.digits.flatMap((digits) => byDigits.get(digits) ?? []))) {
      const figures = span.figures + other.figures;
      if (figures === 0 || pairs.length >= MOST_PAIRS) continue;
      const away = Math.abs(span.from / text.length - other.from / heard.length);
      const soft = (span.soft + other.soft) * (1 - SOFT_WEIGHT);
      // The longer of two that are the same: одна тысяча.
      const length = LENGTH_WEIGHT * (span.to - span.from + other.to - other.from);
      const weight = figures - soft + length - PLACE_WEIGHT * away;
      pairs.push({ text: span, heard: other, weight, before: -1, sum: 0 });
    }
  pairs.sort((a, b) => a.text.from - b.text.from || a.heard.from - b.heard.from);
  let last = -1;
  for (const [at, pair] of pairs.entries()) {
    pair.sum = pair.weight;
    for (let before = 0; before < at; before++) {
      const one = pairs[before]!;
      const isAfter = one.text.to <= pair.text.from && one.heard.to <= pair.heard.from;
      if (isAfter && one.sum + pair.weight > pair.sum) [pair.sum, pair.before] = [one.sum + pair.weight, before];
    }
    if (last < 0 || pair.sum > pairs[last]!.sum) last = at;
  }
  const chain: NumberPair[] = [];
  for (; last >= 0; last = pairs[last]!.before) chain.unshift({ text: pairs[last]!.text, heard: pairs[last]!.heard });
  const isHalf = ({ text: one, heard: other }: NumberPair) =>
    isPartOf(
      one,
      text,
      chain.map((pair) => pair.text),
    ) ||
    isPartOf(
      other,
      heard,
      chain.map((pair) => pair.heard),
    );
  return chain.filter((pair) => !isHalf(pair));
}

/** Whether a soft figure of it is matched, and another one of the same piece is not. */
function isPartOf({ from, to }: NumberSpan, tokens: readonly Token[], spans: readonly NumberSpan[]): boolean {
  const groups = new Set(tokens.slice(from, to).flatMap(({ isSoft, group }) => (isSoft ? [group] : [])));
  if (groups.size === 0) return false;
  return tokens.some(
    ({ kind, group }, at) =>
      kind === 'figure' && groups.has(group) && !spans.some((span) => at >= span.from && at < span.to),
  );
}

/** Every span of tokens that reads as numbers. */
export function spansIn(tokens: readonly Token[], reader: NumberReader): NumberSpan[] {
  const spans: NumberSpan[] = [];
  const extend = (
    from: number,
    at: number,
    sum: Sum,
    { figures, soft }: Pick<NumberSpan, 'figures' | 'soft'>,
  ): void => {
    if (at - from >= MOST_TOKENS) return;
    for (const { parts, to } of partsAt(tokens, at, reader)) {
      let next: Sum | undefined = sum;
      for (const part of parts) next = next && withPart(next, part, reader.table);
      if (next === undefined) continue;
      const token = tokens[at]!;
      const count = {
        figures: figures + (token.kind === 'figure' ? 1 : 0),
        soft: soft + (token.isSoft ? 1 : 0),
      };
      if (!next.isLinked) {
        const other = at === from ? token.other : undefined;
        const digits = new Set([digitsOf(next), rawOf(next), ...(other === undefined ? [] : [other])]);
        spans.push({ from, to, digits: [...digits], ...count });
      }
      extend(from, to, next, count);
    }
  };
  for (const at of tokens.keys()) extend(at, at, NOTHING_READ, { figures: 0, soft: 0 });
  return spans;
}

function partsAt(
  tokens: readonly Token[],
  at: number,
  reader: NumberReader,
): { parts: readonly NumberPart[]; to: number }[] {
  const token = tokens[at];
  if (token === undefined || token.kind === 'any') return [];
  if (token.part !== undefined) return [{ parts: [token.part], to: at + 1 }];
  const parts = reader.partsOf(plainWord(token.word));
  const found = parts === undefined ? [] : [{ parts, to: at + 1 }];
  const next = tokens[at + 1];
  if (!reader.table.isByCharacter || next?.kind !== 'word') return found;
  const both = reader.partsOf(token.word + next.word);
  return both?.length === 1 ? [...found, { parts: both, to: at + 2 }] : found;
}

/** In small letters, without accents; й is a letter of its own. */
export function plainWord(word: string): string {
  const small = word.normalize('NFKC').toLowerCase().replace(/ß/g, 'ss').replace(/œ/g, 'oe').replace(/æ/g, 'ae');
  return /\p{Script=Latin}/u.test(small) ? small.normalize('NFD').replace(/\p{M}/gu, '') : small.replace(/ё/g, 'е');
}
