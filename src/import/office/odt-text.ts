/** Reads the paragraphs of an OpenDocument text, in order (OpenDocument 1.3, part 3, clauses 5 to 7). Pure. */
import { isRaisedMarkText, raisedDigits } from '../html/note-shapes.ts';
import { attribute, type Element, isElement, type Node, rawTextOf } from '../markup/markup.ts';
import { leaveOut, type Omission, pass, type SourceSpan, startTape, type Tape } from '../tape.ts';
import type { OdtStyles } from './odt-styles.ts';

/** A paragraph with its style. */
export interface OdtParagraph {
  element: Element;
  text: string;
  style: string;
  /** Level of a heading, from 1. */
  level: number | undefined;
  source: SourceSpan[];
  /** It is in a frame, or a note. */
  isMoved: boolean;
}

/** What of a document is read. */
export interface OdtOptions {
  notes?: 'leave' | 'end';
  ruby?: 'base' | 'reading';
}

/** Reads all paragraphs: those of a frame, and notes where they are wanted, after the paragraph that they hang on. */
export function readOdtText(
  nodes: readonly Node[],
  of: { part: string; styles: OdtStyles; options: OdtOptions },
): { paragraphs: OdtParagraph[]; omissions: Omission[] } {
  const reader: Reader = { tape: startTape(of.part), paragraphs: [], open: [], ...of };
  for (const node of nodes) visit(node, reader);
  return { paragraphs: reader.paragraphs, omissions: reader.tape.omissions };
}

interface Reader {
  tape: Tape;
  paragraphs: OdtParagraph[];
  /** The paragraphs that are being read: inside a frame there are two. */
  open: { text: string; from: number; source: SourceSpan[]; boxes: OdtParagraph[] }[];
  styles: OdtStyles;
  options: OdtOptions;
}

/** Elements that are left out, and why. */
const REASONS: Readonly<Record<string, string>> = {
  'text:tracked-changes': 'deleted text',
  'office:annotation': 'comment',
  'text:table-of-content': 'table of contents',
  'text:illustration-index': 'table of contents',
  'text:table-index': 'table of contents',
  'text:object-index': 'table of contents',
  'text:user-index': 'table of contents',
  'text:alphabetical-index': 'index',
  'text:bibliography': 'bibliography',
  'text:page-number': 'page number',
  'text:page-count': 'page number',
  'text:page-continuation': 'page number',
  'text:note-citation': 'note mark',
  'text:hidden-text': 'hidden text',
  'text:placeholder': 'placeholder',
  'draw:object': 'formula',
  'svg:title': 'description',
  'svg:desc': 'description',
  'office:forms': 'form field',
  'office:scripts': 'script',
  'text:variable-decls': 'setting',
  'text:sequence-decls': 'setting',
  'text:user-field-decls': 'setting',
};

function visit(node: Node, reader: Reader): void {
  const { tape, options } = reader;
  const current = reader.open.at(-1);
  if (!isElement(node)) {
    if (current) {
      pass(tape, node.value);
      current.text += node.value.replace(/\s+/g, ' ');
    } else if (/[\p{L}\p{N}]/u.test(node.value)) leaveOut(tape, 'text outside of paragraphs', node.value);
    return;
  }
  const name = node.tagName;
  const reason = REASONS[name] ?? otherReason(node, reader);
  if (reason !== undefined) {
    const words = rawTextOf(node);
    if (/[\p{L}\p{N}]/u.test(words) || name === 'text:note-citation') leaveOut(tape, reason, words, whereIn(reader));
  } else if (name === 'text:p' || name === 'text:h') readParagraph(node, reader);
  else if (name === 'text:span' && current && readRaised(node, current, reader)) return;
  else if (name === 'text:note-body' && options.notes !== 'end')
    leaveOut(tape, 'note', rawTextOf(node), whereIn(reader));
  else if (name === 'text:s') append(current, ' ');
  else if (name === 'text:tab') append(current, ' ');
  else if (name === 'text:line-break') append(current, '\n');
  else {
    if (name === 'draw:image') leaveOut(tape, 'image', '', whereIn(reader));
    for (const child of node.childNodes) visit(child, reader);
    // The number of a heading or an item stands apart from its words.
    if (name === 'text:number') append(current, ' ');
  }
}

/** Reads a number above or below the line: as a note mark, or as raised digits, so that 10⁶ is not read as 106. */
function readRaised(element: Element, current: Reader['open'][number], reader: Reader): boolean {
  const raised = reader.styles.raisedBy(attribute(element, 'text:style-name'));
  if (raised === undefined || element.childNodes.some((child) => isElement(child))) return false;
  const text = rawTextOf(element);
  if (raised === 'raised' && isRaisedMarkText(text.trim(), current.text.trimEnd())) {
    leaveOut(reader.tape, 'note mark', text, whereIn(reader));
    return true;
  }
  const digits = raisedDigits(text.trim(), raised);
  if (digits === undefined) return false;
  pass(reader.tape, text);
  current.text += digits;
  return true;
}

function otherReason(element: Element, { options, styles }: Reader): string | undefined {
  const name = element.tagName;
  if (name === 'text:ruby-text' && options.ruby !== 'reading') return 'ruby reading';
  if (name === 'text:ruby-base' && options.ruby === 'reading') return 'ruby base';
  if (name === 'text:hidden-paragraph') return undefined;
  const isHidden = /^text:(?:p|h|span|section)$/.test(name) && styles.isHidden(attribute(element, 'text:style-name'));
  return isHidden || (name === 'text:section' && attribute(element, 'text:display') === 'none')
    ? 'hidden text'
    : undefined;
}

function append(current: Reader['open'][number] | undefined, text: string): void {
  if (current) current.text += text;
}

function readParagraph(element: Element, reader: Reader): void {
  const { tape, styles } = reader;
  const outer = reader.open.at(-1);
  if (outer) outer.source.push({ part: tape.part, start: outer.from, end: tape.at });
  const opened = { text: '', from: tape.at, source: [] as SourceSpan[], boxes: [] as OdtParagraph[] };
  reader.open.push(opened);
  for (const child of element.childNodes) visit(child, reader);
  reader.open.pop();
  opened.source.push({ part: tape.part, start: opened.from, end: tape.at });
  if (outer) outer.from = tape.at;
  const style = attribute(element, 'text:style-name');
  const outline = Number(attribute(element, 'text:outline-level')) || 1;
  const level = element.tagName === 'text:h' ? outline : styles.levelOf(style);
  const paragraph = { element, text: opened.text, style, level, source: opened.source, isMoved: outer !== undefined };
  const list = outer ? outer.boxes : reader.paragraphs;
  list.push(paragraph, ...opened.boxes);
}

function whereIn({ tape, paragraphs, open }: Reader): string {
  return `${tape.part}, paragraph ${paragraphs.length + (open.length > 0 ? 1 : 0)}`;
}
