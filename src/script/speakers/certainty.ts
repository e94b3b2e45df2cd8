/**
 * How certain the most probable voice of a turn is, seen from outside of the chain of turns: whether the names beside the turns
 * around agree with it. Pure.
 */
import type { Rule } from './reasons.ts';
import { talkAround } from './talk-around.ts';
import type { Hint } from './turn-hints.ts';
import type { Turn } from './turns.ts';
import type { Voice } from './voice.ts';

/** A turn with its candidates, most probable first. */
export interface CertainTurn extends Turn {
  candidates: { voice: Exclude<Voice, 'other'>; probability: number; rule: Rule }[];
}

/** Fitted to the novels of `weights.ts` by `test/bench/fit-certainty.ts`: whether the first candidate is the true speaker. */
export const CERTAINTY: Record<string, number> = {
  always: -0.105,
  odds: 0.399,
  toldLastOdds: -0.063,
  share: -0.511,
  shareOdds: 0.713,
  candidates: 0.266,
  weakNear: 0.073,
  backFar: 0.029,
  elseAt1: 0.087,
  rest: -0.097,
  talk: -0.261,
  talkNamed: 0.71,
  gap: -0.246,
  alternatesOdds: 0.182,
  addressedOdds: 0.207,
  spokeLastOdds: -0.1,
  twoVoices: 0.126,
  genderFits: 0.346,
  ownElse: -0.312,
  onlyMentioned: -0.551,
  ownParagraphOdds: 0.085,
  ownBefore: 0.011,
  ownLeads: 0.199,
  ownLast: 0.372,
  noGender: -0.187,
  sameAt2: -0.1,
  'elseAt-1': -0.006,
  'sameAt-2': 0.336,
  'sameAt-1': -0.696,
  sameAt1: -1.31,
  elseAt2: 0.397,
  'elseAt-2': 0.416,
  pronounOdds: 0.244,
  described: -0.543,
  nearOdds: -0.156,
};

/**
 * From 0 to 1. Where the text itself names the voice beside the turn, its probability.
 *
 * @param share of the turns of the book, how many have a name beside them
 */
export function certaintyOf(turns: readonly CertainTurn[], index: number, share: number): number {
  const [first] = turns[index]!.candidates;
  if (first === undefined) return 0;
  if (/^(?:beside|saysI|goesOn)$/.test(first.rule)) return first.probability;
  let sum = 0;
  for (const [name, strength] of certaintyHints(turns, index, share)) sum += (CERTAINTY[name] ?? 0) * strength;
  return 1 / (1 + Math.exp(-sum));
}

/** Turns within which voices are counted. */
const NEAR = 6;

/** What speaks for and against the first candidate of a turn. */
export function certaintyHints(turns: readonly CertainTurn[], index: number, share: number): Hint[] {
  const turn = turns[index]!;
  const [first] = turn.candidates;
  if (first === undefined) return [];
  const { voice, probability, rule } = first;
  const odds = logit(probability);
  const beside = [turns[index - 1], turns[index + 1]].flatMap((one) => one?.candidates[0] ?? []);
  const voices = new Set(
    turns
      .slice(Math.max(0, index - NEAR), index + NEAR + 1)
      .flatMap(({ candidates: [one] }) => (one !== undefined && one.probability > 0.5 ? [one.voice] : [])),
  );
  const said = turn.sayer?.kind === 'unnamed' ? turn.sayer : undefined;
  const own = turn.own.filter(({ person }) => person === voice);
  const talk = talkAround(turns, index, voice);
  const fits = said?.gender !== undefined && typeof voice === 'object' && voice.gender === said.gender;
  return [
    ['always', 1],
    ['odds', odds],
    [`${rule}Odds`, odds],
    ['share', share],
    ['shareOdds', share * odds],
    ['candidates', Math.log1p(turn.candidates.filter((one) => one.probability > 0.01).length)],
    ['weakNear', Math.min(...beside.map((one) => logit(one.probability)), 5)],
    ['backFar', Math.log1p(namedBefore(turns, index))],
    ...when(turn.own.length > own.length, 'ownElse'),
    ...when(
      own.some(({ before }) => before),
      'ownBefore',
    ),
    ...when(
      own.some(({ leads }) => leads),
      'ownLeads',
    ),
    ...when(
      own.some(({ isLast, leads }) => isLast && leads),
      'ownLast',
    ),
    ...besideHints(turns, index),
    ['rest', Math.max(0, 1 - turn.candidates.reduce((sum, one) => sum + one.probability, 0))],
    ['talk', Math.log1p(talk.length)],
    ['talkNamed', talk.named / talk.length],
    ...when(talk.isOnlyMentioned, 'onlyMentioned'),
    ...when(typeof voice === 'object' && voice.gender === undefined, 'noGender'),
    ...when(fits, 'genderFits'),
    ...when(voices.size === 2, 'twoVoices'),
    ...when(turn.gap > 0, 'gap'),
    ...when(said?.words !== undefined, 'described'),
  ];
}

/** What the turns around in the same dialogue, which the text itself names, say of the first candidate of a turn. */
function besideHints(turns: readonly CertainTurn[], index: number): Hint[] {
  const { voice } = turns[index]!.candidates[0]!;
  return NEIGHBOURS.flatMap((distance): Hint[] => {
    const named = namedVoice(turns, index, distance);
    return named === undefined ? [] : [[`${named === voice ? 'same' : 'else'}At${distance}`, 1]];
  });
}

/** Turns away: those of the other, and the last and next of the same voice where two take turns. */
const NEIGHBOURS = [-2, -1, 1, 2];

/** Whom the text names beside a turn so far away, if nothing breaks the dialogue between. */
function namedVoice(turns: readonly CertainTurn[], index: number, distance: number): Voice | undefined {
  const [from, to] = distance < 0 ? [index + distance, index] : [index, index + distance];
  for (let at = from + 1; at <= to; at++)
    if (turns[at] === undefined || turns[at]!.startsScene || turns[at]!.gap > 0) return undefined;
  const first = turns[index + distance]?.candidates[0];
  return first && /^(?:beside|saysI|goesOn)$/.test(first.rule) && first.probability > 0.9 ? first.voice : undefined;
}

function when(is: boolean, name: string): Hint[] {
  return is ? [[name, 1]] : [];
}

function logit(probability: number): number {
  const p = Math.min(0.9999, Math.max(0.0001, probability));
  return Math.log(p / (1 - p));
}

const FARTHEST = 12;

/** How many turns back, in one dialogue, the last one with a name beside it is. */
function namedBefore(turns: readonly CertainTurn[], index: number): number {
  for (let distance = 1; distance <= FARTHEST; distance++) {
    const [turn, joint] = [turns[index - distance], turns[index - distance + 1]];
    if (turn === undefined || joint === undefined || joint.startsScene || joint.gap !== 0) break;
    if (turn.sayer?.kind === 'name' || turn.sayer?.kind === 'narrator') return distance;
  }
  return FARTHEST;
}
