/** How much the words of a turn are those that a person uses elsewhere: “Ach, mein Freund”, “'tis”, “my dear fellow”. Pure. */
import type { DialogueParagraph } from './dialogue.ts';
import type { People, Person } from './people.ts';
import type { Turn } from './turns.ts';

/** The strength of this hint for a turn and a person; 0 for a person of whom too few words are known. */
export type OwnWords = (turn: Turn, person: Person) => number;

/** Words of a person that are needed. */
const FEWEST_WORDS = 150;
/** As many words of all the dialogue are added to those of a person. */
const SMOOTHING = 1_500;
const MOST = 3;

/** Learns the words of each person from the quotations that have a name beside them. Linear. */
export function ownWords(
  chapters: readonly { paragraphs: readonly DialogueParagraph[]; turns: readonly Turn[] }[],
  people: People,
): OwnWords {
  const numbers = new Map<string, number>();
  /** How often each word is said, by its number. */
  const all: number[] = [];
  const byPerson = new Map<Person, Spoken>();
  const words = new Map<Turn, number[]>();
  let total = 0;
  for (const { paragraphs, turns } of chapters) {
    for (const turn of turns) {
      const spoken: number[] = [];
      for (const index of turn.parts) addWords(spoken, paragraphs[turn.paragraph]!.parts[index]!.text, numbers);
      words.set(turn, spoken);
      total += spoken.length;
      for (const word of spoken) all[word] = (all[word] ?? 0) + 1;
      const person = turn.sayer?.kind === 'name' ? people.byName(turn.sayer.name) : undefined;
      if (person === undefined) continue;
      const own = byPerson.get(person) ?? { counts: new Map(), total: 0, odds: new Map() };
      byPerson.set(person, own);
      own.total += spoken.length;
      for (const word of spoken) own.counts.set(word, (own.counts.get(word) ?? 0) + 1);
    }
  }
  const oddsOf = (own: Spoken, word: number): number => {
    const share = all[word]! / total;
    return Math.log(((own.counts.get(word) ?? 0) + SMOOTHING * share) / (own.total + SMOOTHING) / share);
  };
  return (turn, person) => {
    const own = byPerson.get(person);
    if (own === undefined || own.total < FEWEST_WORDS) return 0;
    let sum = 0;
    for (const word of words.get(turn) ?? []) {
      let odds = own.odds.get(word);
      if (odds === undefined) {
        odds = oddsOf(own, word);
        own.odds.set(word, odds);
      }
      sum += odds;
    }
    return Math.max(-MOST, Math.min(MOST, sum));
  };
}

/** What a person says beside a name: how often each word, and, as far as asked, how much more than others do. */
interface Spoken {
  counts: Map<number, number>;
  total: number;
  odds: Map<number, number>;
}

/** Adds the words of a text by their numbers; a new word gets the next one. */
function addWords(spoken: number[], text: string, numbers: Map<string, number>): void {
  for (const word of text.toLowerCase().match(WORD) ?? []) {
    let number = numbers.get(word);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(word, number);
    }
    spoken.push(number);
  }
}

const WORD = /\p{L}+(?:[’']\p{L}+)*|[!?]/gu;
