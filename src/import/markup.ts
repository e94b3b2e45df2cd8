import { type DefaultTreeAdapterTypes, parse } from 'parse5';

/** An element of XML or XHTML. */
export type Element = DefaultTreeAdapterTypes.Element;
/** An element, a text, or another node. */
export type Node = DefaultTreeAdapterTypes.ChildNode;

/** Markup that is nested too deeply to read. */
export class MarkupRefused extends Error {}

/**
 * Reads XML or XHTML as leniently as a browser. Element and attribute names become lowercase. Never loads anything external:
 * external entities stay plain text.
 */
export function parseMarkup(text: string): { children: Node[] } {
  // HTML knows no self-closing elements: `<title/>` would swallow the rest of the book.
  const expanded = text.replace(SELF_CLOSED, (whole, name: string, attributes: string) =>
    // `</br>` would be a second line break.
    VOID.test(name) ? whole : `<${name}${attributes}></${name}>`,
  );
  if (isTooDeep(expanded)) throw new MarkupRefused('This markup is nested too deeply.');
  return { children: parse(expanded).childNodes };
}

// Quotes end at the next tag at the latest, so that the search is linear for any text.
const SELF_CLOSED = /<([A-Za-z][^\s/<>]*)((?:[^<>"'/]|"[^"<]*"|'[^'<]*'|\/(?!>))*)\/>/g;

const VOID = /^(?:br|hr|img|meta|link|input|col|area|base|embed|source|track|wbr)$/i;

const DEEPEST = 500;
const OPEN_ENDED = /^(?:p|li|td|th|tr|dt|dd|br|hr|img|meta|link|input|col|area|base|embed|source|track|wbr|option)$/i;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [, slash, name] of text.matchAll(/<(\/?)([A-Za-z][^\s/<>]*)/g)) {
    if (OPEN_ENDED.test(name!)) continue;
    depth = Math.max(0, depth + (slash === '/' ? -1 : 1));
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** Whether a node is an element, optionally with one of these names. */
export function isElement(node: Node, ...names: string[]): node is Element {
  return 'tagName' in node && (names.length === 0 || names.includes(node.tagName.toLowerCase()));
}

/** An attribute's value; empty when there is none. A name without a prefix matches any namespace. */
export function attribute(element: Element, name: string): string {
  const found = element.attrs.find(
    (attr) => attr.name === name || (attr.prefix && `${attr.prefix}:${attr.name}` === name),
  );
  return found?.value ?? '';
}

/** All descendant elements in document order, optionally with one of these names. */
export function* elementsOf(parent: { children: Node[] } | Element, ...names: string[]): Generator<Element> {
  for (const child of 'children' in parent ? parent.children : parent.childNodes) {
    if (!isElement(child)) continue;
    if (isElement(child, ...names)) yield child;
    yield* elementsOf(child, ...names);
  }
}

/** All text inside, or its first `most` characters, with white space folded to single spaces. */
export function textOf(element: Element, most = Number.POSITIVE_INFINITY): string {
  if (most < Number.POSITIVE_INFINITY) return firstTextOf(element, most).replace(/\s+/g, ' ').trim();
  return rawTextOf(element).replace(/\s+/g, ' ').trim();
}

function firstTextOf(element: Element, most: number): string {
  let text = '';
  for (const node of element.childNodes) {
    if (text.length >= most) break;
    if ('value' in node) text += node.value.slice(0, most);
    else if (isElement(node)) text += firstTextOf(node, most - text.length);
  }
  return text;
}

/** All text inside, unchanged. */
export function rawTextOf(element: Element): string {
  return element.childNodes
    .map((node) => ('value' in node ? node.value : isElement(node) ? rawTextOf(node) : ''))
    .join('');
}
