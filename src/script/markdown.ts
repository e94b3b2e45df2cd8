import type { Exclusion } from './line.ts';
import { linkMarks } from './markdown-inline.ts';
import type { Trouble } from './troubles.ts';

/** Stands in a masked text for each character that is not spoken. No author's text has it: it is a control character. */
export const MASK = '\u0001';
/** Stands for a line end that ends a paragraph although no blank line follows. */
export const BREAK = '\u0002';

/** A Markdown text with its markup masked; as long as the text itself, so that offsets stay right. */
export interface Masked {
  text: string;
  exclusions: Exclusion[];
  /** Code and pictures, which are not read aloud. */
  troubles: Trouble[];
  /** Where headings begin, ascending, with their levels. */
  headings: { start: number; level: number }[];
}

/**
 * Masks Markdown's markup (CommonMark, tables, front matter, comments). Headings, lists, quotations, links and emphasis
 * are read as text; code blocks and pictures are left out and reported. Indented text is text: authors indent paragraphs.
 */
export function maskMarkdown(text: string): Masked {
  const masking: Masking = { source: text, out: text.split(''), exclusions: [], troubles: [], headings: [] };
  maskComments(masking);
  maskBlocks(masking);
  maskInline(masking);
  const { out, exclusions, troubles, headings } = masking;
  return { text: out.join(''), exclusions: exclusions.sort((a, b) => a.start - b.start), troubles, headings };
}

interface Masking {
  source: string;
  /** The text by UTF-16 code units. */
  out: string[];
  exclusions: Exclusion[];
  troubles: Trouble[];
  headings: Masked['headings'];
}

function hide({ source, out, exclusions }: Masking, kind: Exclusion['kind'], start: number, end: number): void {
  if (end <= start) return;
  for (let at = start; at < end; at++) if (!/[\n\r]/.test(source[at]!)) out[at] = MASK;
  exclusions.push({ kind, start, end });
}

/** Makes a line a paragraph of its own: the line ends before and behind it count as blank lines. */
function standAlone({ source, out }: Masking, line: SourceLine): void {
  if (line.start > 0) out[line.start - 1] = BREAK;
  if (line.end < source.length) out[line.end] = BREAK;
}

interface SourceLine {
  start: number;
  /** Before the line end. */
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

/** Comments may go over many lines. One that is never closed is text. */
function maskComments(masking: Masking): void {
  const { source } = masking;
  for (let start = source.indexOf('<!--'); start >= 0; ) {
    const end = source.indexOf('-->', start + 4);
    if (end < 0) return;
    hide(masking, 'markup', start, end + 3);
    // The line ends in it part no paragraphs.
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
const ROW_RULE = /^[ \t]*\|?[ \t:|-]+\|[ \t:|-]*$/;

function maskBlocks(masking: Masking): void {
  const lines = linesOf(masking.source);
  let fence: { mark: string; line: SourceLine } | undefined;
  let previous: SourceLine | undefined;
  let inNote = false;
  for (let index = frontMatter(masking, lines); index < lines.length; index++) {
    const line = lines[index]!;
    const opening = FENCE.exec(line.text)?.[1];
    if (fence || opening !== undefined) {
      hide(masking, 'code', line.start, line.end);
      standAlone(masking, line);
      if (!fence && opening !== undefined) {
        fence = { mark: opening, line };
        masking.troubles.push(codeTrouble(line));
      } else if (fence && opening?.startsWith(fence.mark) && line.text.trim() === opening) fence = undefined;
      previous = undefined;
      continue;
    }
    if (line.text.trim() === '') {
      previous = undefined;
      continue;
    }
    // A note goes on over the lines that are indented below it.
    inNote = NOTE.test(line.text) || (inNote && /^(?: {2,}|\t)/.test(line.text));
    if (inNote) hide(masking, 'note', line.start, line.end);
    else if (DEFINITION.test(line.text)) hide(masking, 'markup', line.start, line.end);
    else maskLine(masking, line, previous);
    previous = inNote ? undefined : line;
  }
}

function maskLine(masking: Masking, line: SourceLine, previous: SourceLine | undefined): void {
  const quote = QUOTE.exec(line.text)?.[0].length ?? 0;
  hide(masking, 'markup', line.start, line.start + quote);
  const inner: SourceLine = { start: line.start + quote, end: line.end, text: line.text.slice(quote) };
  const heading = HEADING.exec(inner.text);
  if (heading) {
    standAlone(masking, line);
    hide(masking, 'markup', inner.start, inner.start + heading[0].length);
    const closing = /[ \t]#+[ \t]*$/.exec(inner.text.slice(heading[0].length - 1));
    if (closing) hide(masking, 'markup', inner.end - closing[0].length, inner.end);
    masking.headings.push({ start: line.start, level: heading[1]!.length });
  } else if (previous && UNDERLINE.test(inner.text)) {
    standAlone(masking, line);
    hide(masking, 'markup', inner.start, inner.end);
    masking.headings.push({ start: previous.start, level: inner.text.trim().startsWith('=') ? 1 : 2 });
  } else if (RULE.test(inner.text)) {
    standAlone(masking, line);
  } else if (ROW.test(inner.text) || (previous && ROW_RULE.test(inner.text))) {
    standAlone(masking, line);
    if (ROW_RULE.test(inner.text)) hide(masking, 'markup', inner.start, inner.end);
    for (const bar of inner.text.matchAll(/(?<!\\)\|/g))
      hide(masking, 'markup', inner.start + bar.index, inner.start + bar.index + 1);
  } else {
    const bullet = BULLET.exec(inner.text)?.[0].length ?? 0;
    hide(masking, 'markup', inner.start, inner.start + bullet);
    const breaks = bullet > 0 || (NUMBERED.test(inner.text) && (!previous || NUMBERED.test(previous.text)));
    if (breaks && line.start > 0) masking.out[line.start - 1] = BREAK;
  }
}

/** Index of the first line behind the front matter (`---`, fields, `---`), 0 when there is none. */
function frontMatter(masking: Masking, lines: readonly SourceLine[]): number {
  if (lines[0]?.text.trimEnd() !== '---') return 0;
  const end = lines.slice(1, 60).findIndex(({ text }) => /^(?:---|\.\.\.)\s*$/.test(text)) + 1;
  const fields = lines.slice(1, end);
  if (fields.length === 0 || !fields.every(({ text }) => /^(?:[\w-]+\s*:|\s+\S|- |#|\s*$)/.test(text))) return 0;
  hide(masking, 'markup', 0, lines[end]!.end);
  standAlone(masking, lines[end]!);
  return end + 1;
}

/** Blocks of lines that are looked at together: emphasis and links end with their paragraph. */
function maskInline(masking: Masking): void {
  const shown = masking.out.join('');
  let from = 0;
  for (const match of shown.matchAll(/(?:\r\n|\n|\r)[ \t]*(?=[\n\r])|\u0002|$/g)) {
    for (const mark of linkMarks(shown.slice(from, match.index))) {
      const [start, end] = [from + mark.start, from + mark.end];
      hide(masking, mark.kind, start, end);
      if (mark.kind === 'image') masking.troubles.push(imageTrouble({ start, end }));
    }
    from = match.index + match[0].length;
  }
}

function codeTrouble({ start, end }: SourceLine): Trouble {
  const message = 'Code begins here; it is not read aloud.';
  return {
    code: 'code-left-out',
    severity: 'warning',
    start,
    end,
    message,
    fix: 'Remove it, or write what a listener is to hear.',
  };
}

function imageTrouble({ start, end }: { start: number; end: number }): Trouble {
  const message = 'This is a picture; it is not read aloud.';
  return {
    code: 'image-left-out',
    severity: 'warning',
    start,
    end,
    message,
    fix: 'Remove it, or describe it in a sentence.',
  };
}
