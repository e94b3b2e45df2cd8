import { sourceOffset } from '../manifest/offsets.ts';
import { foldWhitespace } from '../script/fold-whitespace.ts';
import { maskMarkdown } from '../script/markdown.ts';
import { paragraphsOf } from '../script/paragraphs.ts';
import { chaptersByHeadings } from './headings.ts';
import type { Block, ImportReading } from './imported.ts';

/** Reads a Markdown manuscript: drops its markup; chapters begin at its headings. */
export function readMarkdownText(text: string): ImportReading {
  const masked = maskMarkdown(text);
  const levels = new Map(masked.headings.map(({ start, level }) => [start, level]));
  const blocks = [...paragraphsOf(masked.text)].flatMap(({ start, end }): Block[] => {
    const folded = foldWhitespace(masked.text, start, end);
    if (folded.text === '') return [];
    if (/^(?:([*_-])\s*)(?:\1\s*){2,}$/.test(folded.text)) return [{ kind: 'scene', text: '' }];
    const first = sourceOffset(folded.offsets, 0);
    const level = levels.get(lineStart(text, first));
    return [level === undefined ? { kind: 'text', text: folded.text } : { kind: 'heading', text: folded.text, level }];
  });
  const { chapters, notes } = chaptersByHeadings(blocks);
  if (chapters.length === 0) {
    const message = 'This file has no text to read aloud.';
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  const omitted = { code: 0, image: 0, note: 0 };
  for (const { kind } of masked.exclusions) if (kind in omitted) omitted[kind as keyof typeof omitted]++;
  if (omitted.code > 0) notes.push(`Left out: ${omitted.code} lines of code.`);
  if (omitted.image > 0) notes.push(`Left out: ${omitted.image} images.`);
  if (omitted.note > 0) notes.push(`Left out: ${omitted.note} footnotes and their marks.`);
  return { book: { title: titleIn(text), chapters, notes } };
}

function lineStart(text: string, at: number): number {
  // Not two searches for the last break: of the kind that a text has not, each would read all of it.
  let start = at;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  return start;
}

/** The title in the front matter. */
function titleIn(text: string): string {
  const front = /^---\r?\n([\s\S]{0,4000}?)\r?\n---/.exec(text)?.[1] ?? '';
  return /^title\s*:\s*["']?(.*?)["']?\s*$/m.exec(front)?.[1] ?? '';
}
