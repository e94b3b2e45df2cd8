/** Text that the style sheets of a book hide. Pure. */

import { resolveName } from '../markup/links.ts';
import { attribute, type Element, elementsOf, type Node, rawTextOf } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';
import { keyOf, keysOf, matches, type Selector, selectorOf } from './selectors.ts';

/** Largest style sheet that is searched. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Whether a rule of the page's style sheets hides an element: `display: none` or `visibility: hidden`, by classes, IDs, kinds of
 * elements and what these are in. Rules with attributes, for states, neighbours and media are not used: they may not apply.
 */
export function hiddenBy(of: { archive: Archive; path: string; children: Node[] }): (element: Element) => boolean {
  const sheets = sheetsOf(of);
  if (!sheets.some(({ hides }) => hides)) return () => false;
  return (element) => {
    let best: { hides: boolean; weight: number } | undefined;
    const keys = keysOf(element);
    for (const { rules } of sheets)
      for (const key of keys)
        for (const rule of rules.get(key) ?? []) {
          // The last of the most exact ones decides.
          const isLess = best !== undefined && rule.weight < best.weight;
          if (!isLess && matches(rule, element)) best = rule;
        }
    return best?.hides === true;
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

/** A rule that says whether elements are seen. */
type Rule = Selector & { hides: boolean };

/** The rules of a style sheet in their order, by what an element must have for them. */
interface Sheet {
  rules: ReadonlyMap<string, readonly Rule[]>;
  /** Any rule hides something. */
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
  const rules = new Map<string, Rule[]>();
  if (css.length <= MOST_CHARACTERS) readRules(css, rules);
  return { rules, hides: [...rules.values()].some((list) => list.some(({ hides }) => hides)) };
}

function readRules(css: string, rules: Map<string, Rule[]>): void {
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
      if (depth === 1) readDeclaration(selectors, piece, rules);
      depth = Math.max(0, depth - 1);
    } else if (depth === 1) readDeclaration(selectors, piece, rules);
  }
}

function readDeclaration(selectors: string, declaration: string, rules: Map<string, Rule[]>): void {
  const found = /^(display|visibility)\s*:\s*([\w-]+)\s*(!\s*important)?/i.exec(declaration);
  if (!found || selectors.startsWith('@')) return;
  const hides = /^(?:none|hidden)$/i.test(found[2]!);
  for (const text of selectors.split(',')) {
    const selector = selectorOf(text);
    if (selector === undefined) continue;
    const key = keyOf(selector);
    const rule = { ...selector, hides, weight: selector.weight + (found[3] === undefined ? 0 : IMPORTANT) };
    const list = rules.get(key);
    // Nobody writes so many rules for one class; each would be tried for each of its elements.
    if (list === undefined) rules.set(key, [rule]);
    else if (list.length < MOST_RULES) list.push(rule);
  }
}

const MOST_RULES = 100;
const IMPORTANT = 1e12;
