import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import { foldWhitespace } from '../../script/text/fold-whitespace.ts';
import { maskMarkdown } from '../../script/text/markdown.ts';
import { paragraphsOf } from '../../script/text/paragraphs.ts';
import { chaptersByHeadings } from '../headings/headings.ts';
import type { Block, ImportReading } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { withoutMatter } from '../matter/matter.ts';
import { headingsShown } from '../office/one-heading.ts';
import { type Omission, sampleOf } from '../tape.ts';
import { fieldFacts } from './field-facts.ts';
import { FRONT_MATTER, frontMatterOf } from './front-matter.ts';
import { maskDialects } from './markdown-dialects.ts';
import { type TextPlaces, textPlaces } from './text-lines.ts';

/** Reads a Markdown manuscript: drops its markup; chapters begin at its headings, or where it has one or none, at lines that say so. */
export function readMarkdownText(text: string, { keepMatter = false }: { keepMatter?: boolean } = {}): ImportReading {
  const front = frontMatterOf(text, { isMarkdown: true });
  const end = front?.end ?? 0;
  const plain = maskMarkdown(text.slice(0, end).replace(/[^\n\r]/g, ' ') + text.slice(end));
  const dialects = maskDialects(plain.text);
  const masked = { ...plain, text: dialects.text };
  const places = textPlaces(text);
  const levels = new Map(masked.headings.map(({ start, level }) => [start, level]));
  const marks: { kind: string; start: number; end: number }[] = [];
  const blocks = [...paragraphsOf(masked.text)].flatMap(({ start, end }): Block[] => {
    const folded = foldWhitespace(masked.text, start, end);
    if (folded.text === '') return [];
    if (/^(?:([*_-])\s*)(?:\1\s*){2,}$/.test(folded.text)) return [{ kind: 'scene', text: '' }];
    const first = sourceOffset(folded.offsets, 0);
    const level = levels.get(lineStart(text, first));
    const source = [places.span(start, end)];
    if (level === undefined) return [{ kind: 'text', text: folded.text, source }];
    const attributes = ATTRIBUTES.exec(text.slice(start, end));
    if (!attributes) return [{ kind: 'heading', level, text: folded.text, source }];
    const from = start + attributes.index;
    marks.push({ kind: 'attributes', start: from, end: from + attributes[0].length });
    return [{ kind: 'heading', level, text: folded.text.replace(ATTRIBUTES, '').trim(), source }];
  });
  const shown = headingsShown(blocks, undefined);
  const { chapters, bare } = chaptersByHeadings(shown.blocks);
  if (chapters.length === 0) {
    const message = 'This file has no text to read aloud.';
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  const inFront = end === 0 ? [] : [{ kind: 'front', start: 0, end }];
  const exclusions = [...inFront, ...masked.exclusions, ...dialects.marks, ...marks].sort((a, b) => a.start - b.start);
  const masks = omissionsIn(text, places, exclusions);
  const withoutContents = leaveOutBlocks(masks, shown.listed, { reason: 'line in the table of contents' });
  const omissions = leaveOutBlocks(withoutContents, bare, { reason: 'heading without text' });
  const facts = fieldFacts(front?.fields ?? {});
  const kept = withoutMatter({ ...facts, chapters, omissions, keepMatter });
  return { book: { ...facts, ...kept, notes: [] } };
}

/** Pandoc's attributes behind a heading: `{.unnumbered}`, `{#intro}`, `{-}`. */
const ATTRIBUTES = /\{(?:-|[.#][^{}\n]{1,80})\}\s*$/;

const REASONS: Readonly<Record<string, string>> = {
  front: FRONT_MATTER,
  code: 'line of code',
  image: 'image',
  note: 'note',
  formula: 'formula',
};

/** What is masked, each letter once: markup may be inside markup. */
function omissionsIn(
  text: string,
  places: TextPlaces,
  exclusions: readonly { kind: string; start: number; end: number }[],
): Omission[] {
  const out: Omission[] = [];
  let from = 0;
  for (const { kind, start: begin, end } of exclusions) {
    const start = Math.max(from, begin);
    if (start >= end) continue;
    const left = text.slice(start, end);
    // A mark without letters, such as `*`, is no loss; a picture is one without any.
    if (kind !== 'image' && !/[\p{L}\p{N}]/u.test(left)) continue;
    out.push({
      ...places.span(start, end),
      reason: REASONS[kind] ?? 'markup',
      where: places.line(start),
      sample: sampleOf(left),
    });
    from = end;
  }
  return out;
}

function lineStart(text: string, at: number): number {
  // Not two searches for the last break: of the kind that a text has not, each would read all of it.
  let start = at;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  return start;
}
