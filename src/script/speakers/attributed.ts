/** Who says what in a book, with probabilities and reasons: the whole way from paragraphs to voices. Pure. */
import { certaintyOf } from './certainty.ts';
import { nameDescribed } from './described-people.ts';
import { type ChapterParagraph, type DialogueParagraph, readDialogue } from './dialogue.ts';
import { ownWords } from './own-words.ts';
import { type People, type Person, peopleOf } from './people.ts';
import { type Rule, ruleFor } from './reasons.ts';
import type { SpeechLanguage } from './saying-verbs.ts';
import { speechStyle } from './speech-parts.ts';
import { weighTurns } from './turn-model.ts';
import { type Turn, turnsOf } from './turns.ts';
import type { Voice, Weighed } from './voice.ts';

/** A turn, who may say it, and why. */
export interface AttributedTurn extends Turn {
  /** Most probable first; without “somebody else”. */
  candidates: { voice: Person | 'narrator'; probability: number; rule: Rule }[];
  /** How certain the first of them is, from 0 to 1, seen together with the turns around; 0 without any. */
  certainty: number;
}

/** The dialogue of a book. */
export interface AttributedBook {
  chapters: { paragraphs: DialogueParagraph[]; turns: AttributedTurn[] }[];
  people: People;
}

/** So many times, and so often, “I said” must stand in a book whose narrator takes part. */
const FEWEST_I_SAID = 2;
const LEAST_I_SAID = 0.03;

/** How a book is attributed. */
export interface AttributionOptions {
  language: SpeechLanguage;
  /** Lists of names, each list one person's. Default: none. */
  known?: readonly (readonly string[])[];
  /** Only what the text names beside a quotation is wanted: a chapter in which that is all there is, is not weighed. Default: false. */
  onlyNamed?: boolean;
}

/** Attributes all dialogue. Linear in the text. */
export function attributeBook(
  chapters: readonly (readonly ChapterParagraph[])[],
  options: AttributionOptions,
): AttributedBook {
  const { language } = options;
  const texts = chapters.flatMap((paragraphs) => paragraphs.map(({ text }) => text));
  const style = speechStyle(texts, language);
  return attributeDialogue(
    chapters.map((paragraphs) => readDialogue(paragraphs, style)),
    options,
  );
}

/** The same for dialogue that is already read. */
export function attributeDialogue(
  chapters: readonly DialogueParagraph[][],
  { language, known = [], onlyNamed = false }: AttributionOptions,
): AttributedBook {
  const people = peopleOf(chapters, language, known);
  const firstPerson = isFirstPerson(chapters);
  const divided = chapters.map((paragraphs) => ({ paragraphs, turns: turnsOf(paragraphs, people) }));
  const words = ownWords(divided, people);
  const all = divided.flatMap(({ turns }) => turns);
  const share = all.filter(({ sayer }) => sayer?.kind === 'name').length / Math.max(1, all.length);
  const attributed = divided.map(({ paragraphs, turns }) => {
    const weighed =
      onlyNamed && !turns.some(({ continues }) => continues)
        ? turns.map((turn) => namedVoice(turn, people))
        : weighTurns({ turns, paragraphs, people, words, firstPerson });
    const said = weighed.map(([first]): Voice | undefined => first?.voice);
    const found = turns as AttributedTurn[];
    for (const [index, turn] of found.entries()) {
      turn.candidates = weighed[index]!.flatMap(({ voice, probability }) =>
        voice === 'other' ? [] : [{ voice, probability, rule: ruleFor({ turns, index, voice, said, people }) }],
      );
      turn.certainty = 0;
    }
    for (const [index, turn] of found.entries())
      if (isReadable(paragraphs[turn.paragraph]!)) turn.certainty = certaintyOf(found, index, share);
    return { paragraphs, turns: found };
  });
  if (!onlyNamed) nameDescribed(attributed.flatMap(({ turns }) => turns));
  return { people, chapters: attributed };
}

/** What weighing comes to for a turn with a name or “I said” beside it; nobody for any other. */
function namedVoice({ sayer }: Turn, people: People): Weighed[] {
  const voice =
    sayer?.kind === 'name' ? people.byName(sayer.name) : sayer?.kind === 'narrator' ? 'narrator' : undefined;
  return voice === undefined ? [] : [{ voice, probability: 1 }];
}

/** The hints are of English: in a paragraph of another script they say nothing. */
function isReadable({ parts }: DialogueParagraph): boolean {
  return parts.some(({ text }) => /\p{Script=Latin}/u.test(text));
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
