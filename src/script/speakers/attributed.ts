/** Who says what in a book, with probabilities and reasons: the whole way from paragraphs to voices. Pure. */
import { CERTAINTY, certaintyOf } from './certainty.ts';
import { nameDescribed } from './described-people.ts';
import { type ChapterParagraph, type DialogueParagraph, readDialogue } from './dialogue.ts';
import { ownWords } from './own-words.ts';
import { type People, type Person, peopleOf } from './people.ts';
import { type Rule, ruleFor } from './reasons.ts';
import type { SpeechLanguage } from './saying-verbs.ts';
import { speechStyle } from './speech-parts.ts';
import { chainRoom } from './turn-chain.ts';
import { weighTurns } from './turn-model.ts';
import { type Turn, turnsOf } from './turns.ts';
import type { WeighedTurn } from './voice.ts';
import { weigher } from './weights.ts';

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
  let [count, named] = [0, 0];
  for (const { turns } of divided) {
    count += turns.length;
    for (const { sayer } of turns) if (sayer?.kind === 'name') named++;
  }
  const share = named / Math.max(1, count);
  const room = chainRoom();
  const certain = weigher(CERTAINTY);
  const attributed = divided.map(({ paragraphs, turns }) => {
    const weighed =
      onlyNamed && !turns.some(({ continues }) => continues)
        ? turns.map((turn) => namedVoice(turn, people))
        : weighTurns({ turns, paragraphs, people, words, firstPerson, room });
    const said = weighed.map(({ voices }) => voices[0]);
    const found = turns as AttributedTurn[];
    for (let index = 0; index < found.length; index++) {
      const { voices, probabilities } = weighed[index]!;
      const candidates: AttributedTurn['candidates'] = [];
      for (let at = 0; at < voices.length; at++) {
        const voice = voices[at]!;
        if (voice !== 'other')
          candidates.push({
            voice,
            probability: probabilities[at]!,
            rule: ruleFor({ turns, index, voice, said, people }),
          });
      }
      found[index]!.candidates = candidates;
    }
    for (let index = 0; index < found.length; index++) {
      const turn = found[index]!;
      turn.certainty = isReadable(paragraphs[turn.paragraph]!) ? certaintyOf(found, index, share, certain) : 0;
    }
    return { paragraphs, turns: found };
  });
  if (!onlyNamed) nameDescribed(attributed.flatMap(({ turns }) => turns));
  return { people, chapters: attributed };
}

/** What weighing comes to for a turn with a name or “I said” beside it; nobody for any other. */
function namedVoice({ sayer }: Turn, people: People): WeighedTurn {
  const voice =
    sayer?.kind === 'name' ? people.byName(sayer.name) : sayer?.kind === 'narrator' ? 'narrator' : undefined;
  return voice === undefined ? NO_VOICES : { voices: [voice], probabilities: [1] };
}

const NO_VOICES: WeighedTurn = { voices: [], probabilities: [] };

/** The hints are of English: in a paragraph of another script they say nothing. */
function isReadable({ parts }: DialogueParagraph): boolean {
  return parts.some(({ text }) => /\p{Script=Latin}/u.test(text));
}

/** Whether the narrator takes part in dialogue. */
export function isFirstPerson(chapters: readonly (readonly DialogueParagraph[])[]): boolean {
  let [named, narrator] = [0, 0];
  for (const paragraphs of chapters)
    for (const { parts } of paragraphs)
      for (const { sayer } of parts) {
        if (sayer !== undefined) named++;
        if (sayer?.kind === 'narrator') narrator++;
      }
  return narrator >= FEWEST_I_SAID && narrator >= LEAST_I_SAID * named;
}
