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
  const all = new Map<string, number>();
  const byPerson = new Map<Person, { counts: Map<string, number>; total: number }>();
  const words = new Map<Turn, string[]>();
  let total = 0;
  for (const { paragraphs, turns } of chapters) {
    for (const turn of turns) {
      const spoken = turn.parts.flatMap((index) => wordsIn(paragraphs[turn.paragraph]!.parts[index]!.text));
      words.set(turn, spoken);
      total += spoken.length;
      for (const word of spoken) all.set(word, (all.get(word) ?? 0) + 1);
      const person = turn.sayer?.kind === 'name' ? people.byName(turn.sayer.name) : undefined;
      if (person === undefined) continue;
      const own = byPerson.get(person) ?? { counts: new Map<string, number>(), total: 0 };
      byPerson.set(person, own);
      own.total += spoken.length;
      for (const word of spoken) own.counts.set(word, (own.counts.get(word) ?? 0) + 1);
    }
  }
  return (turn, person) => {
    const own = byPerson.get(person);
    if (own === undefined || own.total < FEWEST_WORDS) return 0;
    const spoken = words.get(turn) ?? [];
    let sum = 0;
    for (const word of spoken) {
      const share = all.get(word)! / total;
      sum += Math.log(((own.counts.get(word) ?? 0) + SMOOTHING * share) / (own.total + SMOOTHING) / share);
    }
    return Math.max(-MOST, Math.min(MOST, sum));
  };
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+(?:[’']\p{L}+)*|[!?]/gu) ?? [];
}
