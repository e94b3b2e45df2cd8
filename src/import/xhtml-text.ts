import type { Block } from './imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup } from './markup.ts';
import { leaveOut, type Omission, pass, startTape, type Tape } from './tape.ts';
import { insideText, labelsOf, matterIn, omissionOf } from './xhtml-omissions.ts';
import { typesOf } from './xhtml-types.ts';

/** A paragraph, a heading or a scene break of a page. */
export type PageBlock = Block & { ids: string[] };

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
}

/** Reads the paragraphs, headings and scene breaks of an XHTML document, in document order. */
export function readXhtml(text: string, { path = '', keepMatter = false } = {}): XhtmlText {
  const { children } = parseMarkup(text);
  const tape = startTape(path);
  const body = elementsOf({ children }, 'body').next().value;
  const around = body ? enclosing(body) : [];
  const whole = new Set(around);
  const reader: XhtmlReader = {
    blocks: [],
    inline: '',
    ids: [],
    omittedIds: new Set(),
    heading: undefined,
    tape,
    from: 0,
    // What encloses all of the page says what the page is; that is for the caller to judge.
    reasonFor: (element) => omissionOf(element) ?? (keepMatter || whole.has(element) ? undefined : matterIn(element)),
  };
  for (const child of children) visit(child, reader);
  flush(reader);
  return {
    blocks: reader.blocks,
    types: around.flatMap(typesOf),
    omissions: tape.omissions,
    letters: tape.at,
    omittedIds: reader.omittedIds,
  };
}

interface XhtmlReader {
  blocks: XhtmlText['blocks'];
  inline: string;
  /** IDs since the last block. */
  ids: string[];
  omittedIds: Set<string>;
  reasonFor(element: Element): string | undefined;
  heading: number | undefined;
  tape: Tape;
  /** Letters before the block that is being read. */
  from: number;
}

const BLOCKS =
  /^(?:address|article|aside|blockquote|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|li|main|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul|body|html)$/;
/** Never text, and no part of the account either. */
const NO_TEXT = /^(?:head|script|style)$/;

function visit(node: Node, reader: XhtmlReader): void {
  if ('value' in node) {
    pass(reader.tape, node.value);
    reader.inline += node.value.replace(/\s+/g, ' ');
    return;
  }
  const name = node.tagName;
  if (NO_TEXT.test(name)) return;
  const id = attribute(node, 'id') || (name === 'a' ? attribute(node, 'name') : '');
  const isBlock = BLOCKS.test(name);
  if (isBlock) flush(reader);
  if (id !== '') reader.ids.push(id);
  const reason = reader.reasonFor(node);
  if (reason !== undefined) {
    if (isBlock) for (const inner of elementsOf(node)) reader.omittedIds.add(attribute(inner, 'id'));
    leaveOut(reader.tape, reason, insideText(node));
    return;
  }
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
  for (const child of node.childNodes) visit(child, reader);
  if (isBlock) flush(reader);
  reader.heading = outer;
}

function flush(reader: XhtmlReader): void {
  const text = reader.inline
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
  const { tape, from } = reader;
  reader.inline = '';
  if (text === '') return;
  const { ids, heading } = reader;
  reader.ids = [];
  reader.from = tape.at;
  const source = [{ part: tape.part, start: from, end: tape.at }];
  if (heading !== undefined) reader.blocks.push({ kind: 'heading', text, level: heading, ids, source });
  else reader.blocks.push(ORNAMENT.test(text) ? { kind: 'scene', text: '', ids } : { kind: 'text', text, ids, source });
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
