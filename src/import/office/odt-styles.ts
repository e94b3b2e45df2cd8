/** The styles of an OpenDocument text. Pure. */
import { attribute, type Element, elementsOf, type Node } from '../markup/markup.ts';
import { namedHeading, namedLevel } from './heading-names.ts';
import { MOST_STYLES_IN_A_ROW } from './look.ts';

/** How a style looks; absent: neither it says, nor those that it is based on. */
export interface OdtLook {
  sizePoints?: number;
  /** Size, as a share of that of the style that it is based on. */
  sizeShare?: number;
  isBold?: boolean;
  isCapitals?: boolean;
  isCentered?: boolean;
  /** A page begins before or after its paragraph. */
  breaks?: 'before' | 'after';
}

/** What styles say about paragraphs and words. */
export interface OdtStyles {
  /** Level of a heading, from 1; undefined for another paragraph. */
  levelOf(style: string): number | undefined;
  /** `title` for the lines of a title page. */
  isTitle(style: string): boolean;
  /** The author has hidden what has this style. */
  isHidden(style: string): boolean;
  /** Words in this style stand above or below the line. */
  raisedBy(style: string): 'raised' | 'lowered' | undefined;
  /** Of a paragraph's style, with those that it is based on and what the document says about all. */
  lookOf(style: string): OdtLook;
  /** Of a style for words: what it and those that it is based on say. */
  wordsOf(style: string): OdtLook;
}

/** Reads styles of a document, those with a name and those that the program made for single paragraphs. */
export function odtStyles(roots: readonly { children: Node[] }[]): OdtStyles {
  const all = new Map<string, Element>();
  for (const root of roots)
    for (const style of elementsOf(root, 'style:style'))
      if (!all.has(attribute(style, 'style:name'))) all.set(attribute(style, 'style:name'), style);
  /** The first answer of a style or of those that it is based on. */
  const search = <T>(name: string, of: (name: string, style: Element | undefined) => T | undefined): T | undefined => {
    const seen = new Set<string>();
    for (let at = name; at !== '' && !seen.has(at) && seen.size < MOST_STYLES_IN_A_ROW; ) {
      seen.add(at);
      const style = all.get(at);
      const found = of(at, style);
      if (found !== undefined) return found;
      at = style === undefined ? '' : attribute(style, 'style:parent-style-name');
    }
    return undefined;
  };
  const usual = roots.flatMap((root) =>
    [...elementsOf(root, 'style:default-style')].filter((one) => attribute(one, 'style:family') === 'paragraph'),
  );
  const hasParts = [...all.keys()].some((name) => namedHeading(name.replaceAll('_20_', ' ')) === 'part');
  const wordsOf = remembered((name): OdtLook => {
    const chain: Element[] = [];
    search(name, (_, style) => {
      if (style !== undefined) chain.unshift(style);
      return undefined;
    });
    return joined(chain);
  });
  return {
    wordsOf,
    lookOf: remembered((name) => ({ ...joined(usual), ...wordsOf(name) })),
    levelOf: remembered((name) =>
      search(name, (at, style) => {
        const plain = at.replaceAll('_20_', ' ');
        const level = Number(namedLevel(plain) ?? (style ? attribute(style, 'style:default-outline-level') : ''));
        if (level >= 1 && level <= 10) return level;
        const named = namedHeading((style && attribute(style, 'style:display-name')) || plain);
        return named === undefined ? undefined : named === 'part' || !hasParts ? 1 : 2;
      }),
    ),
    isTitle: remembered((name) => search(name, (at) => (/^(?:sub)?title$/i.test(at) ? true : undefined)) === true),
    raisedBy: remembered((name) =>
      search(name, (_, style) => {
        const properties = style && elementsOf(style, 'style:text-properties').next().value;
        const place = properties ? attribute(properties, 'style:text-position').trim() : '';
        if (/^(?:super|[1-9])/.test(place)) return 'raised';
        return /^(?:sub|-\d)/.test(place) ? 'lowered' : undefined;
      }),
    ),
    isHidden: remembered(
      (name) =>
        search(name, (_, style) => {
          const properties = style && elementsOf(style, 'style:text-properties').next().value;
          const display = properties ? attribute(properties, 'text:display') : '';
          return display === '' ? undefined : display === 'none';
        }) === true,
    ),
  };
}

function joined(styles: readonly Element[]): OdtLook {
  let all: OdtLook = {};
  for (const style of styles) {
    const { sizeShare, ...look } = lookOfStyle(style);
    all = { ...all, ...look };
    if (sizeShare !== undefined && all.sizePoints !== undefined) all.sizePoints *= sizeShare;
  }
  return all;
}

function remembered<T>(of: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    if (!known.has(name)) known.set(name, of(name));
    return known.get(name)!;
  };
}

/** The size, weight and place that a style itself says. */
function lookOfStyle(style: Element): OdtLook {
  const [words] = elementsOf(style, 'style:text-properties');
  const [lines] = elementsOf(style, 'style:paragraph-properties');
  const of = (element: Element | undefined, name: string): string => (element ? attribute(element, name) : '');
  const size = of(words, 'fo:font-size');
  const points = /^[\d.]+pt$/.test(size) ? Number.parseFloat(size) : undefined;
  const percent = /^[\d.]+%$/.test(size) ? Number.parseFloat(size) / 100 : undefined;
  const weight = of(words, 'fo:font-weight');
  const capitals = of(words, 'fo:text-transform') || of(words, 'fo:font-variant');
  const place = of(lines, 'fo:text-align');
  const before = of(lines, 'fo:break-before');
  // A style that names a master page begins one (OpenDocument 1.3, part 3, 19.506).
  const isPage = before === 'page' || attribute(style, 'style:master-page-name') !== '';
  return {
    ...(points !== undefined && { sizePoints: points }),
    ...(percent !== undefined && { sizeShare: percent }),
    ...(weight !== '' && { isBold: weight === 'bold' || Number(weight) >= 600 }),
    ...(capitals !== '' && { isCapitals: /^(?:uppercase|small-caps)$/.test(capitals) }),
    ...(place !== '' && { isCentered: place === 'center' }),
    ...(isPage
      ? { breaks: 'before' as const }
      : of(lines, 'fo:break-after') === 'page' && { breaks: 'after' as const }),
  };
}
