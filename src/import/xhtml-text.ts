import type { Block } from './imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup, textOf } from './markup.ts';

/** The text of a document. */
export interface XhtmlText {
  blocks: (Block & { ids: string[] })[];
  /** `epub:type` and `role` of its body and of the elements that enclose all of its text. */
  types: string[];
  /** Counts of omitted elements, by kind. */
  omitted: Map<OmittedKind, number>;
}

/** Kinds of elements that are not read aloud. */
export type OmittedKind = 'image' | 'note mark' | 'note' | 'page number' | 'formula';

/** Reads the paragraphs, headings and scene breaks of an XHTML document, in document order. */
export function readXhtml(text: string): XhtmlText {
  const document = parseMarkup(text);
  const body = elementsOf(document, 'body').next().value;
  const reader: XhtmlReader = { blocks: [], inline: '', ids: [], heading: undefined, omitted: new Map() };
  if (body) {
    for (const child of body.childNodes) visit(child, reader);
    flush(reader);
  }
  return { blocks: reader.blocks, types: body ? enclosingTypes(body) : [], omitted: reader.omitted };
}

interface XhtmlReader {
  blocks: XhtmlText['blocks'];
  inline: string;
  /** IDs since the last block. */
  ids: string[];
  heading: number | undefined;
  omitted: XhtmlText['omitted'];
}

const BLOCKS =
  /^(?:address|article|aside|blockquote|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|li|main|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul|body|html)$/;
const NEVER_READ =
  /^(?:script|style|template|head|title|iframe|object|audio|video|canvas|noscript|nav|rt|rp|select|textarea)$/;

function visit(node: Node, reader: XhtmlReader): void {
  if (node.nodeName === '#text' && 'value' in node) {
    reader.inline += node.value.replace(/\s+/g, ' ');
    return;
  }
  if (!isElement(node)) return;
  const name = node.tagName.toLowerCase();
  const id = attribute(node, 'id') || (name === 'a' ? attribute(node, 'name') : '');
  const isBlock = BLOCKS.test(name);
  if (isBlock) flush(reader);
  if (id !== '') reader.ids.push(id);
  const omitted = omittedKindOf(node, name);
  if (omitted) reader.omitted.set(omitted, (reader.omitted.get(omitted) ?? 0) + 1);
  if (omitted || NEVER_READ.test(name) || isHidden(node)) return;
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
  reader.inline = '';
  if (text === '') return;
  const { ids, heading } = reader;
  reader.ids = [];
  if (heading !== undefined) reader.blocks.push({ kind: 'heading', text, level: heading, ids });
  else reader.blocks.push(ORNAMENT.test(text) ? { kind: 'scene', text: '', ids } : { kind: 'text', text, ids });
}

/** Symbols that are printed between scenes. */
const ORNAMENT = /^[*•·∙◆◇■□●○❖❦❧☙⁂※~=#_\s-]{1,40}$/u;

function typesOf(element: Element): string[] {
  const role = attribute(element, 'role').toLowerCase();
  return [...attribute(element, 'epub:type').toLowerCase().split(/\s+/), role.replace(/^doc-/, '')].filter(
    (type) => type !== '',
  );
}

function omittedKindOf(element: Element, name: string): OmittedKind | undefined {
  if (name === 'img' || name === 'image' || name === 'svg') return 'image';
  if (name === 'math') return 'formula';
  const types = typesOf(element);
  const kind = attribute(element, 'class').toLowerCase();
  if (types.includes('pagebreak') || /\bpage-?(?:num|number|break)s?\b/.test(kind)) return 'page number';
  if (types.some((type) => /^(?:foot|rear|end)notes?$/.test(type))) return 'note';
  if ((name === 'a' || name === 'sup') && isNoteMark(element, name, types, kind)) return 'note mark';
  return undefined;
}

/** A footnote mark: a number, asterisks or a letter, perhaps in brackets. */
const MARK = /^[[(]?(?:\d{1,4}|[*†‡§¶]{1,4}|[a-z]|[ivxlc]{1,6})[\])]?$/i;

/** Longest text that may match it, with spaces around. */
const LONGEST_MARK = 100;

function isNoteMark(element: Element, name: string, types: string[], kind: string): boolean {
  if (types.includes('noteref')) return true;
  // Marks are nested at will, but short.
  if (!MARK.test(textOf(element, LONGEST_MARK + 1))) return false;
  if (name === 'sup') return elementsOf(element, 'a').next().done === false;
  const leads = attribute(element, 'href').includes('#');
  return (
    leads &&
    (/note|fn/.test(kind) ||
      elementsOf(element, 'sup').next().done === false ||
      /^[[(*†‡§¶]/.test(textOf(element, LONGEST_MARK)))
  );
}

function isHidden(element: Element): boolean {
  return element.attrs.some(
    ({ name, value }) =>
      name === 'hidden' ||
      (name === 'style' && /display\s*:\s*none/i.test(value)) ||
      (name === 'aria-hidden' && value === 'true'),
  );
}

/** The types of the body and of the single elements nested around all of its content. */
function enclosingTypes(body: Element): string[] {
  const types = typesOf(body);
  let around: Element | undefined = body;
  while (around) {
    const inside: Node[] = around.childNodes.filter(
      (node) => isElement(node) || ('value' in node && node.nodeName === '#text' && node.value.trim() !== ''),
    );
    const only = inside.length === 1 ? inside[0] : undefined;
    around = only && isElement(only) ? only : undefined;
    if (around) types.push(...typesOf(around));
  }
  return types;
}
