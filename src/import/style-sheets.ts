/** Text that the style sheets of a book hide. Pure. */
import type { Archive } from './archive.ts';
import { resolveName } from './epub-package.ts';
import { attribute, type Element, elementsOf, type Node, rawTextOf } from './markup.ts';

/** Largest style sheet that is searched. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Whether a rule of the page's style sheets hides an element: `display: none` or `visibility: hidden` for a class, an ID or
 * a kind of elements. Rules for places (`.a .b`), for states and for media are not used: they may not apply.
 */
export function hiddenBy(of: { archive: Archive; path: string; children: Node[] }): (element: Element) => boolean {
  const hidden = new Map<string, boolean>();
  for (const element of elementsOf(of, 'style', 'link')) {
    const rel = attribute(element, 'rel').toLowerCase();
    if (element.tagName === 'style') readRules(rawTextOf(element), hidden);
    else if (/(?:^|\s)stylesheet(?:\s|$)/.test(rel) && !rel.includes('alternate')) {
      const name = of.archive.find(resolveName(of.path, attribute(element, 'href')));
      readRules(name === undefined ? '' : (of.archive.text(name) ?? ''), hidden);
    }
  }
  if (![...hidden.values()].includes(true)) return () => false;
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

function readRules(css: string, hidden: Map<string, boolean>): void {
  if (css.length > MOST_CHARACTERS) return;
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
