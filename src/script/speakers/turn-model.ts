/**
 * Weighs who says each turn of a chapter, all turns together: two who talk take turns, a name in the paragraph's own
 * narration speaks it, whoever is addressed answers. The hints are in `turn-hints.ts`, their weights in `weights.ts`. Pure.
 */
import type { DialogueParagraph } from './dialogue.ts';
import type { OwnWords } from './own-words.ts';
import type { People, Person } from './people.ts';
import { marginals } from './turn-chain.ts';
import { type HintsOf, type Tell, tellHints } from './turn-hints.ts';
import { lastBefore, nextAfter, type Places, placesOf } from './turn-places.ts';
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
  words,
  firstPerson,
}: {
  turns: readonly Turn[];
  paragraphs: readonly DialogueParagraph[];
  people: People;
  words: OwnWords;
  /** The narrator takes part in dialogue. */
  firstPerson: boolean;
}): Weighed[][] {
  if (turns.length === 0) return [];
  const places = placesOf({ turns, paragraphs, people, words });
  const voices = turns.map((turn) => voicesOf(turn, places, people, firstPerson));
  let sum = 0;
  const tell: Tell = (name, strength = 1) => {
    sum += (WEIGHTS[name] ?? 0) * strength;
  };
  const unary = turns.map((turn, index) => {
    const of: HintsOf = { turn, index, voice: 'other', voices: voices[index]!, turns, places };
    // Nobody else is possible.
    if (of.voices.length === 1) return [0];
    return of.voices.map((voice) => {
      sum = 0;
      of.voice = voice;
      tellHints(of, tell);
      return sum;
    });
  });
  return marginals(turns, voices, unary);
}

/** Who may say a turn. */
export function voicesOf(turn: Turn, places: Places, people: People, firstPerson: boolean): Voice[] {
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
