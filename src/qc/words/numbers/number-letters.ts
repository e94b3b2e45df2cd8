/**
 * The letters of a text and of what was heard, in a language whose numbers can be read: a number in figures is spelled as the
 * other side says it, so that it is right in each of its forms, and missing when nobody says it. Pure.
 */
import { CARDINALS, MOST } from '../../../reading/numerals.ts';
import { addAnything, addLetters, type HeardLetters, spelling } from '../letters.ts';
import { matchNumbers, type NumberPair, type NumberSpan, plainWord, spansIn } from './match-numbers.ts';
import { type NumberReader, numberReader } from './number-value.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Letters of both sides; undefined for a language whose numbers cannot be read. */
export function lettersWithNumbers(
  text: string,
  heard: string,
  { language = '', names }: { language: string | undefined; names: ReadonlySet<string> },
): [HeardLetters, HeardLetters] | undefined {
  const reader = numberReader(language);
  if (reader === undefined) return undefined;
  const code = language.toLowerCase().split('-')[0]!;
  const wanted = tokensOf(text, { language, reader, names });
  const got = tokensOf(heard, { language, reader, names: new Set() });
  const hasFigures = [...wanted, ...got].some(({ kind }) => kind === 'figure');
  const pairs = hasFigures ? matchNumbers(wanted, got, reader) : [];
  const spelled = pairs.map((pair) => agreed(pair, wanted, got));
  const side = (tokens: Token[], text: string, spans: NumberSpan[]) =>
    written({ text, tokens, spans, spelled, code, words: hasFigures ? wordNumbers(tokens, reader, spans) : [] });
  return [
    side(
      wanted,
      text,
      pairs.map((pair) => pair.text),
    ),
    side(
      got,
      heard,
      pairs.map((pair) => pair.heard),
    ),
  ];
}

/** The letters that stand for a number on both sides: those of the side that says it in words. */
function agreed({ text, heard }: NumberPair, wanted: readonly Token[], got: readonly Token[]): string[] {
  const wordsOf = (tokens: readonly Token[]) => tokens.flatMap(({ word }) => spelling(word, false));
  if (heard.figures === 0) return wordsOf(got.slice(heard.from, heard.to));
  if (text.figures === 0) return wordsOf(wanted.slice(text.from, text.to));
  return [...text.digits[0]!];
}

/** Numbers in words that no figure is heard as: the longest at each place. Articles are no numbers. */
function wordNumbers(tokens: readonly Token[], reader: NumberReader, taken: readonly NumberSpan[]): NumberSpan[] {
  const isFree = ({ from, to }: NumberSpan) => taken.every((one) => to <= one.from || from >= one.to);
  const found: NumberSpan[] = [];
  for (const span of spansIn(tokens, reader).sort((a, b) => b.to - b.from - (a.to - a.from))) {
    const isSure = !span.digits.includes('1') && (!reader.table.isByCharacter || span.to - span.from > 1);
    const isApart = found.every((one) => span.to <= one.from || span.from >= one.to);
    if (span.figures === 0 && isSure && isApart && isFree(span)) found.push(span);
  }
  return found;
}

function written(of: {
  text: string;
  tokens: readonly Token[];
  /** In order; each is spelled as `spelled` at its place. */
  spans: readonly NumberSpan[];
  spelled: readonly string[][];
  /** Numbers in words that are not in `spans`. */
  words: readonly NumberSpan[];
  code: string;
}): HeardLetters {
  const { text, tokens, spans, spelled, words, code } = of;
  const into: HeardLetters = { text, letters: [], weights: [], wordOf: [], words: [], numbers: [] };
  const numbers = into.numbers!;
  const starts = new Map(words.map(({ from, to, digits }) => [from, { to, digits }]));
  let span = 0;
  let open: { until: number; from: number; digits: readonly string[] } | undefined;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (spans[span]?.from === at) {
      const { to } = spans[span]!;
      addLetters(into, spelled[span]!, { from: token.from, to: tokens[to - 1]!.to });
      at = to - 1;
      span += 1;
      continue;
    }
    const from = into.letters.length;
    if (token.kind === 'word') addLetters(into, spelling(token.word, false), token);
    else if (token.kind === 'any') addAnything(into, token.weight!, token);
    else {
      const letters = token.isSoft ? undefined : cardinalLetters(token, code);
      if (letters === undefined) addAnything(into, Math.max(2, token.word.length * 2), token);
      else {
        addLetters(into, letters, token);
        numbers.push({ from, to: into.letters.length, digits: digitsOfFigure(token), isFigure: true });
      }
    }
    const begun = starts.get(at);
    if (begun !== undefined) open = { until: begun.to, from, digits: begun.digits };
    if (open !== undefined && at + 1 === open.until) {
      numbers.push({ from: open.from, to: into.letters.length, digits: open.digits, isFigure: false });
      open = undefined;
    }
  }
  return into;
}

function digitsOfFigure({ part }: Token): string[] {
  return part?.kind === 'digits' ? [part.raw, part.raw.replace(/^0+(?=.)/, '')] : [];
}

/** A number that nobody says, as it could be said; undefined for one that is too large. */
function cardinalLetters({ part }: Token, code: string): string[] | undefined {
  if (part?.kind !== 'digits' || !(part.value <= MOST)) return undefined;
  return [...plainWord(CARDINALS[code]!(part.value)).replace(/[^\p{L}]/gu, '')];
}
