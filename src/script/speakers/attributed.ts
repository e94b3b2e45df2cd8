/** Who says what in a book, with probabilities and reasons: the whole way from paragraphs to voices. Pure. */
import { type ChapterParagraph, type DialogueParagraph, readDialogue } from './dialogue.ts';
import { type People, type Person, peopleOf } from './people.ts';
import { type Rule, ruleFor } from './reasons.ts';
import type { SpeechLanguage } from './saying-verbs.ts';
import { speechStyle } from './speech-parts.ts';
import { weighTurns } from './turn-model.ts';
import { type Turn, turnsOf } from './turns.ts';
import type { Voice } from './voice.ts';

/** A turn, who may say it, and why. */
export interface AttributedTurn extends Turn {
  /** Most probable first; without “somebody else”. */
  candidates: { voice: Person | 'narrator'; probability: number; rule: Rule }[];
}

/** The dialogue of a book. */
export interface AttributedBook {
  chapters: { paragraphs: DialogueParagraph[]; turns: AttributedTurn[] }[];
  people: People;
}

/** So many times, and so often, “I said” must stand in a book whose narrator takes part. */
const FEWEST_I_SAID = 2;
const LEAST_I_SAID = 0.03;

/** Attributes all dialogue. `known`: lists of names, each list one person's. Linear in the text. */
export function attributeBook(
  chapters: readonly (readonly ChapterParagraph[])[],
  { language, known = [] }: { language: SpeechLanguage; known?: readonly (readonly string[])[] },
): AttributedBook {
  const texts = chapters.flatMap((paragraphs) => paragraphs.map(({ text }) => text));
  const style = speechStyle(texts, language);
  return attributeDialogue(
    chapters.map((paragraphs) => readDialogue(paragraphs, style)),
    { language, known },
  );
}

/** The same for dialogue that is already read. */
export function attributeDialogue(
  chapters: readonly DialogueParagraph[][],
  { language, known = [] }: { language: SpeechLanguage; known?: readonly (readonly string[])[] },
): AttributedBook {
  const people = peopleOf(chapters, language, known);
  const firstPerson = isFirstPerson(chapters);
  return {
    people,
    chapters: chapters.map((paragraphs) => {
      const turns = turnsOf(paragraphs, people);
      const weighed = weighTurns({ turns, paragraphs, people, firstPerson });
      const said = weighed.map(([first]): Voice | undefined => first?.voice);
      return {
        paragraphs,
        turns: turns.map((turn, index) => ({
          ...turn,
          candidates: weighed[index]!.flatMap(({ voice, probability }) =>
            voice === 'other' ? [] : [{ voice, probability, rule: ruleFor({ turns, index, voice, said, people }) }],
          ),
        })),
      };
    }),
  };
}

/** Whether the narrator takes part in dialogue. */
export function isFirstPerson(chapters: readonly (readonly DialogueParagraph[])[]): boolean {
  let [named, narrator] = [0, 0];
  for (const { parts } of chapters.flat()) {
    for (const { sayer } of parts) {
      if (sayer !== undefined) named++;
      if (sayer?.kind === 'narrator') narrator++;
    }
  }
  return narrator >= FEWEST_I_SAID && narrator >= LEAST_I_SAID * named;
}
