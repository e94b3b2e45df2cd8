/** Where the people of a chapter are told about and where they speak. Pure. */
import type { DialogueParagraph } from './dialogue.ts';
import type { OwnWords } from './own-words.ts';
import type { People, Person } from './people.ts';
import type { Turn } from './turns.ts';

/** Where people are told about and where they speak, by paragraph, ascending. */
export interface Places {
  told: Map<Person, number[]>;
  said: Map<Person, number[]>;
  /** By paragraph, who is told about or speaks there. */
  at: Map<number, Set<Person>>;
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
  peopleNear: (paragraph: number) => ReadonlySet<Person>;
  /** How often “I said” stands in the chapter; how often near a paragraph, and whether “I” is told of there. */
  narratorSays: number;
  narratorNear: (paragraph: number) => { says: number; told: boolean };
  /** How much the words of a turn are a person's. */
  words: OwnWords;
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
  const sayers = new Map<number, Person[]>();
  const iSaid = turns.flatMap(({ sayer, paragraph }) => (sayer?.kind === 'narrator' ? [paragraph] : []));
  const iTold = paragraphs.flatMap(({ parts }, index) =>
    parts.some(({ isSpeech, text }) => !isSpeech && /(?<![\p{L}])(?:I|me)(?![\p{L}’'])/u.test(text)) ? [index] : [],
  );
  const places: Places = {
    ...{ told: new Map(), said: new Map(), at: new Map(), lastTold: [], lastOf: { m: [], f: [] }, leads: [], only: [] },
    sayersNear: remembered((paragraph) => countedNear(sayers, paragraph)),
    peopleNear: remembered((paragraph) => peopleAround(places.at, paragraph)),
    words,
    narratorSays: turns.filter(({ sayer }) => sayer?.kind === 'narrator').length,
    narratorNear: (paragraph) => ({ says: within(iSaid, paragraph, NEAR), told: within(iTold, paragraph, 1) > 0 }),
  };
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
    if (person === undefined || person.isDescribed) continue;
    const here = sayers.get(turn.paragraph);
    if (here) here.push(person);
    else sayers.set(turn.paragraph, [person]);
  }
  let last: Person | undefined;
  const lastOf: { m?: Person; f?: Person } = {};
  for (const [index, { parts }] of paragraphs.entries()) {
    places.lastTold.push(last);
    for (const gender of ['m', 'f'] as const) places.lastOf[gender].push(lastOf[gender]);
    const here = new Set<Person>();
    for (const [order, { isSpeech, text }] of parts.entries()) {
      if (isSpeech) continue;
      for (const { person, start } of people.mentionsIn(text)) {
        add(places.told, person, index);
        if (person.isDescribed) continue;
        last = person;
        if (person.gender !== undefined) lastOf[person.gender] = person;
        if (order === 0 && text.slice(0, start).trim() === '') places.leads[index] = person;
        here.add(person);
      }
    }
    if (here.size === 1) [places.only[index]] = here;
  }
  for (const turn of turns) for (const person of turn.addressed) add(places.told, person, turn.paragraph);
  for (const list of places.told.values()) list.sort((a, b) => a - b);
  return places;
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

/** How many places of an ascending list are at most so far away. */
function within(list: readonly number[], at: number, distance: number): number {
  return countUpTo(list, at + distance) - countUpTo(list, at - distance - 1);
}

const RIGHT_BEFORE = 5;
const RIGHT_AFTER = 2;

function peopleAround(at: Places['at'], paragraph: number): Set<Person> {
  const people = new Set<Person>();
  for (let one = paragraph - RIGHT_BEFORE; one <= paragraph + RIGHT_AFTER; one++)
    for (const person of at.get(one) ?? []) if (!person.isDescribed) people.add(person);
  return people;
}

function countedNear(sayers: ReadonlyMap<number, readonly Person[]>, paragraph: number): Map<Person, number> {
  const counts = new Map<Person, number>();
  for (let at = paragraph - NEAR; at <= paragraph + NEAR; at++)
    for (const person of sayers.get(at) ?? []) counts.set(person, (counts.get(person) ?? 0) + 1);
  return counts;
}

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
