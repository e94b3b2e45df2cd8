import { attribute, type Element, elementsOf, parseMarkup } from './markup.ts';

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
 * Style ID → heading level, from 1. By the style's name ("heading 1": IDs are localized, names are not), its outline level, or
 * those of the style that it is based on. Pure.
 */
export function headingLevels(styles: string): Map<string, number> {
  const all = new Map(
    [...elementsOf(parseMarkup(styles), 'w:style')].map((style) => [attribute(style, 'w:styleid'), style]),
  );
  const levels = new Map<string, number>();
  for (const id of all.keys()) {
    const level = levelOf(id, all);
    if (level !== undefined) levels.set(id, level);
  }
  return levels;
}

function levelOf(id: string, all: ReadonlyMap<string, Element>): number | undefined {
  const seen = new Set<string>();
  for (let at = id; !seen.has(at); ) {
    seen.add(at);
    const style = all.get(at);
    if (style === undefined) return undefined;
    const name = first(style, 'w:name') ?? '';
    if (/^toc\b/i.test(name)) return undefined;
    const outline = first(style, 'w:outlinelvl');
    const own =
      /^heading ([1-9])$/i.exec(name)?.[1] ?? (outline === undefined ? undefined : String(Number(outline) + 1));
    // Level 10 is body text (ECMA-376, 17.3.1.20).
    if (own !== undefined) return Number(own) <= 9 ? Number(own) : undefined;
    at = first(style, 'w:basedon') ?? at;
  }
  return undefined;
}

function first(style: Element, name: string): string | undefined {
  const found = elementsOf(style, name).next();
  return found.done ? undefined : attribute(found.value, 'w:val');
}
