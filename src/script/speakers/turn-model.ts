/**
 * Weighs who says each turn of a chapter, all turns together: two who talk take turns, a name in the paragraph's own
 * narration speaks it, whoever is addressed answers. The weights were fitted on five novels of the Project Dialogism Novel
 * Corpus (`npm run bench speakers`). Pure.
 */
import type { DialogueParagraph } from './dialogue.ts';
import type { People, Person } from './people.ts';
import { marginals } from './turn-chain.ts';
import type { Turn } from './turns.ts';
import type { Voice, Weighed } from './voice.ts';
import { WEIGHTS } from './weights.ts';

/** Turns back and ahead in which a name makes somebody a candidate. */
const WINDOW_BACK = 14;
const WINDOW_AHEAD = 4;
const MOST_VOICES = 9;

/** The voices of each turn of a chapter, most probable first. */
export function weighTurns({
  turns,
  paragraphs,
  people,
  firstPerson,
}: {
  turns: readonly Turn[];
  paragraphs: readonly DialogueParagraph[];
  people: People;
  /** The narrator takes part in dialogue. */
  firstPerson: boolean;
}): Weighed[][] {
  if (turns.length === 0) return [];
  const places = placesOf({ turns, paragraphs, people });
  const voices = turns.map((turn) => voicesOf(turn, places, people, firstPerson));
  const unary = turns.map((turn, index) =>
    voices[index]!.map((voice) => scoreOf({ turn, index, voice, turns, places })),
  );
  return marginals(turns, voices, unary);
}

/** Where people are told about and where they speak, by paragraph, ascending. */
interface Places {
  told: Map<Person, number[]>;
  said: Map<Person, number[]>;
  /** By paragraph, who is told about or speaks there. */
  at: Map<number, Set<Person>>;
  /** By paragraph, the person mentioned last in narration before it. */
  lastTold: (Person | undefined)[];
}

function placesOf({
  turns,
  paragraphs,
  people,
}: {
  turns: readonly Turn[];
  paragraphs: readonly DialogueParagraph[];
  people: People;
}): Places {
  const places: Places = { told: new Map(), said: new Map(), at: new Map(), lastTold: [] };
  const add = (map: Map<Person, number[]>, person: Person, at: number): void => {
    const list = map.get(person);
    if (!list) map.set(person, [at]);
    else if (list.at(-1) !== at) list.push(at);
    const here = places.at.get(at);
    if (here) here.add(person);
    else places.at.set(at, new Set([person]));
  };
  for (const turn of turns) {
    const person = personOf(turn, people);
    if (person) add(places.said, person, turn.paragraph);
  }
  let last: Person | undefined;
  for (const [index, { parts }] of paragraphs.entries()) {
    places.lastTold.push(last);
    for (const { isSpeech, text } of parts) {
      if (isSpeech) continue;
      for (const { person } of people.mentionsIn(text)) {
        add(places.told, person, index);
        if (!person.isDescribed) last = person;
      }
    }
  }
  for (const turn of turns) for (const person of turn.addressed) add(places.told, person, turn.paragraph);
  for (const list of places.told.values()) list.sort((a, b) => a - b);
  return places;
}

/** The person whom the words beside a turn name or describe. */
function personOf({ sayer }: Turn, people: People): Person | undefined {
  if (sayer?.kind === 'name') return people.byName(sayer.name);
  const words = sayer?.kind === 'unnamed' ? sayer.words : undefined;
  return words === undefined ? undefined : people.byName(words);
}

function voicesOf(turn: Turn, places: Places, people: People, firstPerson: boolean): Voice[] {
  if (turn.sayer?.kind === 'narrator') return ['narrator'];
  if (turn.sayer?.kind === 'name') {
    const person = people.byName(turn.sayer.name);
    return [person ?? 'other'];
  }
  const { told, said } = places;
  const near: { person: Person; distance: number }[] = [];
  const around = new Set<Person>();
  for (let at = turn.paragraph - WINDOW_BACK; at <= turn.paragraph + WINDOW_AHEAD; at++)
    for (const person of places.at.get(at) ?? []) around.add(person);
  for (const person of [...around].sort((a, b) => a.id - b.id)) {
    const distance = Math.min(
      nearest(told.get(person), turn.paragraph),
      nearest(said.get(person), turn.paragraph) - 0.5,
    );
    if (distance <= WINDOW_BACK) near.push({ person, distance });
  }
  near.sort((a, b) => a.distance - b.distance);
  return [
    ...near.slice(0, MOST_VOICES).map(({ person }) => person),
    ...(firstPerson ? (['narrator'] as const) : []),
    'other',
  ];
}

/** Distance to the nearest place; what comes later counts only nearby. */
function nearest(list: readonly number[] | undefined, at: number): number {
  const ahead = nextAfter(list, at);
  return Math.min(lastBefore(list, at), ahead <= WINDOW_AHEAD ? ahead + 1 : Infinity);
}

function scoreOf({
  turn,
  index,
  voice,
  turns,
  places,
}: {
  turn: Turn;
  index: number;
  voice: Voice;
  turns: readonly Turn[];
  places: Places;
}): number {
  const w = WEIGHTS;
  const { sayer, pronouns } = turn;
  const said = sayer?.kind === 'unnamed' ? sayer : undefined;
  const isDescribed = said?.words !== undefined;
  if (voice === 'other') return w['other']! + (isDescribed ? w['describedOther']! : 0);
  if (voice !== 'narrator' && voice.isDescribed) {
    const fits = said?.words === voice.name;
    return fits
      ? w['described']!
      : w['farDescribed']! +
          (said && !isDescribed ? w['saysHeUnknown']! : 0) +
          w[toldKey(lastBefore(places.said.get(voice), turn.paragraph))]!;
  }
  let score = 0;
  if (voice === 'narrator') {
    score += w['narrator']!;
    if (said) score += w['saysHeNarrator']!;
    if (pronouns.narrator) score += w['ownI']!;
    return score;
  }
  if (pronouns.narrator && turn.own.length === 0) score += w['ownINot']!;
  score += voice.named > 0 ? w['namedOften']! * Math.log(1 + voice.named) : w['neverNamed']!;
  const own = turn.own.filter(({ person }) => person === voice);
  if (own.some(({ before, leads }) => before && leads)) score += w['leadsBefore']!;
  else if (own.some(({ before, leads }) => !before && leads)) score += w['leadsAfter']!;
  else if (own.some(({ before }) => before)) score += w['ownBefore']!;
  else if (own.length > 0) score += w['ownAfter']!;
  if (own.length > 0 && turn.own.every(({ person }) => person === voice)) score += w['onlyOwn']!;
  if (own.length === 0 && turn.own.length > 0) score += w['notOwn']!;
  if (said) {
    if (isDescribed) score += w['describedAs']!;
    if (said.gender === undefined || voice.gender === undefined) score += w['saysHeUnknown']!;
    else score += said.gender === voice.gender ? w['saysHeFits']! : w['saysHeClashes']!;
    if (own.length > 0) score += w['saysHeOwnName']!;
  } else if (pronouns.m !== pronouns.f && voice.gender !== undefined) {
    score += (pronouns.m ? 'm' : 'f') === voice.gender ? w['pronounFits']! : w['pronounClashes']!;
  }
  if (turn.addressed.has(voice)) score += w['addressesSelf']!;
  else if (turn.mentioned.has(voice)) score += w['mentionsSelf']!;
  const before = turns[index - 1];
  const after = turns[index + 1];
  if (before && turn.gap <= 1 && !turn.startsScene && before.addressed.has(voice)) score += w['addressedBefore']!;
  if (after && after.gap <= 1 && !after.startsScene && after.addressed.has(voice)) score += w['addressedAfter']!;
  score += w[toldKey(lastBefore(places.told.get(voice), turn.paragraph))]!;
  const spoke = lastBefore(places.said.get(voice), turn.paragraph);
  if (spoke <= 2) score += w['saidBefore']!;
  else if (spoke <= 8) score += w['saidBefore3']!;
  if (nextAfter(places.said.get(voice), turn.paragraph) <= 3) score += w['saidAfter']!;
  if (places.lastTold[turn.paragraph] === voice) score += w['lastTold']!;
  return score;
}

function toldKey(distance: number): string {
  if (distance === 0) return 'told0';
  if (distance === 1) return 'told1';
  if (distance === 2) return 'told2';
  if (distance <= 5) return 'told5';
  return distance <= 10 ? 'told10' : 'toldFar';
}

/** Distance to the last place up to this one. */
function lastBefore(list: readonly number[] | undefined, at: number): number {
  const index = countUpTo(list ?? [], at);
  return index === 0 ? Infinity : at - list![index - 1]!;
}

function nextAfter(list: readonly number[] | undefined, at: number): number {
  const place = list?.[countUpTo(list, at)];
  return place === undefined ? Infinity : place - at;
}

/** How many places of an ascending list are at most this one. */
function countUpTo(list: readonly number[], at: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
