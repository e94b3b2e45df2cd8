import { attribute, type Element, elementsOf, parseMarkup } from '../markup/markup.ts';
import { namedHeading, namedLevel } from './heading-names.ts';

/** IDs of the styles of Word's own table of contents: its entries and its heading. Pure. */
export function contentsStyles(styles: string): Set<string> {
  const all = [...elementsOf(parseMarkup(styles), 'w:style')];
  return new Set(
    all
      .filter((style) => /^toc(?: heading| \d)$/i.test(first(style, 'w:name') ?? ''))
      .map((style) => attribute(style, 'w:styleid')),
  );
}

/** IDs of the styles that number their paragraphs themselves. Pure. */
export function numberedStyles(styles: string): Set<string> {
  return new Set(
    [...elementsOf(parseMarkup(styles), 'w:style')]
      .filter((style) => !/^0?$/.test(first(style, 'w:numid') ?? ''))
      .map((style) => attribute(style, 'w:styleid')),
  );
}

/**
 * Style ID → heading level, from 1. By the style's name ("heading 1", which Word does not localize, "Titre 1", "Chapter Title"), its
 * outline level, or those of the style that it is based on. Pure.
 */
export function headingLevels(styles: string): Map<string, number> {
  const all = new Map(
    [...elementsOf(parseMarkup(styles), 'w:style')].map((style) => [attribute(style, 'w:styleid'), style]),
  );
  const levels = new Map<string, number | undefined>();
  for (const id of all.keys()) {
    // From the style down to the first one whose level is known: a chain is followed once.
    const chain: string[] = [];
    let found: Found = { basedOn: id };
    while (found.basedOn !== undefined && !levels.has(found.basedOn)) {
      const at = found.basedOn;
      levels.set(at, undefined);
      chain.push(at);
      found = ownLevel(all.get(at));
    }
    const level = found.basedOn === undefined ? found.level : levels.get(found.basedOn);
    for (const one of chain) levels.set(one, level);
  }
  addNamed(all, levels);
  return new Map([...levels].flatMap(([id, level]) => (level === undefined ? [] : [[id, level] as const])));
}

/** A publisher's own styles: chapters are below parts where the template has a style for these. */
function addNamed(styles: ReadonlyMap<string, Element>, levels: Map<string, number | undefined>): void {
  const named = [...styles].flatMap(([id, style]) => {
    const is = attribute(style, 'w:type') === 'character' ? undefined : namedHeading(first(style, 'w:name') ?? '');
    return is === undefined || levels.get(id) !== undefined ? [] : [{ id, is }];
  });
  const chapters = named.some(({ is }) => is === 'part') ? 2 : 1;
  for (const { id, is } of named) levels.set(id, is === 'part' ? 1 : chapters);
}

type Found = { level?: number | undefined; basedOn?: string | undefined };

/** The level of a style itself, or the style that decides. */
function ownLevel(style: Element | undefined): Found {
  if (style === undefined) return {};
  const name = first(style, 'w:name') ?? '';
  if (/^toc\b/i.test(name)) return {};
  const outline = first(style, 'w:outlinelvl');
  const own = namedLevel(name) ?? (outline === undefined ? undefined : Number(outline) + 1);
  // Level 10 is body text (ECMA-376, 17.3.1.20).
  if (own !== undefined) return { level: own <= 9 ? own : undefined };
  return { basedOn: first(style, 'w:basedon') };
}

function first(style: Element, name: string): string | undefined {
  const found = elementsOf(style, name).next();
  return found.done ? undefined : attribute(found.value, 'w:val');
}
