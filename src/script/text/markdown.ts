import type { Exclusion } from '../lines/line.ts';
import { inlineMarkup } from './markdown-inline.ts';
import type { TextProblem } from './text-problems.ts';

/** Replaces each unspoken character in a masked text. A control character, so it occurs in no author's text. */
export const MASK = '\u0001';
/** Replaces a line break that ends a paragraph without a blank line. */
export const BREAK = '\u0002';

/** A Markdown text with its markup masked; of unchanged length, so that offsets stay valid. */
export interface Masked {
  text: string;
  exclusions: Exclusion[];
  /** Warnings about code and images, which are not read aloud. */
  problems: TextProblem[];
  /** Offsets and levels of the headings, ascending. */
  headings: { start: number; level: number }[];
}

/**
 * Masks Markdown's markup (CommonMark, tables, front matter, comments). Headings, lists, block quotes, links and emphasis
 * are read as text; code blocks and images are left out and reported. Indented text is not code: authors indent paragraphs.
 */
export function maskMarkdown(text: string): Masked {
  const masking: Masking = { source: text, out: text.split(''), exclusions: [], problems: [], headings: [] };
  maskComments(masking);
  maskBlocks(masking);
  maskInline(masking);
  const { out, exclusions, problems, headings } = masking;
  return { text: out.join(''), exclusions: exclusions.sort((a, b) => a.start - b.start), problems, headings };
}

interface Masking {
  source: string;
  /** The text by UTF-16 code units. */
  out: string[];
  exclusions: Exclusion[];
  problems: TextProblem[];
  headings: Masked['headings'];
}

function mask({ source, out, exclusions }: Masking, kind: Exclusion['kind'], start: number, end: number): void {
  if (end <= start) return;
  for (let at = start; at < end; at++) if (!/[\n\r]/.test(source[at]!)) out[at] = MASK;
  exclusions.push({ kind, start, end });
}

/** Makes a line a separate paragraph: the line breaks around it count as blank lines. */
function isolateLine({ source, out }: Masking, line: SourceLine): void {
  if (line.start > 0) out[line.start - 1] = BREAK;
  if (line.end < source.length) out[line.end] = BREAK;
}

interface SourceLine {
  start: number;
  /** Before the line break. */
  end: number;
  text: string;
}

function linesOf(text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|\n|\r|$/g)) {
    lines.push({ start, end: match.index, text: text.slice(start, match.index) });
    start = match.index + match[0].length;
  }
  return lines;
}

/** Comments may span lines. An unclosed one is text. */
function maskComments(masking: Masking): void {
  const { source } = masking;
  for (let start = source.indexOf('<!--'); start >= 0; ) {
    const end = source.indexOf('-->', start + 4);
    if (end < 0) return;
    mask(masking, 'markup', start, end + 3);
    // Line breaks inside it do not separate paragraphs.
    masking.out.fill(MASK, start, end + 3);
    start = source.indexOf('<!--', end + 3);
  }
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+|$)/;
const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const QUOTE = /^(?: {0,3}>[ \t]?)+/;
const BULLET = /^[ \t]{0,12}[-*+][ \t]+(?=\S)/;
const NUMBERED = /^[ \t]{0,12}\d{1,3}[.)][ \t]+(?=\S)/;
const DEFINITION = /^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+/;
const NOTE = /^ {0,3}\[\^[^\]\n]{1,100}\]:/;
const ROW = /^[ \t]*\|.*\|[ \t]*$/;
const ROW_RULE = /^[ \t:|-]+$/;

/** A line such as `|---|---|`: these signs alone, with a bar that is not the first. */
function isRowRule(text: string): boolean {
  return ROW_RULE.test(text) && text.indexOf('|', 1) > 0;
}

function maskBlocks(masking: Masking): void {
  const lines = linesOf(masking.source);
  let fence: { mark: string; line: SourceLine } | undefined;
  let previous: SourceLine | undefined;
  let inNote = false;
  for (let index = frontMatter(masking, lines); index < lines.length; index++) {
    const line = lines[index]!;
    const opening = FENCE.exec(line.text)?.[1];
    if (fence || opening !== undefined) {
      mask(masking, 'code', line.start, line.end);
      isolateLine(masking, line);
      if (!fence && opening !== undefined) {
        fence = { mark: opening, line };
        masking.problems.push(codeProblem(line));
      } else if (fence && opening?.startsWith(fence.mark) && line.text.trim() === opening) fence = undefined;
      previous = undefined;
      continue;
    }
    if (line.text.trim() === '') {
      previous = undefined;
      continue;
    }
    // A footnote continues over the indented lines below it.
    inNote = NOTE.test(line.text) || (inNote && /^(?: {2,}|\t)/.test(line.text));
    if (inNote) mask(masking, 'note', line.start, line.end);
    else if (DEFINITION.test(line.text)) mask(masking, 'markup', line.start, line.end);
    else maskLine(masking, line, previous);
    previous = inNote ? undefined : line;
  }
}

function maskLine(masking: Masking, line: SourceLine, previous: SourceLine | undefined): void {
  const quote = QUOTE.exec(line.text)?.[0].length ?? 0;
  mask(masking, 'markup', line.start, line.start + quote);
  const inner: SourceLine = { start: line.start + quote, end: line.end, text: line.text.slice(quote) };
  const heading = HEADING.exec(inner.text);
  if (heading) {
    isolateLine(masking, line);
    mask(masking, 'markup', inner.start, inner.start + heading[0].length);
    const closing = /[ \t]#+[ \t]*$/.exec(inner.text.slice(heading[0].length - 1));
    if (closing) mask(masking, 'markup', inner.end - closing[0].length, inner.end);
    masking.headings.push({ start: line.start, level: heading[1]!.length });
  } else if (previous && UNDERLINE.test(inner.text)) {
    isolateLine(masking, line);
    mask(masking, 'markup', inner.start, inner.end);
    masking.headings.push({ start: previous.start, level: inner.text.trim().startsWith('=') ? 1 : 2 });
  } else if (RULE.test(inner.text)) {
    isolateLine(masking, line);
  } else if (ROW.test(inner.text) || (previous && isRowRule(inner.text))) {
    isolateLine(masking, line);
    if (isRowRule(inner.text)) mask(masking, 'markup', inner.start, inner.end);
    for (const bar of inner.text.matchAll(/(?<!\\)\|/g))
      mask(masking, 'markup', inner.start + bar.index, inner.start + bar.index + 1);
  } else {
    const bullet = BULLET.exec(inner.text)?.[0].length ?? 0;
    mask(masking, 'markup', inner.start, inner.start + bullet);
    const breaks = bullet > 0 || (NUMBERED.test(inner.text) && (!previous || NUMBERED.test(previous.text)));
    if (breaks && line.start > 0) masking.out[line.start - 1] = BREAK;
  }
}

/** Index of the first line after the front matter (`---`, fields, `---`); 0 when there is none. */
function frontMatter(masking: Masking, lines: readonly SourceLine[]): number {
  if (lines[0]?.text.trimEnd() !== '---') return 0;
  const end = lines.slice(1, 60).findIndex(({ text }) => /^(?:---|\.\.\.)\s*$/.test(text)) + 1;
  const fields = lines.slice(1, end);
  if (fields.length === 0 || !fields.every(({ text }) => /^(?:[\w-]+\s*:|\s+\S|- |#|\s*$)/.test(text))) return 0;
  mask(masking, 'markup', 0, lines[end]!.end);
  isolateLine(masking, lines[end]!);
  return end + 1;
}

/** Masks inline markup, paragraph by paragraph: emphasis and links end with their paragraph. */
function maskInline(masking: Masking): void {
  const shown = masking.out.join('');
  let from = 0;
  for (const match of shown.matchAll(/(?:\r\n|\n|\r)[ \t]*(?=[\n\r])|\u0002|$/g)) {
    for (const mark of inlineMarkup(shown.slice(from, match.index))) {
      const [start, end] = [from + mark.start, from + mark.end];
      mask(masking, mark.kind, start, end);
      if (mark.kind === 'image') masking.problems.push(imageProblem({ start, end }));
    }
    from = match.index + match[0].length;
  }
}

function codeProblem({ start, end }: SourceLine): TextProblem {
  const message = 'This code block is not read aloud.';
  return {
    code: 'code-left-out',
    severity: 'warning',
    start,
    end,
    message,
    fix: 'Remove it, or write the text that listeners should hear.',
  };
}

function imageProblem({ start, end }: { start: number; end: number }): TextProblem {
  const message = 'This image is not read aloud.';
  return {
    code: 'image-left-out',
    severity: 'warning',
    start,
    end,
    message,
    fix: 'Remove it, or describe it in a sentence.',
  };
}
