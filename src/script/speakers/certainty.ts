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
  always: 0.066,
  odds: 0.455,
  toldLastOdds: -0.131,
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: fitted, and near it by chance.
  share: -0.434,
  shareOdds: 0.528,
  candidates: 0.245,
  weakNear: 0.068,
  backFar: -0.053,
  elseAt1: 0.002,
  rest: -0.187,
  talk: -0.239,
  talkNamed: 0.804,
  aheadAgrees: 0.034,
  gap: -0.208,
  alternatesOdds: 0.143,
  addressedOdds: 0.112,
  addressedAcross: 0.593,
  spokeLastOdds: -0.118,
  twoVoices: 0.2,
  genderFits: 0.345,
  ownElse: -0.334,
  onlyMentioned: -0.553,
  ownParagraphOdds: 0.035,
  ownBefore: 0.086,
  ownLeads: 0.259,
  ownLast: 0.309,
  noGender: -0.204,
  sameAt2: -0.133,
  'elseAt-1': -0.2,
  backAgrees: 0.012,
  'sameAt-2': 0.323,
  'sameAt-1': -0.761,
  backClashes: -0.236,
  sameAt1: -1.143,
  aheadClashes: -0.238,
  elseAt2: 0.454,
  'elseAt-2': 0.369,
  pronounOdds: 0.199,
  described: -0.705,
  strangers: -0.35,
  nearOdds: 0.216,
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
  tellAnchors(turns, index, voice, tell);
  if (turn.gap > 0) tell('gap');
  if (said?.words !== undefined) tell('described');
}

/** The nearest names beside turns of the same unbroken talk, before and after: whether two who take turns agree with them. */
function tellAnchors(turns: readonly CertainTurn[], index: number, voice: Voice, tell: Tell): void {
  for (let side = 0; side < ANCHORS.length; side++) {
    const { step, agrees, clashes } = ANCHORS[side]!;
    let strangers = 0;
    for (let distance = 1; distance <= FARTHEST; distance++) {
      const at = index + step * distance;
      const turn = turns[at];
      const joint = step < 0 ? turns[at + 1]! : turn;
      if (turn === undefined || joint === undefined || joint.startsScene || joint.gap !== 0) break;
      if (turn.sayer?.kind === 'unnamed' && turn.sayer.words !== undefined && distance <= NEAR) strangers++;
      const first = turn.candidates[0];
      if (first === undefined || !isSaid(first.rule)) continue;
      tell((first.voice === voice) === (distance % 2 === 0) ? agrees : clashes);
      break;
    }
    // Somebody who is only described may say the others, too.
    if (strangers > 0) tell('strangers', Math.log1p(strangers));
  }
}

const ANCHORS = [
  { step: -1, agrees: 'backAgrees', clashes: 'backClashes' },
  { step: 1, agrees: 'aheadAgrees', clashes: 'aheadClashes' },
];

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
