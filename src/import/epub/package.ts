import type { BookFacts } from '../facts/facts.ts';
import type { ImportProblem } from '../imported.ts';
import { wholeXml } from '../markup/damage.ts';
import { resolveName } from '../markup/links.ts';
import { attribute, elementsOf, parseMarkup } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';
import { epubFacts } from './epub-facts.ts';

/** An EPUB's package document: EPUB 2 (OPF 2.0) or EPUB 3. */
export interface EpubPackage {
  facts: BookFacts;
  /** The manifest, by ID. */
  items: Map<string, PackageItem>;
  /** The reading order: IDs of items. */
  spine: { id: string; linear: boolean }[];
  /** The navigation document of EPUB 3, or the ncx of EPUB 2. */
  navPath?: string;
  ncxPath?: string;
  coverPath?: string;
  /** EPUB 2's guide: document → `cover`, `toc`, `title-page`, `text`, … */
  guide: Map<string, string>;
}

/** A file of the book. */
export interface PackageItem {
  id: string;
  path: string;
  type: string;
  properties: string[];
  /** ID of the item to use where this one cannot be; empty for none. */
  fallback: string;
  /** Whether its declared type is one of pages. */
  isPage: boolean;
}

const PAGE_TYPES = /xhtml|text\/html|dtbook|oeb1-document/;

/** Reads container.xml and the package document. Names are percent-decoded and resolved inside the archive. */
export function readPackage(archive: Archive): EpubPackage | { problem: ImportProblem } {
  const container = archive.text('META-INF/container.xml');
  const roots = container === undefined ? [] : [...elementsOf(parseMarkup(container), 'rootfile')];
  const opfPath = roots
    .map((root) => archive.find(attribute(root, 'full-path').trim()))
    .find((path) => path !== undefined);
  if (opfPath === undefined) {
    const message = 'This archive has no package document, so it is not an EPUB.';
    return { problem: { code: 'not-an-epub', message, fix: 'Export the book as EPUB again.' } };
  }
  const opf = parseMarkup(wholeXml(archive.text(opfPath) ?? '', opfPath));
  const resolve = (href: string): string => resolveName(opfPath, href);
  const items = [...elementsOf(opf, 'item', 'opf:item')].flatMap((item): PackageItem[] => {
    const of = (name: string): string => attribute(item, name).trim();
    if (of('href') === '') return [];
    const type = of('media-type');
    return [
      {
        id: of('id'),
        path: resolve(of('href')),
        type,
        properties: of('properties').split(/\s+/),
        fallback: of('fallback'),
        isPage: PAGE_TYPES.test(type),
      },
    ];
  });
  const byId = new Map(items.map((item) => [item.id, item]));
  const spine = [...elementsOf(opf, 'itemref', 'opf:itemref')].map((ref) => ({
    id: attribute(ref, 'idref').trim(),
    linear: attribute(ref, 'linear') !== 'no',
  }));
  const navPath = items.find(({ properties }) => properties.includes('nav'))?.path;
  const ncxPath = items.find(({ type }) => type === 'application/x-dtbncx+xml')?.path;
  const coverId = [...elementsOf(opf, 'meta', 'opf:meta')].find((meta) => attribute(meta, 'name') === 'cover');
  const cover =
    items.find(({ properties }) => properties.includes('cover-image')) ??
    (coverId &&
      (byId.get(attribute(coverId, 'content')) ??
        items.find(({ path }) => path === resolve(attribute(coverId, 'content')))));
  const guide = [...elementsOf(opf, 'reference', 'opf:reference')].map((reference): [string, string] => [
    resolve(attribute(reference, 'href')),
    attribute(reference, 'type').toLowerCase(),
  ]);
  return {
    facts: epubFacts(opf),
    items: byId,
    spine,
    guide: new Map(guide),
    ...(navPath !== undefined && { navPath }),
    ...(ncxPath !== undefined && { ncxPath }),
    ...(cover !== undefined && { coverPath: cover.path }),
  };
}
