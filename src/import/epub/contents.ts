import { fragmentOf, resolveName } from '../markup/links.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup, textOf } from '../markup/markup.ts';

/** An entry of a table of contents. */
export interface ContentsEntry {
  title: string;
  /** The document's name in the archive; empty for an entry without a link. */
  path: string;
  /** ID in that document; empty for its beginning. */
  fragment: string;
  children: ContentsEntry[];
}

/** Reads the table of contents and the landmarks (document → type) of an EPUB 3 navigation document. */
export function readNav(text: string, path: string): { contents: ContentsEntry[]; landmarks: Map<string, string> } {
  const navs = [...elementsOf(parseMarkup(text), 'nav')];
  const typed = (type: string): Element | undefined =>
    navs.find((nav) => attribute(nav, 'epub:type').split(/\s+/).includes(type));
  const toc = typed('toc') ?? navs[0];
  const landmarks = typed('landmarks');
  return {
    contents: toc ? listOf(toc, path) : [],
    landmarks: new Map(
      landmarks
        ? [...elementsOf(landmarks, 'a')]
            // A landmark inside a page says nothing about the whole page.
            .filter((link) => fragmentOf(attribute(link, 'href')) === '')
            .map((link): [string, string] => [
              resolveName(path, attribute(link, 'href')),
              attribute(link, 'epub:type').toLowerCase(),
            ])
        : [],
    ),
  };
}

function listOf(element: Element, path: string): ContentsEntry[] {
  const list = element.childNodes.find((child) => isElement(child, 'ol', 'ul')) as Element | undefined;
  if (!list) return element.tagName === 'nav' ? element.childNodes.flatMap((child) => nestedList(child, path)) : [];
  return list.childNodes.flatMap((item): ContentsEntry[] => {
    if (!isElement(item, 'li')) return [];
    const label = item.childNodes.find((child) => isElement(child, 'a', 'span')) as Element | undefined;
    const href = label ? attribute(label, 'href') : '';
    return [
      {
        title: label ? textOf(label) : '',
        path: href === '' ? '' : resolveName(path, href),
        fragment: fragmentOf(href),
        children: listOf(item, path),
      },
    ];
  });
}

function nestedList(node: Node, path: string): ContentsEntry[] {
  return isElement(node) ? listOf(node, path) : [];
}

/** Reads the table of contents of an EPUB 2. */
export function readNcx(text: string, path: string): ContentsEntry[] {
  const map = elementsOf(parseMarkup(text), 'navmap').next().value;
  return map ? pointsOf(map, path) : [];
}

function pointsOf(element: Element, path: string): ContentsEntry[] {
  return element.childNodes.flatMap((point): ContentsEntry[] => {
    if (!isElement(point, 'navpoint')) return [];
    const child = (name: string): Element | undefined =>
      point.childNodes.find((node) => isElement(node, name)) as Element | undefined;
    const label = child('navlabel');
    const content = child('content');
    const src = content ? attribute(content, 'src') : '';
    return [
      {
        title: label ? textOf(label) : '',
        path: src === '' ? '' : resolveName(path, src),
        fragment: fragmentOf(src),
        children: pointsOf(point, path),
      },
    ];
  });
}
