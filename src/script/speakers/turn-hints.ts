/** What hints at who says a turn: each hint by its name in `weights.ts`, and how strong it is. Pure. */
import type { Person } from './people.ts';
import { lastBefore, nextAfter, type Places } from './turn-places.ts';
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
}

/** The hints for and against a voice at a turn. */
export function hintsFor(of: HintsOf): Hint[] {
  const { turn, voice, voices, places } = of;
  const { sayer, pronouns } = turn;
  const said = sayer?.kind === 'unnamed' ? sayer : undefined;
  if (voice === 'other') {
    const people = voices.filter((one) => typeof one === 'object' && !one.isDescribed).length;
    return [
      ['other', 1],
      ['otherPeople', Math.log1p(people)],
      ...when(said?.words !== undefined, 'describedOther'),
      ...when(said !== undefined && said.words === undefined, 'otherSaysHe'),
      ...when(turn.own.length > 0, 'otherOwn'),
      ...when(turn.startsScene || turn.gap > 1, 'otherBegins'),
    ];
  }
  if (voice === 'narrator') {
    const near = places.narratorNear(turn.paragraph);
    return [
      ['narrator', 1],
      ['narratorOften', Math.log1p(places.narratorSays)],
      ['narratorSpokeNear', Math.log1p(near.says)],
      ...when(near.says === 0, 'narratorSilent'),
      ...when(near.told, 'narratorTold'),
      ...when(said !== undefined, 'saysHeNarrator'),
      ...when(pronouns.narrator, 'ownI'),
      ...when(turn.own.length > 0, 'narratorOwn'),
      ...when(pronouns.m || pronouns.f, 'narratorPronoun'),
      ...when(calledBefore(of) !== undefined, 'narratorCalled'),
    ];
  }
  if (voice.isDescribed) {
    if (said?.words === voice.name) return [['described', 1]];
    return [
      ['farDescribed', 1],
      ...when(said !== undefined && said.words === undefined, 'saysHeUnknown'),
      [toldHint(lastBefore(places.said.get(voice), turn.paragraph)), 1],
    ];
  }
  const near = places.peopleNear(turn.paragraph);
  const within = { ...of, near };
  return [
    ...ownHints(of, voice),
    ...genderHints(within, voice),
    ...talkHints(of, voice),
    ...placeHints(of, voice),
    ['ownWords', places.words(turn, voice)],
    ...when(near.size === 1 && near.has(voice), 'nearAlone'),
    ...when(near.size === 2 && near.has(voice), 'nearOfTwo'),
    ...when(near.size > 3 && near.has(voice), 'nearOfMany'),
    ...when(near.size > 0 && !near.has(voice), 'notNear'),
  ];
}

/** The narration of its own paragraph. */
function ownHints({ turn }: HintsOf, voice: Person): Hint[] {
  const own = turn.own.filter(({ person }) => person === voice);
  const says = turn.sayer !== undefined ? 'He' : '';
  return [
    ...when(turn.pronouns.narrator && turn.own.length === 0, 'ownINot'),
    ...(own.some(({ before, leads }) => before && leads)
      ? when(true, `leadsBefore${says}`)
      : own.some(({ before, leads }) => !before && leads)
        ? when(true, `leadsAfter${says}`)
        : own.some(({ before }) => before)
          ? when(true, `ownBefore${says}`)
          : when(own.length > 0, `ownAfter${says}`)),
    ...when(own.length > 0 && turn.own.every(({ person }) => person === voice), `onlyOwn${says}`),
    ...when(
      own.some(({ isLast, leads }) => isLast && leads),
      `lastSubject${says}`,
    ),
    ...when(
      own.some(({ isLast }) => isLast) && turn.own.every((one) => one.person === voice || !one.isLast),
      `lastAlone${says}`,
    ),
    ...when(own.length === 0 && turn.own.length > 0, `notOwn${says}`),
    ...when(own.length > 0 && turn.own[0]!.person === voice && turn.own.length > 1, `firstOwn${says}`),
  ];
}

/** Pronouns, and who of the people near they can mean. */
function genderHints({ turn, voices, places, near }: Within, voice: Person): Hint[] {
  const { sayer, pronouns } = turn;
  const said = sayer?.kind === 'unnamed' ? sayer : undefined;
  const told = pronouns.m === pronouns.f ? undefined : pronouns.m ? 'm' : 'f';
  const gender = said ? said.gender : told;
  const as = said ? 'saysHe' : 'pronoun';
  const hints: Hint[] = [...when(said?.words !== undefined, 'describedAs')];
  if (gender === undefined) return [...hints, ...when(said !== undefined, 'saysHeUnknown')];
  if (voice.gender === undefined) return [...hints, [`${as}Unsure`, 1]];
  if (voice.gender !== gender) return [...hints, [`${as}Clashes`, 1]];
  const fitting = voices.filter((one) => typeof one === 'object' && !one.isDescribed && one.gender === gender);
  return [
    ...hints,
    [`${as}Fits`, 1],
    ...when(fitting.length === 1, `${as}Only`),
    ...when(isOnly(voice, gender, near), `${as}OnlyNear`),
    ...when(places.lastOf[gender][turn.paragraph] === voice, `${as}Last`),
  ];
}

/** The hints' own view: with the people who are near. */
type Within = HintsOf & { near: ReadonlySet<Person> };

function isOnly(voice: Person, gender: 'm' | 'f', near: ReadonlySet<Person>): boolean {
  if (!near.has(voice)) return false;
  for (const one of near) if (one !== voice && one.gender !== undefined && one.gender === gender) return false;
  return true;
}

/** The turns before and after it, and whom they address. */
function talkHints(of: HintsOf, voice: Person): Hint[] {
  const { turn, index, turns, places } = of;
  const before = index > 0 && !turn.startsScene && turn.gap <= 1 ? turns[index - 1] : undefined;
  const next = turns[index + 1];
  const after = next && !next.startsScene && next.gap <= 1 ? next : undefined;
  const called = calledBefore(of);
  const others = places.sayersNear(turn.paragraph);
  return [
    ...(turn.addressed.has(voice) ? when(true, 'addressesSelf') : when(turn.mentioned.has(voice), 'mentionsSelf')),
    ...when(before?.addressed.has(voice) === true, 'addressedBefore'),
    ...when(after?.addressed.has(voice) === true, 'addressedAfter'),
    ...when(before?.mentioned.has(voice) === true, 'mentionedBefore'),
    ...when(after?.mentioned.has(voice) === true, 'mentionedAfter'),
    ...when(called !== undefined && voice.gender === called, 'calledFits'),
    ...when(called !== undefined && voice.gender !== undefined && voice.gender !== called, 'calledClashes'),
    ...when(before?.own.some(({ person }) => person === voice) === true && isNotSayer(before, voice), 'ownOfBefore'),
    ...when(others.size === 2 && others.has(voice), 'oneOfTwo'),
    ...when(others.size === 2 && !others.has(voice), 'notOfTwo'),
    ...when(others.size > 2 && others.has(voice), 'oneOfMany'),
    ['spokeNear', Math.log1p(others.get(voice) ?? 0)],
    [`${turn.party.has(voice) ? 'ofParty' : 'notOfParty'}${sizeOf(turn)}`, 1],
  ];
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
function placeHints({ turn, places }: HintsOf, voice: Person): Hint[] {
  const at = turn.paragraph;
  const spoke = lastBefore(places.said.get(voice), at);
  const led = turn.gap > 0 ? places.leads[at - 1] : undefined;
  return [
    voice.named > 0 ? ['namedOften', Math.log(1 + voice.named)] : ['neverNamed', 1],
    [toldHint(lastBefore(places.told.get(voice), at)), 1],
    ...(spoke <= 2 ? when(true, 'saidBefore') : when(spoke <= 8, 'saidBefore3')),
    ...when(nextAfter(places.said.get(voice), at) <= 3, 'saidAfter'),
    ...when(places.lastTold[at] === voice, 'lastTold'),
    ...when(led === voice, 'ledBefore'),
    ...when(led !== undefined && led !== voice, 'notLedBefore'),
    ...when(turn.gap > 0 && places.only[at - 1] === voice, 'onlyBefore'),
  ];
}

function toldHint(distance: number): string {
  if (distance <= 2) return `told${distance}`;
  if (distance <= 5) return 'told5';
  return distance <= 10 ? 'told10' : 'toldFar';
}

function when(is: boolean, name: string): Hint[] {
  return is ? [[name, 1]] : [];
}

/** How many people the words beside the quotations of its dialogue name. */
function sizeOf({ party }: Turn): string {
  return party.size > 2 ? 'Many' : String(party.size);
}

/** Hints at whether the voice of the turn before goes on. */
export function sameHints(turn: Turn, before: Turn): Hint[] {
  if (turn.gap === -2) return [['sameAdjacent', 1]];
  if (turn.gap < 0) return [['sameParagraph', 1]];
  if (turn.gap > 0) return [[turn.gap === 1 ? 'sameGap1' : 'sameGap2', 1], ...when(turn.isBare, 'sameGapBare')];
  return [
    ['sameNext', 1],
    [`sameParty${sizeOf(turn)}`, 1],
    ...when(before.asks, 'askedSame'),
    ...when(turn.answers, 'answersSame'),
    ...when(turn.isBare, 'sameBare'),
    ...when(before.hasTail, 'sameAfterTail'),
  ];
}

/** Hints at whether it is the voice of two turns before. */
export function turnBackHints(turn: Turn, before: Turn): Hint[] {
  if (turn.continues || turn.startsScene || before.startsScene) return [];
  if (turn.gap !== 0 || before.gap > 0) return [['turnBackGap', 1]];
  return [
    ['turnBack', 1],
    [`turnBackParty${sizeOf(turn)}`, 1],
    ...when(before.asks, 'turnBackAsked'),
    ...when(before.answers, 'turnBackAnswered'),
    ...when(turn.isBare, 'turnBackBare'),
    ...when(turn.isBare && before.isBare, 'turnBackBare2'),
  ];
}
