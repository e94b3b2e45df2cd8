/** The styles of an OpenDocument text. Pure. */
import { attribute, type Element, elementsOf, type Node } from '../markup/markup.ts';

/** What styles say about paragraphs and words. */
export interface OdtStyles {
  /** Level of a heading, from 1; undefined for another paragraph. */
  levelOf(style: string): number | undefined;
  /** `title` for the lines of a title page. */
  isTitle(style: string): boolean;
  /** The author has hidden what has this style. */
  isHidden(style: string): boolean;
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
    for (let at = name; at !== '' && !seen.has(at); ) {
      seen.add(at);
      const style = all.get(at);
      const found = of(at, style);
      if (found !== undefined) return found;
      at = style === undefined ? '' : attribute(style, 'style:parent-style-name');
    }
    return undefined;
  };
  return {
    levelOf: remembered((name) =>
      search(name, (at, style) => {
        const level = Number(
          /^heading(?:_20_| )?([1-9])$/i.exec(at)?.[1] ??
            (style ? attribute(style, 'style:default-outline-level') : ''),
        );
        return level >= 1 && level <= 10 ? level : undefined;
      }),
    ),
    isTitle: remembered((name) => search(name, (at) => (/^(?:sub)?title$/i.test(at) ? true : undefined)) === true),
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

function remembered<T>(of: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    if (!known.has(name)) known.set(name, of(name));
    return known.get(name)!;
  };
}
