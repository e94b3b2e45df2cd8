/** Text that the style sheets of a book hide. Pure. */

import { resolveName } from '../markup/links.ts';
import { attribute, type Element, elementsOf, type Node, rawTextOf } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';

/** Largest style sheet that is searched. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Whether a rule of the page's style sheets hides an element: `display: none` or `visibility: hidden` for a class, an ID or
 * a kind of elements. Rules for places (`.a .b`), for states and for media are not used: they may not apply.
 */
export function hiddenBy(of: { archive: Archive; path: string; children: Node[] }): (element: Element) => boolean {
  const sheets = sheetsOf(of);
  if (!sheets.some(({ hides }) => hides)) return () => false;
  const hidden = new Map(sheets.flatMap(({ rules }) => [...rules]));
  return (element) => {
    const classes = attribute(element, 'class').split(/\s+/).filter(Boolean);
    const id = attribute(element, 'id');
    const names = [element.tagName, ...classes.flatMap((one) => [`.${one}`, `${element.tagName}.${one}`])];
    if (id !== '') names.push(`#${id}`, `${element.tagName}#${id}`);
    // The last of the more exact ones decides.
    return (
      names
        .map((name) => hidden.get(name))
        .filter((is) => is !== undefined)
        .at(-1) === true
    );
  };
}

function sheetsOf(of: { archive: Archive; path: string; children: Node[] }): Sheet[] {
  return [...elementsOf(of, 'style', 'link')].flatMap((element): Sheet[] => {
    if (element.tagName === 'style') return [sheetOf(rawTextOf(element))];
    const rel = attribute(element, 'rel').toLowerCase();
    if (!/(?:^|\s)stylesheet(?:\s|$)/.test(rel) || rel.includes('alternate')) return [];
    const name = of.archive.find(resolveName(of.path, attribute(element, 'href')));
    return name === undefined ? [] : [linkedSheet(of.archive, name)];
  });
}

/** What the rules of a style sheet hide, by selector; the last rule decides. */
interface Sheet {
  rules: ReadonlyMap<string, boolean>;
  hides: boolean;
}

/** Read once: hundreds of pages link to one sheet. */
const linked = new WeakMap<Archive, Map<string, Sheet>>();

function linkedSheet(archive: Archive, name: string): Sheet {
  const sheets = linked.get(archive) ?? new Map<string, Sheet>();
  linked.set(archive, sheets);
  const sheet = sheets.get(name) ?? sheetOf(archive.text(name) ?? '');
  sheets.set(name, sheet);
  return sheet;
}

function sheetOf(css: string): Sheet {
  const rules = new Map<string, boolean>();
  if (css.length <= MOST_CHARACTERS) readRules(css, rules);
  return { rules, hides: [...rules.values()].includes(true) };
}

function readRules(css: string, hidden: Map<string, boolean>): void {
  const plain = css.replace(/\/\*[\s\S]*?\*\//g, ' ');
  let depth = 0;
  let from = 0;
  let selectors = '';
  // Rules inside `@media` and the like are one level deeper.
  for (const { 0: sign, index } of plain.matchAll(/[{};]/g)) {
    const piece = plain.slice(from, index).trim();
    from = index + 1;
    if (sign === '{') {
      if (depth === 0) selectors = piece;
      depth++;
    } else if (sign === '}') {
      if (depth === 1) readDeclaration(selectors, piece, hidden);
      depth = Math.max(0, depth - 1);
    } else if (depth === 1) readDeclaration(selectors, piece, hidden);
  }
}

function readDeclaration(selectors: string, declaration: string, hidden: Map<string, boolean>): void {
  const found = /^(display|visibility)\s*:\s*([\w-]+)/i.exec(declaration);
  if (!found || selectors.startsWith('@')) return;
  for (const selector of selectors.split(',').map((one) => one.trim())) {
    if (!/^[\w-]*(?:[.#][\w-]+)?$/.test(selector) || /^(?:html|body)?$/.test(selector)) continue;
    hidden.set(
      selector.replace(/^[\w-]+/, (name) => name.toLowerCase()),
      /^(?:none|hidden)$/i.test(found[2]!),
    );
  }
}
