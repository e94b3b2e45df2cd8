/** Where the people of a chapter are told about and where they speak. Pure. */
import type { DialogueParagraph } from './dialogue.ts';
import type { OwnWords } from './own-words.ts';
import type { People, Person } from './people.ts';
import type { Turn } from './turns.ts';

/** Where people are told about and where they speak, by paragraph, ascending. */
export interface Places {
  told: Map<Person, number[]>;
  said: Map<Person, number[]>;
  /** By paragraph, who is told about and who speaks there. */
  at: Record<'told' | 'said', (Person[] | undefined)[]>;
  /** By paragraph, the person mentioned last in narration before it. */
  lastTold: (Person | undefined)[];
  /** The same for men and for women. */
  lastOf: Record<'m' | 'f', (Person | undefined)[]>;
  /** By paragraph, the person whose name begins it, and the only person in its narration. */
  leads: (Person | undefined)[];
  only: (Person | undefined)[];
  /** Whom the words beside a quotation name near a paragraph, and how often. */
  sayersNear: (paragraph: number) => ReadonlyMap<Person, number>;
  /** Who is told about or speaks right around a paragraph. */
  peopleNear: (paragraph: number) => PeopleNear;
  /** How often “I said” stands in the chapter; how often near a paragraph, and whether “I” is told of there. */
  narratorSays: number;
  narratorNear: (paragraph: number) => { says: number; told: boolean };
  /** How much the words of a turn are a person's. */
  words: OwnWords;
}

/** Named people, and how many of them are known to be men and women. */
export interface PeopleNear {
  people: ReadonlySet<Person>;
  m: number;
  f: number;
}

/** Finds the places. Linear. */
export function placesOf({
  turns,
  paragraphs,
  people,
  words,
}: {
  turns: readonly Turn[];
  paragraphs: readonly DialogueParagraph[];
  people: People;
  words: OwnWords;
}): Places {
  const size = paragraphs.length;
  const sayers = byParagraph<Person[]>(size);
  const iSaid: number[] = [];
  let iTold: number[] | undefined;
  const places: Places = {
    ...{ told: new Map(), said: new Map(), at: { told: byParagraph(size), said: byParagraph(size) } },
    ...{ lastTold: byParagraph(size), lastOf: { m: byParagraph(size), f: byParagraph(size) } },
    ...{ leads: byParagraph(size), only: byParagraph(size) },
    sayersNear: remembered((paragraph) => countedNear(sayers, paragraph)),
    peopleNear: remembered((paragraph) => peopleAround(places.at, paragraph)),
    words,
    narratorSays: 0,
    narratorNear: (paragraph) => {
      iTold ??= tellingOfI(paragraphs);
      return { says: within(iSaid, paragraph, NEAR), told: within(iTold, paragraph, 1) > 0 };
    },
  };
  for (const turn of turns) {
    if (turn.sayer?.kind === 'narrator') iSaid.push(turn.paragraph);
    const person = personOf(turn, people);
    if (person === undefined) continue;
    add(places, 'said', person, turn.paragraph);
    if (person.isDescribed) continue;
    const here = sayers[turn.paragraph];
    if (here) here.push(person);
    else sayers[turn.paragraph] = [person];
  }
  places.narratorSays = iSaid.length;
  addTold(places, paragraphs, people);
  for (const turn of turns) for (const person of turn.addressed) add(places, 'told', person, turn.paragraph);
  for (const list of places.told.values()) list.sort((a, b) => a - b);
  return places;
}

function byParagraph<T>(size: number): (T | undefined)[] {
  return new Array<T | undefined>(size).fill(undefined);
}

function add(places: Places, which: 'told' | 'said', person: Person, at: number): void {
  const list = places[which].get(person);
  if (!list) places[which].set(person, [at]);
  else if (list[list.length - 1] === at) return;
  else list.push(at);
  const here = places.at[which][at];
  if (here === undefined) places.at[which][at] = [person];
  else here.push(person);
}

function addTold(places: Places, paragraphs: readonly DialogueParagraph[], people: People): void {
  const { lastTold, lastOf, leads, only } = places;
  let last: Person | undefined;
  let [lastMan, lastWoman]: (Person | undefined)[] = [];
  for (let index = 0; index < paragraphs.length; index++) {
    lastTold[index] = last;
    lastOf.m[index] = lastMan;
    lastOf.f[index] = lastWoman;
    let here: Person | undefined;
    let areMore = false;
    const { parts } = paragraphs[index]!;
    for (let order = 0; order < parts.length; order++) {
      const { isSpeech, text } = parts[order]!;
      if (isSpeech) continue;
      for (const { person, start } of people.mentionsIn(text)) {
        add(places, 'told', person, index);
        if (person.isDescribed) continue;
        last = person;
        if (person.gender === 'm') lastMan = person;
        else if (person.gender === 'f') lastWoman = person;
        if (order === 0 && text.slice(0, start).trim() === '') leads[index] = person;
        here ??= person;
        if (person !== here) areMore = true;
      }
    }
    if (!areMore) only[index] = here;
  }
}

/** The paragraphs whose narration has “I” or “me”. */
function tellingOfI(paragraphs: readonly DialogueParagraph[]): number[] {
  return paragraphs.flatMap(({ parts }, index) =>
    parts.some(({ isSpeech, text }) => !isSpeech && /(?<![\p{L}])(?:I|me)(?![\p{L}’'])/u.test(text)) ? [index] : [],
  );
}

/** Paragraphs before and after in which somebody counts as taking part. */
const NEAR = 8;

/** Each voice of a turn asks the same. */
function remembered<T>(of: (paragraph: number) => T): (paragraph: number) => T {
  let [last, value]: [number, T | undefined] = [-1, undefined];
  return (paragraph) => {
    if (last !== paragraph) [last, value] = [paragraph, of(paragraph)];
    return value as T;
  };
}

/** An entry of a list by paragraph; undefined before the first and after the last paragraph. */
export function listAt<T>(list: readonly (T | undefined)[], paragraph: number): T | undefined {
  return paragraph < 0 || paragraph >= list.length ? undefined : list[paragraph];
}

/** How many places of an ascending list are at most so far away. */
function within(list: readonly number[], at: number, distance: number): number {
  return countUpTo(list, at + distance) - countUpTo(list, at - distance - 1);
}

const RIGHT_BEFORE = 5;
const RIGHT_AFTER = 2;

function peopleAround(at: Places['at'], paragraph: number): PeopleNear {
  const people = new Set<Person>();
  let [m, f] = [0, 0];
  for (let one = paragraph - RIGHT_BEFORE; one <= paragraph + RIGHT_AFTER; one++)
    for (const list of [listAt(at.told, one), listAt(at.said, one)])
      for (const person of list ?? NOBODY) {
        if (person.isDescribed || people.has(person)) continue;
        people.add(person);
        if (person.gender === 'm') m++;
        else if (person.gender === 'f') f++;
      }
  return { people, m, f };
}

const NOBODY: readonly Person[] = [];

function countedNear(sayers: readonly (Person[] | undefined)[], paragraph: number): ReadonlyMap<Person, number> {
  let counts: Map<Person, number> | undefined;
  for (let at = paragraph - NEAR; at <= paragraph + NEAR; at++)
    for (const person of listAt(sayers, at) ?? NOBODY) {
      counts ??= new Map();
      counts.set(person, (counts.get(person) ?? 0) + 1);
    }
  return counts ?? NO_SAYERS;
}

const NO_SAYERS: ReadonlyMap<Person, number> = new Map();

/** The person whom the words beside a turn name or describe. */
export function personOf({ sayer }: Turn, people: People): Person | undefined {
  if (sayer?.kind === 'name') return people.byName(sayer.name);
  const words = sayer?.kind === 'unnamed' ? sayer.words : undefined;
  return words === undefined ? undefined : people.byName(words);
}

/** Distance to the last place up to this one. */
export function lastBefore(list: readonly number[] | undefined, at: number): number {
  const index = countUpTo(list ?? [], at);
  return index === 0 ? Infinity : at - list![index - 1]!;
}

/** Distance to the first place after this one. */
export function nextAfter(list: readonly number[] | undefined, at: number): number {
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
