/**
 * What a recogniser heard of a take, against what the take must say: words that lack, words that are too many, a piece that
 * is said twice, another text, words after the end. Pure.
 *
 * A recogniser is wrong in places, so a single letter proves nothing: only whole pieces count, and the larger the worse it
 * hears the rest.
 */
import { type Alignment, align } from './align.ts';
import { inOneScript } from './chinese-scripts.ts';
import { JAPANESE, type Readings } from './kana.ts';
import { ANYTHING, type HeardLetters, heardLetters, readLetters } from './letters.ts';
import { lettersWithNumbers } from './numbers/number-letters.ts';
import { otherNumbers } from './numbers/other-number.ts';

/** A word as it was heard, in seconds from the start of the take. */
export interface HeardTime {
  text: string;
  startSeconds: number;
  endSeconds: number;
}

/** What the take must say. */
export interface ExpectedWords {
  /** What was sent to be spoken. */
  text: string;
  /** What the author wrote, when a word list changes how it is spoken: either will do. */
  written?: string | undefined;
  /** ISO code; undefined when it is not known. */
  language?: string | undefined;
  /** Names that may be heard as anything: those of the cast. */
  names?: readonly string[] | undefined;
  /** Of Japanese: one word may be written in kanji or in kana; without them, the other spelling proves nothing. */
  readings?: Readings | undefined;
}

/** What a recogniser heard. */
export interface HeardText {
  text: string;
  words?: readonly HeardTime[] | undefined;
}

/** A piece that is not as it must be. */
export interface WordsFinding {
  kind: 'missing' | 'added' | 'repeated' | 'other' | 'after-end' | 'number';
  /** The words that lack, as they are written, or those that are too many, as they were heard. */
  words: string;
  /** Of a number: the one that is heard in its place. */
  heard?: string;
  /** How large it is, in letters. */
  letters: number;
  /** Where it is in the take, by the recogniser's times. */
  atSeconds?: number;
}

/** `ok`: everything is said, and nothing else. `inconclusive`: what was heard proves nothing either way. */
export interface WordsJudgment {
  verdict: 'ok' | 'drift' | 'inconclusive';
  /** Largest first; only of a drift. */
  findings: WordsFinding[];
  /** Share of the text that was heard as it is written, 0 to 1, apart from pieces that lack. */
  agreement: number;
}

/** Limits. With a recogniser that hears all letters, `least` letters that lack are a fault; one that hears fewer must miss more. */
export const WORD_LIMITS = {
  missing: { least: 4, slope: 10 },
  added: { least: 5, slope: 22 },
  repeated: { least: 4, slope: 12 },
  /** Less of a text than this is another one. */
  otherAgreement: 0.48,
  /** Of a shorter text nothing is said by letters. */
  leastLetters: 6,
  /** A recogniser that hears less than this of a text proves nothing about its pieces. */
  leastAgreement: 0.5,
  /** A piece that is too many and this like what is beside it is said twice. */
  alike: 0.6,
};

/** Compares; the better of the two spellings counts. */
export function compareWords(expected: ExpectedWords, heard: HeardText): WordsJudgment {
  const { text, written } = expected;
  const spoken = judge(text, expected, heard);
  if (spoken.verdict === 'ok' || written === undefined || written === text) return spoken;
  const byWritten = judge(written, expected, heard);
  return RANK[byWritten.verdict] < RANK[spoken.verdict] || byWritten.agreement > spoken.agreement ? byWritten : spoken;
}

/** Share of a Japanese text that is heard as it is written, kanji for kanji. */
const ALIKE_AS_WRITTEN = 0.9;
const RANK = { ok: 0, inconclusive: 1, drift: 2 };

function judge(text: string, expected: ExpectedWords, heard: HeardText): WordsJudgment {
  const { names, readings } = expected;
  const [wanted, got] = lettersOfBoth(text, heard.text, expected);
  const written = judgeLetters(inOneSpelling(wanted, got), heard);
  if (readings === undefined || !JAPANESE.test(text)) return written;
  // Written alike, it needs no dictionary, which may read one word in two ways.
  if (written.verdict === 'ok' && written.agreement >= ALIKE_AS_WRITTEN) return written;
  return judgeLetters([readLetters(text, { readings, names }), readLetters(heard.text, { readings })], heard);
}

function lettersOfBoth(
  text: string,
  heard: string,
  { language, names = [] }: ExpectedWords,
): [HeardLetters, HeardLetters] {
  const small = new Set(names.flatMap((name) => name.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []));
  return (
    lettersWithNumbers(text, heard, { language, names: small }) ?? [
      heardLetters(text, { language, names }),
      heardLetters(heard, { language }),
    ]
  );
}

function judgeLetters([wanted, got]: [HeardLetters, HeardLetters], heard: HeardText): WordsJudgment {
  const total = weigh(wanted, 0, wanted.letters.length);
  const inconclusive: WordsJudgment = { verdict: 'inconclusive', findings: [], agreement: 0 };
  if (got.letters.length === 0 || total < WORD_LIMITS.leastLetters) return inconclusive;
  const alignment = align(wanted, got);
  if (alignment === undefined) return inconclusive;
  const missing = gaps(alignment.heardFor);
  const added = gaps(alignment.textFor);
  const agreement = agreementOf(wanted, got, alignment, missing);
  const said = saidShare(wanted, got, alignment);
  if (said < WORD_LIMITS.otherAgreement) {
    const words = heard.text.trim();
    return {
      verdict: 'drift',
      findings: [{ kind: 'other', words, letters: Math.round(total), ...timeOf(heard, 0) }],
      agreement: said,
    };
  }
  if (agreement < WORD_LIMITS.leastAgreement) return { ...inconclusive, agreement };
  const findings = [
    ...missing.flatMap((gap) => missingIn(wanted, gap, agreement)),
    ...added.flatMap((gap) => addedIn({ wanted, got, alignment, heard }, gap, agreement)),
    ...otherNumbers(wanted, got, alignment).map(
      ({ word, ...other }): WordsFinding => ({
        kind: 'number',
        ...other,
        ...timeOf(heard, word / got.words.length),
      }),
    ),
  ].sort((a, b) => b.letters - a.letters);
  return { verdict: findings.length === 0 ? 'ok' : 'drift', findings, agreement };
}

function inOneSpelling(wanted: HeardLetters, got: HeardLetters): [HeardLetters, HeardLetters] {
  const [asWanted, asHeard] = inOneScript(wanted.letters, got.letters);
  return [
    { ...wanted, letters: [...asWanted] },
    { ...got, letters: [...asHeard] },
  ];
}

interface Gap {
  from: number;
  to: number;
}

/** Runs of letters without a partner; a few paired letters inside, which chance pairs, do not end one. */
function gaps(partner: Int32Array): Gap[] {
  const found: Gap[] = [];
  for (let at = 0; at < partner.length; at++) {
    if (partner[at] !== -1) continue;
    const from = at;
    while (at < partner.length && partner[at] === -1) at++;
    const last = found.at(-1);
    const between = last === undefined ? Infinity : from - last.to;
    if (last !== undefined && between <= 2 && between * 3 <= Math.min(last.to - last.from, at - from)) last.to = at;
    else found.push({ from, to: at });
  }
  return found;
}

function weigh({ weights }: HeardLetters, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += weights[at]!;
  return sum;
}

/** Share of the letters outside of gaps that are heard as they are. */
function agreementOf(
  wanted: HeardLetters,
  got: HeardLetters,
  { heardFor }: Alignment,
  missing: readonly Gap[],
): number {
  let [same, all] = [0, 0];
  let gap = 0;
  for (let at = 0; at < heardFor.length; at++) {
    while (gap < missing.length && missing[gap]!.to <= at) gap++;
    const inside = gap < missing.length && missing[gap]!.from <= at && missing[gap]!.to - missing[gap]!.from > 3;
    if (inside || wanted.letters[at] === ANYTHING) continue;
    all += wanted.weights[at]!;
    if (isSame(wanted, got, at, heardFor[at]!)) same += wanted.weights[at]!;
  }
  return all === 0 ? 1 : same / all;
}

/** Share of both texts that is the same: of another text, neither is. */
function saidShare(wanted: HeardLetters, got: HeardLetters, { heardFor }: Alignment): number {
  let same = 0;
  for (let at = 0; at < heardFor.length; at++) if (isSame(wanted, got, at, heardFor[at]!)) same += wanted.weights[at]!;
  const shorter = Math.min(weigh(wanted, 0, wanted.letters.length), weigh(got, 0, got.letters.length));
  return same / shorter;
}

function isSame(wanted: HeardLetters, got: HeardLetters, at: number, partner: number): boolean {
  if (partner < 0) return false;
  const [a, b] = [wanted.letters[at]!, got.letters[partner]!];
  return a === b || a === ANYTHING || b === ANYTHING;
}

function least({ least: of, slope }: { least: number; slope: number }, agreement: number): number {
  return of + slope * (1 - agreement);
}

function missingIn(wanted: HeardLetters, gap: Gap, agreement: number): WordsFinding[] {
  const letters = weigh(wanted, gap.from, gap.to);
  if (letters < least(WORD_LIMITS.missing, agreement)) return [];
  const words = wordsIn(wanted, gap);
  return words === '' ? [] : [{ kind: 'missing', words, letters }];
}

function addedIn(
  of: { wanted: HeardLetters; got: HeardLetters; alignment: Alignment; heard: HeardText },
  gap: Gap,
  agreement: number,
): WordsFinding[] {
  const { wanted, got, alignment, heard } = of;
  const letters = weigh(got, gap.from, gap.to);
  const isTwice = likeness(of, gap) >= WORD_LIMITS.alike;
  if (letters < least(isTwice ? WORD_LIMITS.repeated : WORD_LIMITS.added, agreement)) return [];
  const words = wordsIn(got, gap);
  if (words === '') return [];
  const isEnd = gap.to === got.letters.length && alignment.heardFor.at(-1) !== -1;
  const kind = isTwice ? 'repeated' : isEnd && wanted.letters.length > 0 ? 'after-end' : 'added';
  const word = got.wordOf[gap.from]!;
  return [{ kind, words, letters, ...timeOf(heard, word / got.words.length) }];
}

/** How much a piece is like what is heard right before or after it. */
function likeness({ got }: { got: HeardLetters }, { from, to }: Gap): number {
  const length = to - from;
  const piece = slice(got, from, to);
  const beside = [slice(got, Math.max(0, from - length - 6), from), slice(got, to, to + length + 6)];
  return Math.max(
    ...beside.map((other) => {
      const paired = align(piece, other);
      if (paired === undefined || other.letters.length === 0) return 0;
      let same = 0;
      for (let at = 0; at < length; at++) if (isSame(piece, other, at, paired.heardFor[at]!)) same += 1;
      return same / length;
    }),
  );
}

function slice({ text, letters, weights, wordOf, words }: HeardLetters, from: number, to: number): HeardLetters {
  return {
    text,
    letters: letters.slice(from, to),
    weights: weights.slice(from, to),
    wordOf: wordOf.slice(from, to),
    words,
  };
}

/** The words that lie mostly in a gap, as they are written. */
function wordsIn(of: HeardLetters, { from, to }: Gap): string {
  const inside = new Map<number, number>();
  for (let at = from; at < to; at++) inside.set(of.wordOf[at]!, (inside.get(of.wordOf[at]!) ?? 0) + 1);
  const whole = [...inside].filter(([word, count]) => count * 2 > of.wordOf.filter((one) => one === word).length);
  const [first, last] = [whole[0], whole.at(-1)];
  if (first === undefined || last === undefined) return '';
  return of.text.slice(of.words[first[0]]!.from, of.words[last[0]]!.to);
}

/** When the word at a place of the heard text was heard. */
function timeOf({ words = [] }: HeardText, place: number): { atSeconds?: number } {
  const word = words[Math.min(words.length - 1, Math.floor(place * words.length))];
  return word === undefined ? {} : { atSeconds: word.startSeconds };
}
