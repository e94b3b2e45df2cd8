/**
 * Who may say the quotations that an import marked `[?]`: the same rules as for a manuscript, on the texts as they are written,
 * with what their tags say by now. Pure and linear.
 */
import { nameKey } from '../manifest/names.ts';
import { lineTagsOf } from './line-tags.ts';
import { type Paragraph, paragraphsOf } from './paragraphs.ts';
import { pauseTagsIn } from './pause-tags.ts';
import type { Speaker } from './speaker-names.ts';
import { type AttributedTurn, attributeDialogue } from './speakers/attributed.ts';
import { type ChapterParagraph, type DialogueParagraph, readDialogue } from './speakers/dialogue.ts';
import { RULES } from './speakers/reasons.ts';
import { guessSpeechLanguage, speechLanguage } from './speakers/speech-language.ts';
import { speechStyle } from './speakers/speech-parts.ts';
import { type Tag, tagOf } from './tags.ts';

/** Somebody who may say a quotation. */
export interface SpeakerCandidate {
  /** The character's name in the manifest. */
  character: string;
  /** Why, in an editor's words. */
  reason: string;
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

/** A part of a paragraph that has a tag of its own, or none. */
interface WrittenPart {
  /** Offsets in the chapter's text: of the tag, and after it. */
  tag: number;
  start: number;
  isOpen: boolean;
  /** The name in its tag. */
  speaker?: string;
  /** Range in the paragraph. */
  from: number;
  to: number;
}

/** A paragraph of the manuscript, put together from the parts that an import wrote. */
interface WrittenParagraph extends ChapterParagraph {
  parts: WrittenPart[];
}

function writtenParagraphs(source: string): WrittenParagraph[] {
  const found: WrittenParagraph[] = [];
  let startsScene = false;
  let goesOn = false;
  for (const paragraph of paragraphsOf(source)) {
    const { tag, from, isNewScene } = leadOf(source, paragraph);
    startsScene ||= isNewScene;
    const start = tag.end + leadingSpace(source.slice(tag.end, paragraph.end));
    const text = withoutPauses(source, start, paragraph.end);
    if (!/[\p{L}\p{N}]/u.test(text)) {
      startsScene ||= tag.kind !== 'pause';
      goesOn = false;
      continue;
    }
    const last = found.at(-1);
    const joins = last !== undefined && !startsScene && (goesOn || /^\p{Ll}/u.test(text));
    const into = joins ? last : { text: '', startsScene, parts: [] };
    const at = into.text === '' ? 0 : into.text.length + 1;
    into.text += (at === 0 ? '' : ' ') + text;
    const isOpen = tag.kind === 'review';
    const named = tag.name !== undefined && { speaker: tag.name };
    into.parts.push({ tag: from, start, isOpen, ...named, from: at, to: into.text.length });
    if (!joins) found.push(into);
    goesOn = GOES_ON.test(source.slice(start, paragraph.end).slice(-LONGEST_END));
    startsScene = false;
  }
  return found;
}

/** The end of a part that the next one goes on from: a comma, or the short pause that import writes for one. */
const GOES_ON = /(?:[,;:，；：、]["”’'»«›‹」』）)\]\s]*|\[pause 0\.15s\]\s*)$/u;
const LONGEST_END = 40;

/** The tags that a paragraph begins with. */
function leadOf(source: string, { start, end }: Paragraph): { tag: Tag; from: number; isNewScene: boolean } {
  let isNewScene = false;
  for (let at = start; ; ) {
    const tags = lineTagsOf(source, { start: at, end });
    const from = tags.end + leadingSpace(source.slice(tags.end, end));
    const tag = tagOf(source, { start: from, end });
    isNewScene ||= tag.kind === 'scene';
    const next = tag.end + leadingSpace(source.slice(tag.end, end));
    const isLast = (tag.kind !== 'pause' && tag.kind !== 'scene') || !/[[【［]/.test(source[next] ?? '');
    if (isLast) return { tag, from, isNewScene };
    at = next;
  }
}

function leadingSpace(text: string): number {
  return /^\s*/.exec(text)?.[0].length ?? 0;
}

function withoutPauses(source: string, from: number, to: number): string {
  const pauses = pauseTagsIn(source, from, to);
  const ends = [...pauses.map(({ start }) => start), to];
  const parts = ends.map((end, index) => source.slice(pauses[index - 1]?.end ?? from, end));
  return parts.join(' ').replace(/\s+/g, ' ').trim();
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
    if (same === undefined) found.set(character, { character, reason: RULES[rule], score: probability });
    else same.score += probability;
  }
  return [...found.values()].sort((a, b) => b.score - a.score).slice(0, MOST_CANDIDATES);
}
