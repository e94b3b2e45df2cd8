/**
 * How certain the most probable voice of a turn is, seen from outside of the chain of turns: whether the names beside the turns
 * around agree with it. Pure.
 */
import { RULES, type Rule } from './reasons.ts';
import { talkAround } from './talk-around.ts';
import { type Hint, hintList, type Tell } from './turn-hints.ts';
import type { Turn } from './turns.ts';
import type { Voice } from './voice.ts';
import type { Weigher } from './weights.ts';

/** A turn with its candidates, most probable first. */
export interface CertainTurn extends Turn {
  candidates: { voice: Exclude<Voice, 'other'>; probability: number; rule: Rule }[];
}

/** Fitted to the novels of `weights.ts` by `test/bench/fit-certainty.ts`: whether the first candidate is the true speaker. */
export const CERTAINTY: Record<string, number> = {
  always: -0.122,
  odds: 0.392,
  toldLastOdds: -0.067,
  share: -0.52,
  shareOdds: 0.72,
  candidates: 0.272,
  weakNear: 0.072,
  backFar: 0.033,
  elseAt1: 0.076,
  rest: -0.07,
  talk: -0.288,
  talkNamed: 0.728,
  gap: -0.228,
  alternatesOdds: 0.178,
  addressedOdds: 0.129,
  addressedAcross: 0.438,
  spokeLastOdds: -0.111,
  twoVoices: 0.151,
  genderFits: 0.359,
  ownElse: -0.329,
  onlyMentioned: -0.512,
  ownParagraphOdds: 0.081,
  ownBefore: 0.032,
  ownLeads: 0.214,
  ownLast: 0.419,
  noGender: -0.172,
  sameAt2: -0.085,
  'elseAt-1': 0.008,
  'sameAt-2': 0.371,
  'sameAt-1': -0.711,
  sameAt1: -1.318,
  elseAt2: 0.377,
  'elseAt-2': 0.412,
  pronounOdds: 0.238,
  described: -0.562,
  nearOdds: -0.055,
};

/**
 * From 0 to 1. Where the text itself names the voice beside the turn, its probability.
 *
 * @param share of the turns of the book, how many have a name beside them
 * @param weigher of `CERTAINTY`; one for all turns of a book is quicker than one for each
 */
export function certaintyOf(
  turns: readonly CertainTurn[],
  index: number,
  share: number,
  { tell, take }: Weigher,
): number {
  const first = turns[index]!.candidates[0];
  if (first === undefined) return 0;
  if (isSaid(first.rule)) return first.probability;
  tellCertainty(turns, index, share, tell);
  return 1 / (1 + Math.exp(-take()));
}

/** What speaks for and against the first candidate of a turn. */
export function certaintyHints(turns: readonly CertainTurn[], index: number, share: number): Hint[] {
  return hintList((tell) => tellCertainty(turns, index, share, tell));
}

/** Turns within which voices are counted. */
const NEAR = 6;
/** Names are made once: a long book has many turns. */
const ODDS_OF = Object.fromEntries(Object.keys(RULES).map((rule) => [rule, `${rule}Odds`])) as Record<Rule, string>;

function tellCertainty(turns: readonly CertainTurn[], index: number, share: number, tell: Tell): void {
  const turn = turns[index]!;
  const first = turn.candidates[0];
  if (first === undefined) return;
  const { voice, probability, rule } = first;
  const odds = logit(probability);
  const said = turn.sayer?.kind === 'unnamed' ? turn.sayer : undefined;
  const talk = talkAround(turns, index, voice);
  let candidates = 0;
  let rest = 1;
  for (const one of turn.candidates) {
    if (one.probability > 0.01) candidates++;
    rest -= one.probability;
  }
  tell('always');
  tell('odds', odds);
  tell(ODDS_OF[rule], odds);
  tell('share', share);
  tell('shareOdds', share * odds);
  tell('candidates', Math.log1p(candidates));
  tell('weakNear', Math.min(oddsAt(turns[index - 1]), oddsAt(turns[index + 1]), 5));
  tell('backFar', Math.log1p(namedBefore(turns, index)));
  tellOwn(turn, voice, tell);
  for (let at = 0; at < NEIGHBOURS.length; at++) {
    const named = namedVoice(turns, index, NEIGHBOURS[at]!);
    if (named !== undefined) tell((named === voice ? SAME_AT : ELSE_AT)[at]!);
  }
  tell('rest', Math.max(0, rest));
  tell('talk', Math.log1p(talk.length));
  tell('talkNamed', talk.named / talk.length);
  if (talk.isOnlyMentioned) tell('onlyMentioned');
  if (talk.addressedAcross > 0) tell('addressedAcross', Math.log1p(talk.addressedAcross));
  if (typeof voice === 'object' && voice.gender === undefined) tell('noGender');
  if (said?.gender !== undefined && typeof voice === 'object' && voice.gender === said.gender) tell('genderFits');
  if (hasTwoVoices(turns, index)) tell('twoVoices');
  if (turn.gap > 0) tell('gap');
  if (said?.words !== undefined) tell('described');
}

function oddsAt(turn: CertainTurn | undefined): number {
  const first = turn?.candidates[0];
  return first === undefined ? Infinity : logit(first.probability);
}

/** What its own narration says of a voice. */
function tellOwn(turn: CertainTurn, voice: Voice, tell: Tell): void {
  let others = false;
  let before = false;
  let leads = false;
  let leadsLast = false;
  for (const one of turn.own) {
    if (one.person !== voice) {
      others = true;
      continue;
    }
    before ||= one.before;
    leads ||= one.leads;
    leadsLast ||= one.leads && one.isLast;
  }
  if (others) tell('ownElse');
  if (before) tell('ownBefore');
  if (leads) tell('ownLeads');
  if (leadsLast) tell('ownLast');
}

/** The turns near have two probable voices between them. */
function hasTwoVoices(turns: readonly CertainTurn[], index: number): boolean {
  let one: Voice | undefined;
  let two: Voice | undefined;
  for (let at = Math.max(0, index - NEAR); at <= index + NEAR && at < turns.length; at++) {
    const first = turns[at]!.candidates[0];
    if (first === undefined || first.probability <= 0.5) continue;
    one ??= first.voice;
    if (first.voice === one) continue;
    two ??= first.voice;
    if (first.voice !== two) return false;
  }
  return two !== undefined;
}

/** Turns away: those of the other, and the last and next of the same voice where two take turns. */
const NEIGHBOURS = [-2, -1, 1, 2];
const [SAME_AT, ELSE_AT] = (['same', 'else'] as const).map((who) =>
  NEIGHBOURS.map((distance) => `${who}At${distance}`),
) as [string[], string[]];

/** Whom the text names beside a turn so far away, if nothing breaks the dialogue between. */
function namedVoice(turns: readonly CertainTurn[], index: number, distance: number): Voice | undefined {
  const from = distance < 0 ? index + distance : index;
  const to = distance < 0 ? index : index + distance;
  for (let at = from + 1; at <= to; at++)
    if (turns[at] === undefined || turns[at]!.startsScene || turns[at]!.gap > 0) return undefined;
  const first = turns[index + distance]?.candidates[0];
  return first && isSaid(first.rule) && first.probability > 0.9 ? first.voice : undefined;
}

/** The text itself says so. */
function isSaid(rule: Rule): boolean {
  return rule === 'beside' || rule === 'saysI' || rule === 'goesOn';
}

function logit(probability: number): number {
  const p = Math.min(0.9999, Math.max(0.0001, probability));
  return Math.log(p / (1 - p));
}

const FARTHEST = 12;

/** How many turns back, in one dialogue, the last one with a name beside it is. */
function namedBefore(turns: readonly CertainTurn[], index: number): number {
  for (let distance = 1; distance <= FARTHEST; distance++) {
    const turn = turns[index - distance];
    const joint = turns[index - distance + 1];
    if (turn === undefined || joint === undefined || joint.startsScene || joint.gap !== 0) break;
    if (turn.sayer?.kind === 'name' || turn.sayer?.kind === 'narrator') return distance;
  }
  return FARTHEST;
}
