import type { Block } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { attribute, type Element, elementsOf, isElement, type Node, textOf } from '../markup/markup.ts';
import type { OpenEnd } from '../markup/open-end.ts';
import { leaveOut, type Omission, pass, startTape, type Tape } from '../tape.ts';
import { gutenbergBlocks } from '../text/gutenberg-marks.ts';
import { typesOf } from './element-types.ts';
import { joinInitials } from './initials.ts';
import { labelRead } from './labels.ts';
import { withNumberApart, withoutGaps, withoutNumber } from './line-repairs.ts';
import { placeOfText, type RaisedOrLowered, raisedMarks, raisedText } from './note-shapes.ts';
import { type EpubNotes, isBackLink } from './notes.ts';
import { insideText, labelsOf, matterIn, NO_TEXT, omissionOf, ownDisplay, textOfHead } from './omissions.ts';
import type { PageStyle } from './style-sheets.ts';

/** A paragraph, a heading or a scene break of a page, with the notes that it has marks for. */
export type PageBlock = Block & { ids: string[]; notes?: Element[]; isInitial?: boolean };

/** The text of a document. */
export interface XhtmlText {
  blocks: PageBlock[];
  /** `epub:type` and `role` of its body and of the elements that enclose all of its text. */
  types: string[];
  /** What is not read aloud, in order. */
  omissions: Omission[];
  /** Number of letters in it, read or not: `SourceSpan` counts the same way. */
  letters: number;
  /** IDs in what is left out: no chapter begins there. */
  omittedIds: ReadonlySet<string>;
  /** The notes of this page, for those who read them: they are in `blocks` of no page. */
  notes: Map<Element, PageBlock[]>;
}

/** How a page is read. */
export interface XhtmlOptions {
  path?: string;
  keepMatter?: boolean;
  notes?: EpubNotes | undefined;
  /** Read notes, too, into `notes`. */
  readNotes?: boolean;
  /** What of ruby is read: the characters, or their reading above them. Default: the characters. */
  ruby?: 'base' | 'reading';
  /** The end of the page that is in a comment or a tag that is never closed. */
  openEnd?: (OpenEnd & { text: string }) | undefined;
  /** What the book's style sheets hide, raise, lower and set on lines of its own. */
  style?: PageStyle;
}

/** Reads the paragraphs, headings and scene breaks of an XHTML document, in document order. */
export function readXhtml(children: Node[], options: XhtmlOptions = {}): XhtmlText {
  const tape = startTape(options.path ?? '');
  const body = elementsOf({ children }, 'body').next().value;
  const around = body ? enclosing(body) : [];
  const reader: XhtmlReader = {
    ...{ blocks: [], inline: '', ids: [], omittedIds: new Set(), heading: undefined, tape, from: 0 },
    ...{ options, whole: new Set(around), pending: [], notes: new Map(), inNote: false, isInitial: false },
  };
  for (const child of children) visit(child, reader);
  flush(reader);
  if (options.openEnd) leaveOutEnd(tape, options.openEnd);
  const { header, license } = gutenbergBlocks(reader.blocks);
  const without = leaveOutBlocks(tape.omissions, header, { reason: 'header of Project Gutenberg' });
  return {
    blocks: joinInitials(reader.blocks.slice(header.length, reader.blocks.length - license.length)),
    types: around.flatMap(typesOf),
    omissions: leaveOutBlocks(without, license, { reason: 'license of Project Gutenberg' }),
    letters: tape.at,
    omittedIds: reader.omittedIds,
    notes: reader.notes,
  };
}

function leaveOutEnd(tape: Tape, { reason, line, text }: OpenEnd & { text: string }): void {
  leaveOut(tape, reason, text, `${tape.part === '' ? '' : `${tape.part}, `}line ${line}`);
}

interface XhtmlReader {
  blocks: XhtmlText['blocks'];
  inline: string;
  /** IDs since the last block. */
  ids: string[];
  omittedIds: Set<string>;
  heading: number | undefined;
  tape: Tape;
  /** Letters before the block that is being read. */
  from: number;
  options: XhtmlOptions;
  /** What encloses all of the page says what the page is; that is for the caller to judge. */
  whole: ReadonlySet<Element>;
  /** Notes whose marks were seen since the last block. */
  pending: Element[];
  notes: Map<Element, PageBlock[]>;
  inNote: boolean;
  /** The block has been marked as the first letter of the next one. */
  isInitial: boolean;
}

const BLOCKS =
  /^(?:address|article|aside|blockquote|body|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|html|legend|li|main|menu|ol|p|pre|search|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)$/;

function visit(node: Node, reader: XhtmlReader): void {
  if ('value' in node) {
    readText(node.value, reader);
    return;
  }
  const name = node.tagName;
  if (NO_TEXT.test(name)) {
    for (const child of textOfHead(node)) visit(child, reader);
    return;
  }
  const id = attribute(node, 'id') || (name === 'a' ? attribute(node, 'name') : '');
  const isBlock = BLOCKS.test(name);
  if (isBlock) flush(reader);
  if (id !== '') reader.ids.push(id);
  const place = placeOfText(node, reader.options.style?.placeOf);
  // "word¹,²": what stands between two marks belongs to them.
  if (place === 'raised' && /^[,;–-]$/.test(textOf(node, 10))) return;
  const raised = place && raisedText(node, place);
  const label = labelRead(node, reader.inline);
  const reason = label === undefined ? reasonFor(node, reader, place) : undefined;
  if (label !== undefined) readLabel(node, label, reader);
  else if (reason === 'note' && reader.options.readNotes === true && !reader.inNote) readNotes(node, reader);
  else if (reason !== undefined) omit(node, reason, isBlock, reader);
  else if (raised !== undefined) {
    pass(reader.tape, raised);
    reader.inline += raised;
  } else visitInside(node, reader);
  if (isBlock) flush(reader);
}

/** Reads a text, without the note marks in it that are raised digits: `night¹`. */
function readText(text: string, reader: XhtmlReader): void {
  let from = 0;
  for (const { start, end } of raisedMarks(text, reader.inline)) {
    pass(reader.tape, text.slice(from, start));
    reader.inline += text.slice(from, start).replace(/\s+/g, ' ');
    leaveOut(reader.tape, 'note mark', text.slice(start, end));
    from = end;
  }
  pass(reader.tape, text.slice(from));
  reader.inline += text.slice(from).replace(/\s+/g, ' ');
}

/** Whether an element within a line is a line of its own by its style; a drawn first letter is set apart for its look. */
function isApart(node: Element, { options }: XhtmlReader): boolean {
  if (!/^(?:a|b|big|cite|em|i|label|small|span|strong)$/.test(node.tagName)) return false;
  const own = ownDisplay(node);
  if (own === undefined ? options.style?.isApart(node) !== true : own !== 'block') return false;
  return !INITIAL.test(attribute(node, 'class')) && !/^\P{L}?\p{L}$/u.test(textOf(node, 10));
}

function breakLine(reader: XhtmlReader): void {
  if (/\S *$/.test(reader.inline)) reader.inline += '\n';
}

function visitInside(node: Element, reader: XhtmlReader): void {
  const name = node.tagName;
  const isLine = isApart(node, reader);
  if (isLine) breakLine(reader);
  const labels = labelsOf(node);
  if (labels !== '') leaveOut(reader.tape, 'description', labels);
  if (name === 'br') reader.inline += '\n';
  if (name === 'hr') {
    reader.blocks.push({ kind: 'scene', text: '', ids: reader.ids });
    reader.ids = [];
  }
  const outer = reader.heading;
  if (name === 'hgroup') reader.heading = 1;
  else if (/^h[1-6]$/.test(name)) reader.heading = Number(name[1]);
  if (INITIAL.test(attribute(node, 'class'))) reader.isInitial = true;
  for (const child of node.childNodes) {
    // With the reading, the characters below it are left out.
    if (name === 'ruby' && reader.options.ruby === 'reading' && !isElement(child, 'rt', 'rp', 'rtc'))
      leaveOut(reader.tape, 'ruby base', 'value' in child ? child.value : insideText(child));
    else visit(child, reader);
  }
  if (isLine) breakLine(reader);
  // A heading ends before its level does.
  if (BLOCKS.test(name)) flush(reader);
  reader.heading = outer;
}

const INITIAL = /(?:^|[\s_-])(?:drop-?caps?|dropcap\w*|initial|lettrine|first-?letter|versal)(?:[\s_\d-]|$)/i;

function reasonFor(
  element: Element,
  { options, whole, inNote }: XhtmlReader,
  place: RaisedOrLowered | undefined,
): string | undefined {
  const { notes } = options;
  if (notes?.marks.has(element) || (inNote && isBackLink(element))) return 'note mark';
  if (notes?.notes.has(element)) return 'note';
  if (element.tagName === 'rt' && options.ruby !== 'reading') return 'ruby reading';
  const isHidden = ownDisplay(element) === undefined && options.style?.isHidden(element) === true;
  const why = omissionOf(element, place) ?? (isHidden ? 'hidden text' : undefined);
  return why ?? (options.keepMatter || whole.has(element) ? undefined : matterIn(element));
}

function omit(node: Element, reason: string, isBlock: boolean, reader: XhtmlReader): void {
  if (isBlock) for (const inner of elementsOf(node)) reader.omittedIds.add(attribute(inner, 'id'));
  const { noteOf } = reader.options.notes ?? {};
  if (noteOf && reason === 'note mark')
    for (const link of [node, ...elementsOf(node, 'a')]) {
      const note = noteOf.get(link);
      if (note) reader.pending.push(note);
    }
  leaveOut(reader.tape, reason, insideText(node));
}

/** Words of an attribute that stand for what is in the element: a letter that is drawn, or divided for its look. */
function readLabel(node: Element, label: string, reader: XhtmlReader): void {
  const { tape } = reader;
  const labels = labelsOf(node);
  // An element may have both; one is read.
  const at = labels.lastIndexOf(label);
  if (at > 0) leaveOut(tape, 'description', labels.slice(0, at));
  pass(tape, label);
  reader.inline += label;
  if (labels.length > at + label.length) leaveOut(tape, 'description', labels.slice(at + label.length));
  const inside = node.childNodes.map((child) => ('value' in child ? child.value : insideText(child))).join('');
  if (inside.trim() !== '') leaveOut(tape, 'word that is written out in a label', inside);
}

/** Reads a note for the end of its paragraph; of a list of notes each that has a mark. */
function readNotes(node: Element, reader: XhtmlReader): void {
  const targets = new Set(reader.options.notes?.noteOf.values());
  const inner = [...elementsOf(node)].some((element) => targets.has(element));
  if (!targets.has(node) || inner) {
    for (const child of node.childNodes) {
      if ('value' in child) noteText(child.value, reader);
      else if (targets.has(child) || [...elementsOf(child)].some((element) => targets.has(element)))
        readNotes(child, reader);
      else if (!NO_TEXT.test(child.tagName)) omit(child, 'note', true, reader);
    }
    return;
  }
  const outer = reader.blocks;
  flush(reader);
  reader.blocks = [];
  reader.inNote = true;
  reader.from = reader.tape.at;
  visitInside(node, reader);
  flush(reader);
  reader.inNote = false;
  reader.notes.set(node, withoutNumber(reader.blocks, reader.tape));
  reader.blocks = outer;
}

function noteText(text: string, { tape }: XhtmlReader): void {
  if (/[\p{L}\p{N}]/u.test(text)) leaveOut(tape, 'note', text);
}

function flush(reader: XhtmlReader): void {
  const line = reader.inline
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
  const text = reader.heading === undefined ? withoutGaps(line, reader) : withNumberApart(line);
  const { tape, from, isInitial } = reader;
  reader.inline = '';
  reader.isInitial = false;
  if (text === '') return;
  const { ids, heading, pending } = reader;
  reader.ids = [];
  reader.pending = [];
  reader.from = tape.at;
  const of = {
    ids,
    source: [{ part: tape.part, start: from, end: tape.at }],
    ...(pending.length > 0 && { notes: pending }),
    ...(isInitial && { isInitial }),
  };
  if (heading !== undefined) reader.blocks.push({ kind: 'heading', text, level: heading, ...of });
  else reader.blocks.push(ORNAMENT.test(text) ? { kind: 'scene', text: '', ids } : { kind: 'text', text, ...of });
}

/** Symbols that are printed between scenes. */
const ORNAMENT = /^[*•·∙◆◇■□●○❖❦❧☙⁂※~=#_\s-]{1,40}$/u;

/** The body and the single elements nested around all of its content. */
function enclosing(body: Element): Element[] {
  const out: Element[] = [];
  for (let around: Element | undefined = body; around; ) {
    out.push(around);
    const inside: Node[] = around.childNodes.filter((node) => isElement(node) || node.value.trim() !== '');
    const only: Node | undefined = inside.length === 1 ? inside[0] : undefined;
    around = only && isElement(only) ? only : undefined;
  }
  return out;
}
