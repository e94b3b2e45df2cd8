/** Aligns the letters of a text with those that were heard, so that whole pieces that lack or are too many stand out. Pure. */
import { ANYTHING, type HeardLetters, mostHeardAs } from './letters.ts';

/** What became of the letters: each pair is in the text and heard, equal or not. */
export interface Alignment {
  /** Of each letter of the text: the index of the heard letter that it is paired with; -1: not heard. */
  heardFor: Int32Array;
  /** Of each heard letter: the index of the letter of the text; -1: not in the text. */
  textFor: Int32Array;
}

/** Costs. A gap costs most at its start, so that what is missing is missing in one piece. */
const OTHER = 1;
const ALIKE = 0.5;
const GAP_START = 1.8;
const GAP = 0.55;
const FREE_GAP = 0.1;
/** Letters that recognisers and spellings exchange. */
const CLASSES = ['aeiouy', 'ckqgx', 'szcxj', 'dt', 'bpvf', 'mn', 'lr', 'wuo'];
/** Most pairs that are compared: a page of text against itself takes a tenth of a second. */
const MOST_PAIRS = 4_000_000;

const CLASS_OF = new Map<string, number>();
CLASSES.forEach((letters, at) => {
  for (const letter of letters) CLASS_OF.set(letter, (CLASS_OF.get(letter) ?? 0) | (1 << at));
});

/** How an alignment goes on: a pair; a letter of the text that is not heard; a heard letter that is not in the text. */
const PAIR = 0;
const MISSING = 1;
const ADDED = 2;
const STATES = [PAIR, MISSING, ADDED] as const;
type State = (typeof STATES)[number];
/** One row of costs for each state. */
type Costs = readonly [Float32Array, Float32Array, Float32Array];

/** The cheapest alignment; undefined for texts that are too long to compare. */
export function align(text: HeardLetters, heard: HeardLetters): Alignment | undefined {
  const [rows, columns] = [text.letters.length, heard.letters.length];
  const width = columns + 1;
  if ((rows + 1) * width > MOST_PAIRS) return undefined;
  // Of each cell, for each state: the state that it came from.
  const paths = STATES.map(() => new Uint8Array((rows + 1) * width));
  const costs = (): Costs => [0, 1, 2].map(() => new Float32Array(width).fill(Infinity)) as unknown as Costs;
  let [before, now] = [costs(), costs()];
  for (let row = 0; row <= rows; row++) {
    const letter = text.letters[row - 1];
    for (let column = 0; column <= columns; column++) {
      const other = heard.letters[column - 1];
      for (const state of STATES) {
        const source = state === ADDED ? now : before;
        const at = state === MISSING ? column : column - 1;
        if (row === 0 && column === 0) now[state][0] = state === PAIR ? 0 : Infinity;
        else if ((row === 0 && state !== ADDED) || (column === 0 && state !== MISSING)) now[state][column] = Infinity;
        else if (state === PAIR) {
          const from = cheapest(source, at, 0, PAIR);
          now[PAIR][column] = source[from][at]! + pairCost(letter!, other!);
          paths[PAIR]![row * width + column] = from;
        } else {
          // What may be heard as anything takes as many letters as it likes.
          const isFree = (state === ADDED ? letter : other) === ANYTHING;
          const start = isFree ? 0 : GAP_START;
          const from = cheapest(source, at, start, state);
          now[state][column] = source[from][at]! + (from === state ? 0 : start) + (isFree ? FREE_GAP : GAP);
          paths[state]![row * width + column] = from;
        }
      }
    }
    [before, now] = [now, before];
  }
  const found = trace(paths, before, { rows, columns });
  explain(text, found.textFor);
  explain(heard, found.heardFor);
  return found;
}

/** Gives the letters around a partner that may be heard as anything to it, if they are not too many. */
function explain({ letters, weights }: HeardLetters, partner: Int32Array): void {
  for (let at = 0; at < partner.length; at++) {
    const one = partner[at]!;
    if (one < 0 || letters[one] !== ANYTHING) continue;
    let [from, to] = [at, at + 1];
    while (partner[from - 1] === -1) from--;
    while (partner[to] === -1) to++;
    if (to - from <= mostHeardAs(weights[one]!)) partner.fill(one, from, to);
    at = to - 1;
  }
}

/** The state to come from; `start`: what leaving any but `state` costs. */
function cheapest(source: Costs, at: number, start: number, state: State): State {
  let best: State = PAIR;
  let least = Infinity;
  for (const from of STATES) {
    const cost = source[from][at]! + (from === state ? 0 : start);
    if (cost < least) [least, best] = [cost, from];
  }
  return best;
}

function pairCost(a: string, b: string): number {
  if (a === b || a === ANYTHING || b === ANYTHING) return 0;
  return ((CLASS_OF.get(a) ?? 0) & (CLASS_OF.get(b) ?? 0)) === 0 ? OTHER : ALIKE;
}

function trace(
  paths: readonly Uint8Array[],
  ends: Costs,
  { rows, columns }: { rows: number; columns: number },
): Alignment {
  const heardFor = new Int32Array(rows).fill(-1);
  const textFor = new Int32Array(columns).fill(-1);
  const width = columns + 1;
  let state = cheapest(ends, columns, 0, PAIR);
  for (let row = rows, column = columns; row > 0 || column > 0; ) {
    const from = paths[state]![row * width + column]! as State;
    if (state === PAIR) {
      row -= 1;
      column -= 1;
      heardFor[row] = column;
      textFor[column] = row;
    } else if (state === MISSING) row -= 1;
    else column -= 1;
    state = from;
  }
  return { heardFor, textFor };
}
