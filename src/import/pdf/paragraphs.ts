/** The lines of a PDF as paragraphs: by tags, or by indents, gaps, sizes, and lines that end early. Pure. */

import type { Block } from '../imported.ts';
import { hyphenJoiner } from '../text/line-hyphens.ts';
import { endsSentence, isScene } from '../text/text-layout.ts';
import { type PdfLine, spansOf, textOf } from './lines.ts';
import { isRaised } from './notes.ts';
import { isIndent, type PageShape } from './page-shape.ts';

/** A line with what is known of it. */
export interface ReadLine {
  line: PdfLine;
  /** Level of a heading, from 1. */
  level?: number;
  /** It is read elsewhere than it is drawn. */
  isMoved?: boolean;
  /** It is of a note, which begins here or goes on. */
  note?: 'begins' | 'goes on';
}

/** A break of a line that is the author's, until words are joined. */
const VERSE = '\u2028';

/** A paragraph while its lines come. */
interface Draft {
  block: Block;
  text: string;
  last: ReadLine;
}

/** Paragraphs, headings and scene breaks. */
export function paragraphsOf(lines: readonly ReadLine[], shape: PageShape): Block[] {
  const drafts: Draft[] = [];
  // Notes wait for the end of the paragraph that goes on below them, on the next page.
  let notes: Draft[] = [];
  for (const read of lines) {
    const { line, level, isMoved, note } = read;
    const text = raisedText(line);
    const draft = note === undefined ? drafts.findLast(({ last }) => last.note === undefined) : notes.at(-1);
    const how = draft === undefined ? 'apart' : joined(draft.last, read, shape);
    const source = spansOf(line.items);
    if (how === 'apart' || how === 'scene' || draft === undefined) {
      const kind = isScene(text) ? 'scene' : level === undefined ? 'text' : 'heading';
      const moved = isMoved === true || note !== undefined;
      const begun: Draft = {
        block: { kind, text: '', source, ...(level !== undefined && { level }), ...(moved && { isMoved: true }) },
        text,
        last: read,
      };
      if (note !== undefined) notes.push(begun);
      else {
        drafts.push(...notes);
        notes = [];
        if (how === 'scene') drafts.push({ block: { kind: 'scene', text: '' }, text: '', last: read });
        drafts.push(begun);
      }
    } else {
      draft.text += (how === 'verse' ? VERSE : '\n') + text;
      draft.block.source = [...draft.block.source!, ...source];
      if (isMoved) draft.block.isMoved = true;
      draft.last = read;
    }
  }
  drafts.push(...notes);
  const join = hyphenJoiner(drafts.map(({ text }) => text));
  return drafts.map(({ block, text }) =>
    block.kind === 'scene' ? { kind: 'scene', text: '' } : { ...block, text: inOneLine(join(text)) },
  );
}

/** As one line, besides breaks of verse. Between Chinese and Japanese characters, a line ends without a space. */
function inOneLine(text: string): string {
  return text
    .replace(/(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])/gu, '')
    .replace(/(?<=\p{L}[-‐])\n(?=\p{L})|(?<=\S[–—])\n(?=\S)/gu, '')
    .replaceAll('\n', ' ')
    .replaceAll(VERSE, '\n');
}

type Joining = 'apart' | 'scene' | 'line' | 'verse';

function joined(before: ReadLine, next: ReadLine, shape: PageShape): Joining {
  const [a, b] = [before.line, next.line];
  if (next.note !== undefined) return next.note === 'goes on' ? 'line' : 'apart';
  if (before.level !== undefined || next.level !== undefined)
    return before.level !== undefined && before.level === next.level && isSameHeading(a, b) ? 'line' : 'apart';
  if (isScene(a.text) || isScene(b.text)) return 'apart';
  if (a.tag !== undefined && a.tag.element === b.tag?.element && a.page === b.page) return 'line';
  const isNextPage = a.page !== b.page || b.y < a.y;
  const { left } = shape.marginsOf(b);
  const isEarly = endsEarly(a, b, shape);
  const step = (b.y - a.y) / shape.pitch;
  const isFar = !isNextPage && step > 1.6 && !shape.isQuoted(a) && !shape.isQuoted(b);
  if (isFar && shape.isIndented && endsSentence(a.text)) return 'scene';
  if (a.tag !== undefined && b.tag !== undefined) {
    const goesOn = isNextPage && !isEarly && (!endsSentence(a.text) || (shape.isIndented && !isIndent(b, left)));
    return goesOn || isUnended(a, b) ? 'line' : 'apart';
  }
  if (Math.abs(a.size - b.size) > 0.12 * Math.max(a.size, b.size)) return isUnended(a, b) ? 'line' : 'apart';
  if (!isNextPage && step > 1.3) return 'apart';
  if (isUnendedWord(a, b)) return 'line';
  const isDeeper = isIndent(b, left) && b.left > a.left - 0.5 * b.size;
  if (isDeeper && (shape.isIndented || isEarly || endsSentence(a.text))) return 'apart';
  if (!isEarly) return 'line';
  if (endsSentence(a.text) || isCentered(a, shape) !== isCentered(b, shape) || areOfOtherFonts(a, b)) return 'apart';
  return isNextPage ? 'line' : 'verse';
}

/** As a line in bold type above one that is not. */
function areOfOtherFonts(a: PdfLine, b: PdfLine): boolean {
  const fonts = new Set(a.items.map(({ font }) => font));
  return b.items.every(({ font }) => !fonts.has(font));
}

function isSameHeading(a: PdfLine, b: PdfLine): boolean {
  return (
    a.page === b.page &&
    Math.abs(a.size - b.size) <= 0.5 &&
    b.y > a.y &&
    b.y - a.y < 2 * b.size &&
    a.tag?.element === b.tag?.element
  );
}

/** Whether the first word of a line would have had room on the one before: that one was ended on purpose. */
function endsEarly(a: PdfLine, b: PdfLine, shape: PageShape): boolean {
  const words = b.text;
  const first = /^[\u3000-\u9fff]/u.test(words) ? 2 : words.split(' ', 1)[0]!.length + 1;
  const width = ((b.right - b.left) * first) / Math.max(1, words.length);
  return a.right + width < shape.marginsOf(a).right - 0.5 * a.size;
}

function isCentered(line: PdfLine, shape: PageShape): boolean {
  const { left, right } = shape.marginsOf(line);
  return Math.abs(line.left - left - (right - line.right)) < line.size && line.left - left > 2 * line.size;
}

/** A sentence that goes on. */
function isUnended(a: PdfLine, b: PdfLine): boolean {
  return !endsSentence(a.text) && (/^[\p{Ll}\u3040-\u9fff]/u.test(b.text) || isUnendedWord(a, b));
}

function isUnendedWord(a: PdfLine, b: PdfLine): boolean {
  return /\p{L}[-‐\u00ad]$/u.test(a.text) && /^\p{Ll}/u.test(b.text);
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LOWERED = '₀₁₂₃₄₅₆₇₈₉';

/** The words of a line, digits above and below it as such: 10⁶, H₂O. */
function raisedText(line: PdfLine): string {
  const items = line.items.map((item) => {
    const how = /^\s*\d{1,4}\s*$/.test(item.text) ? isRaised(line, item) : undefined;
    if (how === undefined) return item;
    const digits = how === 'raised' ? RAISED : LOWERED;
    return { ...item, text: item.text.replace(/\d/g, (digit) => digits[Number(digit)]!) };
  });
  return textOf(items);
}
