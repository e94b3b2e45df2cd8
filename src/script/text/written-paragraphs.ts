/**
 * A text as the paragraphs of its manuscript: put together from the parts that an import wrote, each with its tag. Pure and linear.
 */

import type { ChapterParagraph } from '../speakers/dialogue.ts';
import { lineTagsOf } from '../tags/line-tags.ts';
import { pauseTagsIn } from '../tags/pause-tags.ts';
import { type Tag, tagOf } from '../tags/tags.ts';
import { type Paragraph, paragraphsOf } from './paragraphs.ts';

/** A part of a paragraph that has a tag of its own, or none. */
export interface WrittenPart {
  /** Offsets in the chapter's text: of the tag, just after it, and of the first character of the part. */
  tag: number;
  tagEnd: number;
  start: number;
  /** Its words, without pauses. */
  text: string;
  /** Its tag is `[?]`. */
  isOpen: boolean;
  /** The name in its tag. */
  speaker?: string;
  /** Range in the paragraph. */
  from: number;
  to: number;
}

/** A paragraph of the manuscript, put together from the parts that an import wrote. */
export interface WrittenParagraph extends ChapterParagraph {
  parts: WrittenPart[];
}

/** The paragraphs; what has neither letters nor digits is left out. */
export function writtenParagraphs(source: string): WrittenParagraph[] {
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
    into.parts.push({ tag: from, tagEnd: tag.end, start, text, isOpen, ...named, from: at, to: into.text.length });
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
