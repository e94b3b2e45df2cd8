import type { Block } from './imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup } from './markup.ts';
import { leaveOut, type Omission, pass, startTape, type Tape } from './tape.ts';
import { insideText, labelsOf, omissionOf } from './xhtml-omissions.ts';
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
}

/** Reads the paragraphs, headings and scene breaks of an XHTML document, in document order. */
export function readXhtml(text: string, path = ''): XhtmlText {
  const { children } = parseMarkup(text);
  const tape = startTape(path);
  const reader: XhtmlReader = { blocks: [], inline: '', ids: [], heading: undefined, tape, from: 0 };
  for (const child of children) visit(child, reader);
  flush(reader);
  const body = elementsOf({ children }, 'body').next().value;
  return {
    blocks: reader.blocks,
    types: body ? enclosingTypes(body) : [],
    omissions: tape.omissions,
    letters: tape.at,
  };
}

interface XhtmlReader {
  blocks: XhtmlText['blocks'];
  inline: string;
  /** IDs since the last block. */
  ids: string[];
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
  const reason = omissionOf(node);
  if (reason !== undefined) {
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

/** The types of the body and of the single elements nested around all of its content. */
function enclosingTypes(body: Element): string[] {
  const types = typesOf(body);
  let around: Element | undefined = body;
  while (around) {
    const inside: Node[] = around.childNodes.filter((node) => isElement(node) || node.value.trim() !== '');
    const only = inside.length === 1 ? inside[0] : undefined;
    around = only && isElement(only) ? only : undefined;
    if (around) types.push(...typesOf(around));
  }
  return types;
}
