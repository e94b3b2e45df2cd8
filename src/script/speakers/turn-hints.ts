/** What hints at who says a turn: each hint by its name in `weights.ts`, and how strong it is. Pure. */
import type { Person } from './people.ts';
import { lastBefore, nextAfter, type PeopleNear, type Places } from './turn-places.ts';
import type { Turn } from './turns.ts';
import type { Voice } from './voice.ts';

/** A hint: what it is called, and how strong it is. */
export type Hint = readonly [name: string, strength: number];

/** What is known when a turn is looked at. */
export interface HintsOf {
  turn: Turn;
  index: number;
  voice: Voice;
  /** All who may say it. */
  voices: readonly Voice[];
  turns: readonly Turn[];
  places: Places;
  /** How many of the voices are named and known to be men, and women. */
  fitting: Record<'m' | 'f', number>;
}

/** What is known of a turn; `voice` is still to be set. */
export function hintsOfTurn(of: Pick<HintsOf, 'index' | 'voices' | 'turns' | 'places'>): HintsOf {
  const { turns, index, voices, places } = of;
  let [m, f] = [0, 0];
  for (let at = 0; at < voices.length; at++) {
    const one = voices[at]!;
    if (typeof one !== 'object' || one.isDescribed) continue;
    if (one.gender === 'm') m++;
    else if (one.gender === 'f') f++;
  }
  return { turn: turns[index]!, index, voice: 'other', voices, turns, places, fitting: { m, f } };
}

/** Takes a hint; its strength is 1 when none is given. */
export type Tell = (name: string, strength?: number) => void;

/** The hints that are told, as a list. */
export function hintList(telling: (tell: Tell) => void): Hint[] {
  const hints: Hint[] = [];
  telling((name, strength = 1) => hints.push([name, strength]));
  return hints;
}

/** Tells the hints for and against a voice at a turn, one after another: a long book has millions. */
export function tellHints(of: HintsOf, tell: Tell): void {
  const { voice } = of;
  if (voice === 'other') tellOther(of, tell);
  else if (voice === 'narrator') tellNarrator(of, tell);
  else if (voice.isDescribed) tellDescribed(of, voice, tell);
  else {
    const near = of.places.peopleNear(of.turn.paragraph);
    tellOwn(of, voice, tell);
    tellGender(of, near, tell);
    tellTalk(of, voice, tell);
    tellPlace(of, voice, tell);
    tell('ownWords', of.places.words(of.turn, voice));
    const { size } = near.people;
    if (size > 0 && !near.people.has(voice)) tell('notNear');
    else if (size === 1) tell('nearAlone');
    else if (size === 2) tell('nearOfTwo');
    else if (size > 3) tell('nearOfMany');
  }
}

function tellOther({ turn, voices }: HintsOf, tell: Tell): void {
  const said = turn.sayer?.kind === 'unnamed' ? turn.sayer : undefined;
  let people = 0;
  for (const one of voices) if (typeof one === 'object' && !one.isDescribed) people++;
  tell('other');
  tell('otherPeople', Math.log1p(people));
  if (said?.words !== undefined) tell('describedOther');
  if (said !== undefined && said.words === undefined) tell('otherSaysHe');
  if (turn.own.length > 0) tell('otherOwn');
  if (turn.startsScene || turn.gap > 1) tell('otherBegins');
}

function tellNarrator(of: HintsOf, tell: Tell): void {
  const { turn, places } = of;
  const { pronouns } = turn;
  const near = places.narratorNear(turn.paragraph);
  tell('narrator');
  tell('narratorOften', Math.log1p(places.narratorSays));
  tell('narratorSpokeNear', Math.log1p(near.says));
  if (near.says === 0) tell('narratorSilent');
  if (near.told) tell('narratorTold');
  if (turn.sayer?.kind === 'unnamed') tell('saysHeNarrator');
  if (pronouns.narrator) tell('ownI');
  if (turn.own.length > 0) tell('narratorOwn');
  if (pronouns.m || pronouns.f) tell('narratorPronoun');
  if (calledBefore(of) !== undefined) tell('narratorCalled');
}

function tellDescribed({ turn, places }: HintsOf, voice: Person, tell: Tell): void {
  const said = turn.sayer?.kind === 'unnamed' ? turn.sayer : undefined;
  if (said?.words === voice.name) {
    tell('described');
    return;
  }
  tell('farDescribed');
  if (said !== undefined && said.words === undefined) tell('saysHeUnknown');
  tell(toldHint(lastBefore(places.said.get(voice), turn.paragraph)));
}

/** Names of hints are made once: a long book has millions of hints. */
const [OWN, OWN_HE] = ['', 'He'].map((says) => ({
  leadsBefore: `leadsBefore${says}`,
  leadsAfter: `leadsAfter${says}`,
  ownBefore: `ownBefore${says}`,
  ownAfter: `ownAfter${says}`,
  onlyOwn: `onlyOwn${says}`,
  notOwn: `notOwn${says}`,
  firstOwn: `firstOwn${says}`,
  lastSubject: `lastSubject${says}`,
  lastAlone: `lastAlone${says}`,
})) as [OwnNames, OwnNames];
type OwnNames = Record<
  | 'leadsBefore'
  | 'leadsAfter'
  | 'ownBefore'
  | 'ownAfter'
  | 'onlyOwn'
  | 'notOwn'
  | 'firstOwn'
  | 'lastSubject'
  | 'lastAlone',
  string
>;

const NONE: readonly boolean[] = new Array<boolean>(8).fill(false);

/** The narration of its own paragraph. `He`: words beside the turn say that somebody speaks. */
function tellOwn({ turn }: HintsOf, voice: Person, tell: Tell): void {
  if (turn.own.length === 0) {
    if (turn.pronouns.narrator) tell('ownINot');
    return;
  }
  const names = turn.sayer === undefined ? OWN : OWN_HE;
  let [isOwn, others, othersLast, before, leadsBefore, leadsAfter, last, lastLeads] = NONE;
  for (const { person, before: isBefore, leads, isLast } of turn.own) {
    if (person !== voice) {
      others = true;
      othersLast ||= isLast;
      continue;
    }
    isOwn = true;
    before ||= isBefore;
    leadsBefore ||= isBefore && leads;
    leadsAfter ||= !isBefore && leads;
    last ||= isLast;
    lastLeads ||= isLast && leads;
  }
  if (!isOwn) {
    tell(names.notOwn);
    return;
  }
  if (leadsBefore) tell(names.leadsBefore);
  else if (leadsAfter) tell(names.leadsAfter);
  else if (before) tell(names.ownBefore);
  else tell(names.ownAfter);
  if (!others) tell(names.onlyOwn);
  if (lastLeads) tell(names.lastSubject);
  if (last && !othersLast) tell(names.lastAlone);
  if (turn.own[0]!.person === voice && turn.own.length > 1) tell(names.firstOwn);
}

const [SAYS_HE, PRONOUN] = ['saysHe', 'pronoun'].map((as) => ({
  unsure: `${as}Unsure`,
  clashes: `${as}Clashes`,
  fits: `${as}Fits`,
  only: `${as}Only`,
  onlyNear: `${as}OnlyNear`,
  last: `${as}Last`,
})) as [PronounNames, PronounNames];
type PronounNames = Record<'unsure' | 'clashes' | 'fits' | 'only' | 'onlyNear' | 'last', string>;

/** Pronouns, and who of the people near they can mean. */
function tellGender({ turn, fitting, places, voice }: HintsOf, near: PeopleNear, tell: Tell): void {
  if (typeof voice !== 'object') return;
  const { sayer, pronouns } = turn;
  const said = sayer?.kind === 'unnamed' ? sayer : undefined;
  const told = pronouns.m === pronouns.f ? undefined : pronouns.m ? 'm' : 'f';
  const gender = said ? said.gender : told;
  const names = said ? SAYS_HE : PRONOUN;
  if (said?.words !== undefined) tell('describedAs');
  if (gender === undefined) {
    if (said !== undefined) tell('saysHeUnknown');
  } else if (voice.gender === undefined) tell(names.unsure);
  else if (voice.gender !== gender) tell(names.clashes);
  else {
    tell(names.fits);
    if (fitting[gender] === 1) tell(names.only);
    if (near[gender] === 1 && near.people.has(voice)) tell(names.onlyNear);
    if (places.lastOf[gender][turn.paragraph] === voice) tell(names.last);
  }
}

/** The turns before and after it, and whom they address. */
function tellTalk(of: HintsOf, voice: Person, tell: Tell): void {
  const { turn, index, turns, places } = of;
  const before = index > 0 && !turn.startsScene && turn.gap <= 1 ? turns[index - 1] : undefined;
  const next = turns[index + 1];
  const after = next && !next.startsScene && next.gap <= 1 ? next : undefined;
  const called = calledBefore(of);
  const others = places.sayersNear(turn.paragraph);
  if (turn.addressed.has(voice)) tell('addressesSelf');
  else if (turn.mentioned.has(voice)) tell('mentionsSelf');
  if (before?.addressed.has(voice) === true) tell('addressedBefore');
  if (after?.addressed.has(voice) === true) tell('addressedAfter');
  if (before?.mentioned.has(voice) === true) tell('mentionedBefore');
  if (after?.mentioned.has(voice) === true) tell('mentionedAfter');
  if (called !== undefined && voice.gender === called) tell('calledFits');
  if (called !== undefined && voice.gender !== undefined && voice.gender !== called) tell('calledClashes');
  if (before !== undefined && isNotSayer(before, voice) && before.own.some(({ person }) => person === voice))
    tell('ownOfBefore');
  const times = others.get(voice);
  if (others.size === 2) tell(times === undefined ? 'notOfTwo' : 'oneOfTwo');
  else if (others.size > 2 && times !== undefined) tell('oneOfMany');
  tell('spokeNear', Math.log1p(times ?? 0));
  tell((turn.party.has(voice) ? OF_PARTY : NOT_OF_PARTY)[sizeOf(turn)]!);
}

function isNotSayer({ sayer }: Turn, voice: Person): boolean {
  return sayer?.kind !== 'name' || !voice.names.includes(sayer.name);
}

/** “Yes, sir”: a man speaks next, or has spoken before. */
function calledBefore({ turn, index, turns }: HintsOf): 'm' | 'f' | undefined {
  const before = turn.startsScene || turn.gap > 0 ? undefined : turns[index - 1];
  return before?.calls;
}

/** Where the voice is told about and speaks, before and after. */
function tellPlace({ turn, places }: HintsOf, voice: Person, tell: Tell): void {
  const at = turn.paragraph;
  const said = places.said.get(voice);
  const spoke = lastBefore(said, at);
  const led = turn.gap > 0 ? places.leads[at - 1] : undefined;
  if (voice.named > 0) tell('namedOften', Math.log(1 + voice.named));
  else tell('neverNamed');
  tell(toldHint(lastBefore(places.told.get(voice), at)));
  if (spoke <= 2) tell('saidBefore');
  else if (spoke <= 8) tell('saidBefore3');
  if (nextAfter(said, at) <= 3) tell('saidAfter');
  if (places.lastTold[at] === voice) tell('lastTold');
  if (led !== undefined) tell(led === voice ? 'ledBefore' : 'notLedBefore');
  if (turn.gap > 0 && places.only[at - 1] === voice) tell('onlyBefore');
}

function toldHint(distance: number): string {
  if (distance <= 2) return TOLD[distance]!;
  if (distance <= 5) return 'told5';
  return distance <= 10 ? 'told10' : 'toldFar';
}

const TOLD = [0, 1, 2].map((distance) => `told${distance}`);

/** How many people the words beside the quotations of its dialogue name: none, one, two, or more. */
function sizeOf({ party }: Turn): number {
  return Math.min(3, party.size);
}

const SIZES = ['0', '1', '2', 'Many'];
const OF_PARTY = SIZES.map((size) => `ofParty${size}`);
const NOT_OF_PARTY = SIZES.map((size) => `notOfParty${size}`);
const SAME_PARTY = SIZES.map((size) => `sameParty${size}`);
const BACK_PARTY = SIZES.map((size) => `turnBackParty${size}`);

/** Hints at whether the voice of the turn before goes on. */
export function tellSame(turn: Turn, before: Turn, tell: Tell): void {
  if (turn.gap === -2) tell('sameAdjacent');
  else if (turn.gap < 0) tell('sameParagraph');
  else if (turn.gap > 0) {
    tell(turn.gap === 1 ? 'sameGap1' : 'sameGap2');
    if (turn.isBare) tell('sameGapBare');
  } else {
    tell('sameNext');
    tell(SAME_PARTY[sizeOf(turn)]!);
    if (before.asks) tell('askedSame');
    if (turn.answers) tell('answersSame');
    if (turn.isBare) tell('sameBare');
    if (before.hasTail) tell('sameAfterTail');
  }
}

/** Hints at whether it is the voice of two turns before. */
export function tellBack(turn: Turn, before: Turn, tell: Tell): void {
  if (turn.continues || turn.startsScene || before.startsScene) return;
  if (turn.gap !== 0 || before.gap > 0) {
    tell('turnBackGap');
    return;
  }
  tell('turnBack');
  tell(BACK_PARTY[sizeOf(turn)]!);
  if (before.asks) tell('turnBackAsked');
  if (before.answers) tell('turnBackAnswered');
  if (turn.isBare) tell('turnBackBare');
  if (turn.isBare && before.isBare) tell('turnBackBare2');
}
