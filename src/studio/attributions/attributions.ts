/** What is open in a book's attributions: each `[?]` with what is around it, the cast, and who may be meant. */

import { createHash } from 'node:crypto';
import type { Reader } from '../../book/threads/reading-thread.ts';
import { NARRATOR, nameKey } from '../../manifest/fields/names.ts';
import { type LineIndex, lineIndex } from '../../manifest/yaml/position.ts';
import { openSpeakers } from '../../script/speakers/open-speakers.ts';
import type { WrittenParagraph } from '../../script/text/written-paragraphs.ts';
import type { Moment } from '../book/moment.ts';
import type { Studio } from '../studio.ts';
import { characterOf } from './attribute.ts';
import type { Attributions, Candidates, CastMember, OpenChapter, OpenParagraph } from './attribution-shapes.ts';
import { type AttributionText, readAttributionTexts } from './attribution-texts.ts';

/** Paragraphs that are shown before and after an open one. */
const AROUND = 3;
/** Texts up to this length are looked at here, in a few milliseconds; longer ones in a thread, so that sound goes on. */
const SHORT_TEXTS = 30_000;

/** The open quotations of all chapters. */
export async function showAttributions(studio: Studio, moment: Moment): Promise<Attributions> {
  const texts = await readAttributionTexts(studio, moment);
  const chapters = texts.filter(({ parts }) => parts.some(({ isOpen }) => isOpen));
  return {
    version: versionOf(moment, texts),
    open: sumOf(texts, (text) => text.parts.filter(({ isOpen }) => isOpen).length),
    cast: castOf(moment, texts),
    chapters: chapters.map((text) => openChapter(moment, text)),
  };
}

function openChapter(moment: Moment, text: AttributionText): OpenChapter {
  const { number, title, file, words, isReadOnly, proposal } = text;
  const near = new Set<number>();
  for (const [index, { parts }] of text.paragraphs.entries())
    if (parts.some(({ isOpen }) => isOpen)) for (let at = index - AROUND; at <= index + AROUND; at++) near.add(at);
  const lines = lineIndex(text.text);
  let at = 0;
  const paragraphs: OpenParagraph[] = [];
  for (const [index, paragraph] of text.paragraphs.entries()) {
    if (near.has(index)) paragraphs.push(openParagraph(moment, lines, { index, at, paragraph }));
    at += paragraph.parts.length;
  }
  return {
    ...{ number, title, file, of: words, paragraphs },
    ...(isReadOnly && { readOnly: true }),
    ...(proposal && { proposed: true }),
  };
}

function openParagraph(
  moment: Moment,
  lines: LineIndex,
  { index, at, paragraph }: { index: number; at: number; paragraph: WrittenParagraph },
): OpenParagraph {
  const { parts, startsScene = false } = paragraph;
  return {
    index,
    line: lines.position(parts[0]!.start).line,
    parts: parts.map((part, step) => {
      const speaker = part.speaker === undefined ? undefined : characterOf(moment, part.speaker);
      return {
        at: at + step,
        text: part.text,
        ...(part.isOpen && { open: true }),
        ...(speaker !== undefined && { speaker }),
      };
    }),
    ...(startsScene && { startsScene }),
    ...(BEGINS_SPEECH.test(parts[0]!.text) && { beginsSpeech: true }),
  };
}

/** The first sign of a quotation in any of the languages. */
const BEGINS_SPEECH = /^[“”"„«»‹「『‘—–―]/u;

function castOf(moment: Moment, texts: readonly AttributionText[]): CastMember[] {
  const counts = new Map<string, number>();
  for (const { parts } of texts)
    for (const { speaker } of parts) {
      const name = speaker === undefined ? undefined : characterOf(moment, speaker);
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  return moment.book.manifest.characters.map(({ name, aliases }) => ({
    ...{ name, aliases: [...aliases], parts: counts.get(name) ?? 0 },
    ...(nameKey(name) === NARRATOR && { isNarrator: true }),
  }));
}

/**
 * Who may say each open quotation, in the order of how probable it is, by what the other tags say now. In a thread for a long
 * book; one that takes too long has no candidates.
 */
export async function showCandidates(studio: Studio, moment: Moment, reader: Reader): Promise<Candidates> {
  const texts = await readAttributionTexts(studio, moment);
  const { characters, language } = moment.book.manifest;
  const cast = characters.map(({ name, aliases }) => ({ name, aliases: [...aliases] }));
  const sources = texts.map(({ text }) => text);
  const options = { characters: cast, language };
  const found =
    sumOf(sources, ({ length }) => length) <= SHORT_TEXTS
      ? openSpeakers(sources, options)
      : ((await reader.openSpeakers({ texts: sources, ...options })) ?? []);
  return {
    version: versionOf(moment, texts),
    chapters: texts.flatMap(({ number, paragraphs }, chapter) => {
      const byStart = new Map((found[chapter] ?? []).map((one) => [one.start, one.candidates]));
      if (byStart.size === 0) return [];
      return [
        {
          number,
          paragraphs: paragraphs.flatMap((paragraph, index) => {
            const first = paragraph.parts.find(({ isOpen }) => isOpen);
            const candidates = first && byStart.get(first.start);
            return candidates === undefined ? [] : [{ index, candidates }];
          }),
        },
      ];
    }),
  };
}

/** Changes with every word, every name in a tag and every character. */
function versionOf(moment: Moment, texts: readonly AttributionText[]): string {
  const hash = createHash('sha256');
  const cast = moment.book.manifest.characters.map(({ name, aliases }) => [name, aliases]);
  hash.update(JSON.stringify([cast, texts.map(({ number, text }) => [number, text])]));
  return hash.digest('hex').slice(0, 12);
}

function sumOf<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0);
}
