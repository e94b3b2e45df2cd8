/** Why somebody is taken for the speaker of a turn, as editors read it. Pure. */
import type { People } from './people.ts';
import type { Turn } from './turns.ts';
import type { Voice } from './voice.ts';

/** The rules, by what is printed for them. */
export const RULES = {
  beside: 'named beside the quotation',
  saysI: 'the narrator says so beside the quotation: “I said”',
  describes: 'described beside the quotation, in words that mean this person in the whole book',
  goesOn: 'the quotation goes on from the paragraph before',
  addressed: 'the line before addresses this person',
  ownParagraph: "named in the paragraph's own narration",
  alternates: 'two people take turns, and it is this one’s turn',
  pronoun: 'a pronoun beside the quotation fits, and nobody else near',
  toldLast: 'named last before the quotation',
  spokeLast: 'spoke shortly before',
  near: 'named or speaking nearby',
} as const;

/** One of the rules. */
export type Rule = keyof typeof RULES;

/** The strongest rule that speaks for a voice. `said`: the most probable voice of each turn. */
export function ruleFor({
  turns,
  index,
  voice,
  said,
  people,
}: {
  turns: readonly Turn[];
  index: number;
  voice: Voice;
  said: readonly (Voice | undefined)[];
  people: People;
}): Rule {
  const turn = turns[index]!;
  const { sayer } = turn;
  if (sayer?.kind === 'name' && people.byName(sayer.name) === voice) return 'beside';
  if (sayer?.kind === 'narrator' && voice === 'narrator') return 'saysI';
  if (turn.continues) return 'goesOn';
  const person = typeof voice === 'string' ? undefined : voice;
  const isIn = (at: number): boolean => turns[at] !== undefined && said[at] === voice;
  const before = turn.startsScene ? undefined : turns[index - 1];
  if (person && turn.own.some((own) => own.person === person)) return 'ownParagraph';
  if (person && before?.addressed.has(person) && turn.gap <= 1) return 'addressed';
  const talks = turn.gap <= 0 && before !== undefined && said[index - 1] !== voice;
  const after = turns[index + 1];
  if (talks && isIn(index - 2)) return 'alternates';
  if (after && after.gap === 0 && said[index + 1] !== voice && isIn(index + 2)) return 'alternates';
  if (person && sayer?.kind === 'unnamed' && sayer.gender !== undefined && sayer.gender === person.gender)
    return 'pronoun';
  if (isIn(index - 1) || isIn(index - 2)) return 'spokeLast';
  return person ? 'toldLast' : 'near';
}
