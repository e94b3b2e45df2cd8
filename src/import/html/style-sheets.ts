/** Text that the style sheets of a book hide, raise, lower or set on a line of its own. Pure. */

import { resolveName } from '../markup/links.ts';
import { attribute, type Element, elementsOf, type Node, rawTextOf } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';
import type { RaisedOrLowered } from './note-shapes.ts';
import { keyOf, keysOf, matches, type Selector, selectorOf } from './selectors.ts';

/** Largest style sheet that is searched. */
const MOST_CHARACTERS = 1_000_000;

/** What the style sheets of a page say about its elements. */
export interface PageStyle {
  /** `display: none` or `visibility: hidden`. */
  isHidden(element: Element): boolean;
  /** `vertical-align: super` or `sub`; undefined for any other. */
  placeOf(element: Element): RaisedOrLowered | undefined;
  /** `display: block` and the like, of an element that is usually part of a line. */
  isApart(element: Element): boolean;
}

/**
 * Reads the rules of a page's style sheets by classes, IDs, kinds of elements and what these are in. Rules with attributes, for
 * states, neighbours and media are not used: they may not apply.
 */
export function styleOf(of: { archive: Archive; path: string; children: Node[] }): PageStyle {
  const sheets = sheetsOf(of);
  const decided = (element: Element, what: Rule['what']): string | undefined => {
    if (!sheets.some((sheet) => sheet[what].isUsed)) return undefined;
    let best: Rule | undefined;
    const keys = keysOf(element);
    for (const sheet of sheets)
      for (const key of keys)
        for (const rule of sheet[what].rules.get(key) ?? []) {
          // The last of the most exact ones decides.
          const isLess = best !== undefined && rule.weight < best.weight;
          if (!isLess && matches(rule, element)) best = rule;
        }
    return best?.value;
  };
  return {
    isHidden: (element) => decided(element, 'hides') === 'hidden',
    isApart: (element) => decided(element, 'flows') === 'apart',
    placeOf(element) {
      const value = decided(element, 'places');
      return value === 'raised' || value === 'lowered' ? value : undefined;
    },
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

/** A rule that says whether elements are seen, where they stand, or whether they are lines; without a value as usual. */
type Rule = Selector & {
  what: 'hides' | 'places' | 'flows';
  value: 'hidden' | 'apart' | RaisedOrLowered | undefined;
};

/** Rules of one kind in their order, by what an element must have for them. */
interface Rules {
  rules: Map<string, Rule[]>;
  /** Any of them has a value. */
  isUsed: boolean;
}

/** The rules of a style sheet. */
type Sheet = Record<Rule['what'], Rules>;

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
  const none = (): Rules => ({ rules: new Map(), isUsed: false });
  const sheet: Sheet = { hides: none(), places: none(), flows: none() };
  if (css.length <= MOST_CHARACTERS) readRules(css, sheet);
  return sheet;
}

function readRules(css: string, sheet: Sheet): void {
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
      if (depth === 1) readDeclaration(selectors, piece, sheet);
      depth = Math.max(0, depth - 1);
    } else if (depth === 1) readDeclaration(selectors, piece, sheet);
  }
}

function readDeclaration(selectors: string, declaration: string, sheet: Sheet): void {
  const found = /^(display|visibility|vertical-align)\s*:\s*([\w-]+)\s*(!\s*important)?/i.exec(declaration);
  if (!found || selectors.startsWith('@')) return;
  const [, name = '', said = '', important] = found;
  for (const what of KINDS[name.toLowerCase()]!) {
    const value = VALUES[what][said.toLowerCase()];
    const { rules } = sheet[what];
    for (const text of selectors.split(',')) {
      const selector = selectorOf(text);
      if (selector === undefined) continue;
      const key = keyOf(selector);
      const weight = selector.weight + (important === undefined ? 0 : IMPORTANT);
      const rule = { ...selector, what, value, weight } as const;
      const list = rules.get(key);
      // Nobody writes so many rules for one class; each would be tried for each of its elements.
      if (list === undefined) rules.set(key, [rule]);
      else if (list.length < MOST_RULES) list.push(rule);
      if (value !== undefined) sheet[what].isUsed = true;
    }
  }
}

const KINDS: Readonly<Record<string, readonly Rule['what'][]>> = {
  display: ['hides', 'flows'],
  visibility: ['hides'],
  'vertical-align': ['places'],
};

const VALUES: Readonly<Record<Rule['what'], Readonly<Record<string, Rule['value']>>>> = {
  hides: { none: 'hidden', hidden: 'hidden' },
  places: { super: 'raised', sub: 'lowered' },
  flows: { block: 'apart', 'flow-root': 'apart', 'list-item': 'apart', table: 'apart', flex: 'apart', grid: 'apart' },
};
const MOST_RULES = 100;
const IMPORTANT = 1e12;
