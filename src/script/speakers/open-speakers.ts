/**
 * Who may say the quotations that an import marked `[?]`: the same rules as for a manuscript, on the texts as they are written,
 * with what their tags say by now. Pure and linear.
 */
import { nameKey } from '../../manifest/fields/names.ts';
import { type WrittenPart, writtenParagraphs } from '../text/written-paragraphs.ts';
import { type AttributedTurn, attributeDialogue } from './attributed.ts';
import { type DialogueParagraph, readDialogue } from './dialogue.ts';
import { RULES, type Rule } from './reasons.ts';
import type { Speaker } from './speaker-names.ts';
import { guessSpeechLanguage, speechLanguage } from './speech-language.ts';
import { speechStyle } from './speech-parts.ts';

/** Somebody who may say a quotation. */
export interface SpeakerCandidate {
  /** The character's name in the manifest. */
  character: string;
  /** Why, in an editor's words. */
  reason: string;
  /** The rule that says so: the same for programs. */
  rule: Rule;
  /** Probability from 0 to 1; all candidates together are at most 1, the rest is somebody else. */
  score: number;
}

/** A `[?]` of a chapter's text. */
export interface OpenSpeaker {
  /** Offset of the tag's bracket, and of the first character after it: the `start` of its line. In UTF-16 code units. */
  tag: number;
  start: number;
  /** Most probable first, at most five. Empty: no rule knows. */
  candidates: SpeakerCandidate[];
}

/** Candidates of one quotation. */
const MOST_CANDIDATES = 5;

/**
 * Every `[?]` of a book's texts, by chapter, in order. Give all chapters: whoever speaks elsewhere is known.
 *
 * @param characters those of the manifest; nobody else is a candidate, and its narrator only where “I said” is told
 * @param language ISO code; absent: guessed from the texts
 */
export function openSpeakers(
  texts: readonly string[],
  { characters, language: code }: { characters: readonly Speaker[]; language?: string | undefined },
): OpenSpeaker[][] {
  const read = texts.map(writtenParagraphs);
  const bare = read.flat().map(({ text }) => text);
  const language = speechLanguage(code) ?? guessSpeechLanguage(bare);
  const style = speechStyle(bare, language);
  const byKey = new Map(
    characters.flatMap((one) => [one.name, ...one.aliases].map((name) => [nameKey(name), one.name])),
  );
  const dialogue = read.map((written) => {
    const paragraphs = readDialogue(written, style);
    for (const [index, { parts }] of written.entries()) nameTagged(paragraphs[index]!, parts, byKey);
    return paragraphs;
  });
  const known = characters.map(({ name, aliases }) => [name, ...aliases]);
  const { chapters } = attributeDialogue(dialogue, { language, known });
  return chapters.map(({ paragraphs, turns }, chapter) => {
    const turnOf = new Map(turns.flatMap((turn) => turn.parts.map((part) => [`${turn.paragraph} ${part}`, turn])));
    return read[chapter]!.flatMap(({ parts }, index) =>
      parts
        .filter(({ isOpen }) => isOpen)
        .map(({ tag, start, from, to }): OpenSpeaker => {
          const [first] = speechBetween(paragraphs[index]!, from, to);
          const turn = first === undefined ? undefined : turnOf.get(`${index} ${first}`);
          return { tag, start, candidates: candidatesOf(turn, byKey) };
        }),
    );
  });
}

/** The quotations of a part: indices among the paragraph's parts. */
function speechBetween({ parts }: DialogueParagraph, from: number, to: number): number[] {
  let at = 0;
  return parts.flatMap(({ isSpeech, text }, index) => {
    const start = at;
    at += text.length;
    return isSpeech && start < to && at > from ? [index] : [];
  });
}

/** A tag names the speaker as “said Mara” beside the quotation does. */
function nameTagged(
  paragraph: DialogueParagraph,
  written: readonly WrittenPart[],
  byKey: ReadonlyMap<string, string>,
): void {
  for (const { speaker, from, to } of written) {
    const name = speaker === undefined ? undefined : byKey.get(nameKey(speaker));
    if (name === undefined) continue;
    for (const index of speechBetween(paragraph, from, to)) paragraph.parts[index]!.sayer = { kind: 'name', name };
  }
}

function candidatesOf(turn: AttributedTurn | undefined, byKey: ReadonlyMap<string, string>): SpeakerCandidate[] {
  const found = new Map<string, SpeakerCandidate>();
  for (const { voice, probability, rule } of turn?.candidates ?? []) {
    const names = voice === 'narrator' ? [voice] : voice.names;
    const character = names.map((name) => byKey.get(nameKey(name))).find((name) => name !== undefined);
    if (character === undefined) continue;
    const same = found.get(character);
    if (same === undefined) found.set(character, { character, reason: RULES[rule], rule, score: probability });
    else same.score += probability;
  }
  return [...found.values()].sort((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES);
}
