/**
 * Weighs who says each turn of a chapter, all turns together: two who talk take turns, a name in the paragraph's own
 * narration speaks it, whoever is addressed answers. The hints are in `turn-hints.ts`, their weights in `weights.ts`. Pure.
 */
import type { DialogueParagraph } from './dialogue.ts';
import type { OwnWords } from './own-words.ts';
import type { People, Person } from './people.ts';
import { type ChainRoom, makeRoom, marginals } from './turn-chain.ts';
import { hintsOfTurn, tellHints } from './turn-hints.ts';
import { listAt, type Places, placesOf } from './turn-places.ts';
import type { Turn } from './turns.ts';
import type { Voice, WeighedTurn } from './voice.ts';

/** Paragraphs back and ahead in which a name makes somebody a candidate. */
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
  room,
}: {
  turns: readonly Turn[];
  paragraphs: readonly DialogueParagraph[];
  people: People;
  words: OwnWords;
  /** The narrator takes part in dialogue. */
  firstPerson: boolean;
  room: ChainRoom;
}): WeighedTurn[] {
  if (turns.length === 0) return [];
  const places = placesOf({ turns, paragraphs, people, words });
  const voices = turns.map((turn) => voicesOf(turn, places, people, firstPerson));
  makeRoom(room, voices);
  const { fits, weigher } = room;
  for (let index = 0; index < turns.length; index++) {
    const of = hintsOfTurn({ turns, index, voices: voices[index]!, places });
    const at = room.at[index]!;
    // Nobody else is possible.
    if (of.voices.length === 1) fits[at] = 0;
    else
      for (let voice = 0; voice < of.voices.length; voice++) {
        of.voice = of.voices[voice]!;
        tellHints(of, weigher.tell);
        fits[at + voice] = weigher.take();
      }
  }
  return marginals(turns, voices, room);
}

/** Who may say a turn: those who speak or are told about nearest, and at one distance in the order of the people. */
export function voicesOf(turn: Turn, places: Places, people: People, firstPerson: boolean): readonly Voice[] {
  if (turn.sayer?.kind === 'narrator') return NARRATOR;
  if (turn.sayer?.kind === 'name') return [people.byName(turn.sayer.name) ?? 'other'];
  const voices: Voice[] = [];
  const { said, told } = places.at;
  const at = turn.paragraph;
  addNearest(voices, said[at]);
  addNearest(voices, told[at]);
  // Whoever speaks counts as half a paragraph nearer, and what comes later as one farther.
  for (let back = 1; back <= WINDOW_BACK && voices.length < MOST_VOICES; back++) {
    const ahead = back > 1 && back <= WINDOW_AHEAD + 1 ? at + back - 1 : -1;
    addNearest(voices, listAt(said, at - back), listAt(said, ahead));
    addNearest(voices, listAt(told, at - back), listAt(told, ahead));
  }
  if (firstPerson) voices.push('narrator');
  voices.push('other');
  return voices;
}

const NARRATOR: readonly Voice[] = ['narrator'];

/** Adds those of one distance who are not yet among the voices, as far as there is place. */
function addNearest(voices: Voice[], some?: readonly Person[], others?: readonly Person[]): void {
  const from = voices.length;
  if (some !== undefined) for (let one = 0; one < some.length; one++) addInOrder(voices, from, some[one]!);
  if (others !== undefined) for (let one = 0; one < others.length; one++) addInOrder(voices, from, others[one]!);
}

function addInOrder(voices: Voice[], from: number, person: Person): void {
  if (voices.includes(person)) return;
  let at = voices.length;
  for (; at > from && (voices[at - 1] as Person).id > person.id; at--) voices[at] = voices[at - 1]!;
  voices[at] = person;
  if (voices.length > MOST_VOICES) voices.pop();
}
