import type { Block } from './imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup, textOf } from './markup.ts';

/** A document's text. */
export interface XhtmlText {
  blocks: (Block & { ids: string[] })[];
  /** `epub:type` and `role` of its body and of what encloses all of its text. */
  types: string[];
  /** How many things were left out, by kind. */
  left: Map<LeftOut, number>;
}

/** Kinds of things that a page prints and nobody reads aloud. */
export type LeftOut = 'picture' | 'note mark' | 'note' | 'page number' | 'formula';

/** Reads the paragraphs, headings and scene breaks of an XHTML document, in the order of the print. */
export function readXhtml(text: string): XhtmlText {
  const document = parseMarkup(text);
  const body = elementsOf(document, 'body').next().value;
  const reading: Reading = { blocks: [], inline: '', ids: [], heading: undefined, left: new Map() };
  if (body) {
    for (const child of body.childNodes) visit(child, reading);
    flush(reading);
  }
  return { blocks: reading.blocks, types: body ? enclosingTypes(body) : [], left: reading.left };
}

interface Reading {
  blocks: XhtmlText['blocks'];
  inline: string;
  /** Ids passed since the last block. */
  ids: string[];
  heading: number | undefined;
  left: XhtmlText['left'];
}

const BLOCKS =
  /^(?:address|article|aside|blockquote|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|li|main|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul|body|html)$/;
const NEVER_READ =
  /^(?:script|style|template|head|title|iframe|object|audio|video|canvas|noscript|nav|rt|rp|select|textarea)$/;

function visit(node: Node, reading: Reading): void {
  if (node.nodeName === '#text' && 'value' in node) {
    reading.inline += node.value.replace(/\s+/g, ' ');
    return;
  }
  if (!isElement(node)) return;
  const name = node.tagName.toLowerCase();
  const id = attribute(node, 'id') || (name === 'a' ? attribute(node, 'name') : '');
  const isBlock = BLOCKS.test(name);
  if (isBlock) flush(reading);
  if (id !== '') reading.ids.push(id);
  const left = leftOut(node, name);
  if (left) reading.left.set(left, (reading.left.get(left) ?? 0) + 1);
  if (left || NEVER_READ.test(name) || isHidden(node)) return;
  if (name === 'br') reading.inline += '\n';
  if (name === 'hr') {
    reading.blocks.push({ kind: 'scene', text: '', ids: reading.ids });
    reading.ids = [];
  }
  const outer = reading.heading;
  if (name === 'hgroup') reading.heading = 1;
  else if (/^h[1-6]$/.test(name)) reading.heading = Number(name[1]);
  for (const child of node.childNodes) visit(child, reading);
  if (isBlock) flush(reading);
  reading.heading = outer;
}

function flush(reading: Reading): void {
  const text = reading.inline
    .replace(/ *\n */g, '\n')
    .replace(/ {2,}/g, ' ')
    .trim();
  reading.inline = '';
  if (text === '') return;
  const { ids, heading } = reading;
  reading.ids = [];
  if (heading !== undefined) reading.blocks.push({ kind: 'heading', text, level: heading, ids });
  else reading.blocks.push(ORNAMENT.test(text) ? { kind: 'scene', text: '', ids } : { kind: 'text', text, ids });
}

/** Signs that printers set between scenes. */
const ORNAMENT = /^[*•·∙◆◇■□●○❖❦❧☙⁂※~=#_\s-]{1,40}$/u;

function typesOf(element: Element): string[] {
  const role = attribute(element, 'role').toLowerCase();
  return [...attribute(element, 'epub:type').toLowerCase().split(/\s+/), role.replace(/^doc-/, '')].filter(
    (type) => type !== '',
  );
}

function leftOut(element: Element, name: string): LeftOut | undefined {
  if (name === 'img' || name === 'image' || name === 'svg') return 'picture';
  if (name === 'math') return 'formula';
  const types = typesOf(element);
  const kind = attribute(element, 'class').toLowerCase();
  if (types.includes('pagebreak') || /\bpage-?(?:num|number|break)s?\b/.test(kind)) return 'page number';
  if (types.some((type) => /^(?:foot|rear|end)notes?$/.test(type))) return 'note';
  if ((name === 'a' || name === 'sup') && isNoteMark(element, name, types, kind)) return 'note mark';
  return undefined;
}

/** What a mark of a footnote looks like: a number, some stars, a letter; in brackets or not. */
const MARK = /^[[(]?(?:\d{1,4}|[*†‡§¶]{1,4}|[a-z]|[ivxlc]{1,6})[\])]?$/i;

function isNoteMark(element: Element, name: string, types: string[], kind: string): boolean {
  if (types.includes('noteref')) return true;
  if (!MARK.test(textOf(element))) return false;
  if (name === 'sup') return elementsOf(element, 'a').next().done === false;
  const leads = attribute(element, 'href').includes('#');
  return (
    leads &&
    (/note|fn/.test(kind) || elementsOf(element, 'sup').next().done === false || /^[[(*†‡§¶]/.test(textOf(element)))
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

/** The body's own types and those of the one element around everything in it. */
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
