import { Parser } from 'htmlparser2';
import { canonicalNames, type Scope } from './namespaces.ts';
import { type OpenEnd, openEndOf } from './open-end.ts';

/** An element of XML or XHTML. */
export interface Element {
  /** In lowercase, with the usual prefix of its namespace whatever the file calls it: `p`, `w:p`, `dc:title`. */
  tagName: string;
  attrs: { name: string; value: string }[];
  childNodes: Node[];
  /** Undefined for a root. */
  parent: Element | undefined;
  /** Its place among the nodes of its parent. */
  index: number;
}
/** A text. */
export interface TextNode {
  value: string;
}
/** An element or a text, in the order of the file. */
export type Node = Element | TextNode;

/** Markup that is nested too deeply to read. */
export class MarkupRefused extends Error {}

const DEEPEST = 500;

/**
 * Reads XML or XHTML as leniently as a browser, but never moves a text. Element and attribute names become lowercase. Never
 * loads anything external: external entities stay plain text. `openEnd` is the end of the text that is in nothing: a browser
 * drops it.
 */
export function parseMarkup(text: string): { children: Node[]; openEnd?: OpenEnd & { text: string } } {
  const openEnd = openEndOf(text);
  if (openEnd === undefined) return { children: treeOf(text) };
  const { from } = openEnd;
  return { children: treeOf(text.slice(0, from)), openEnd: { ...openEnd, text: text.slice(from) } };
}

function treeOf(text: string): Node[] {
  const root: Element = { tagName: '', attrs: [], childNodes: [], parent: undefined, index: 0 };
  let current = root;
  let depth = 0;
  const scopes: Scope[] = [new Map()];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++depth > DEEPEST) throw new MarkupRefused('This markup is nested too deeply.');
        const { tagName, attrs, scope } = canonicalNames(name, attributes, scopes.at(-1)!);
        scopes.push(scope);
        const element: Element = { tagName, attrs, childNodes: [], parent: current, index: current.childNodes.length };
        current.childNodes.push(element);
        current = element;
      },
      onclosetag() {
        depth--;
        scopes.pop();
        current = current.parent ?? root;
      },
      ontext(value) {
        const last = current.childNodes.at(-1);
        // Entities arrive as pieces.
        if (last && 'value' in last) last.value += value;
        else current.childNodes.push({ value });
      },
    },
    { lowerCaseTags: true, lowerCaseAttributeNames: true, recognizeSelfClosing: true, recognizeCDATA: true },
  );
  parser.end(asBrowsersRead(text));
  return root.childNodes;
}

/** An end tag with attributes that have a `>` in quotes. */
const END_TAG = /<(\/[a-z][^\s/>]{0,50})\s(?:[^>"']{0,200}(?:"[^"]{0,200}"|'[^']{0,200}')){1,5}[^>"']{0,200}>/gi;

/** What the parser below reads in another way than browsers do: CDATA that nothing closes, and end tags with attributes. */
function asBrowsersRead(text: string): string {
  const end = text.lastIndexOf(']]>') + 1;
  const tail = text.indexOf('<![CDATA[', end);
  const closed = tail < 0 ? text : text.slice(0, tail) + text.slice(tail).replaceAll('<![CDATA[', '<!bogus[');
  return closed.replace(END_TAG, '<$1>');
}

/** Whether a node is an element, optionally with one of these names. */
export function isElement(node: Node, ...names: string[]): node is Element {
  return 'tagName' in node && (names.length === 0 || names.includes(node.tagName));
}

/** An attribute's value; empty when there is none. */
export function attribute(element: Element, name: string): string {
  return element.attrs.find((attr) => attr.name === name)?.value ?? '';
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
    else text += firstTextOf(node, most - text.length);
  }
  return text;
}

/** All text inside, unchanged. */
export function rawTextOf(element: Element): string {
  return element.childNodes.map((node) => ('value' in node ? node.value : rawTextOf(node))).join('');
}
