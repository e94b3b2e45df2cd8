/** The parts of a Word document: which files of the archive hold its words. Pure. */

import { attribute, elementsOf, parseMarkup } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';

/** Names in the archive. */
export interface WordParts {
  /** The text: whatever the relationships of the archive name, usually `word/document.xml`. */
  main: string;
  styles: string | undefined;
  footnotes: string[];
  endnotes: string[];
  /** Comments, headers and footers, which are not part of the text. */
  others: { name: string; reason: string }[];
}

/** Finds the parts by their relationships (ECMA-376, part 2, clause 9); undefined when there is no text. */
export function wordPartsOf(archive: Archive): WordParts | undefined {
  const root = relationships(archive, '', '_rels/.rels');
  const main = root.find(({ kind }) => kind === 'officeDocument')?.name ?? 'word/document.xml';
  if (!archive.names.includes(main)) return undefined;
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const related = relationships(archive, folder, `${folder}_rels/${main.slice(folder.length)}.rels`);
  const all = (kind: string): string[] => [
    ...new Set(related.filter((one) => one.kind === kind && archive.names.includes(one.name)).map(({ name }) => name)),
  ];
  const styles = all('styles')[0] ?? 'word/styles.xml';
  /** Where no relationship names one, the name that Word gives it. */
  const notes = (kind: string): string[] => {
    const named = all(kind);
    return named.length === 0 && archive.names.includes(`word/${kind}.xml`) ? [`word/${kind}.xml`] : named;
  };
  return {
    main,
    styles: archive.names.includes(styles) ? styles : undefined,
    footnotes: notes('footnotes'),
    endnotes: notes('endnotes'),
    others: [
      ...all('comments').map((name) => ({ name, reason: 'comment' })),
      ...all('header').map((name) => ({ name, reason: 'header' })),
      ...all('footer').map((name) => ({ name, reason: 'footer' })),
    ],
  };
}

function relationships(archive: Archive, folder: string, list: string): { kind: string; name: string }[] {
  return [...elementsOf(parseMarkup(archive.text(list) ?? ''), 'relationship')].map((element) => {
    const target = attribute(element, 'target');
    return {
      kind: attribute(element, 'type').split('/').at(-1)!,
      name: target.startsWith('/') ? target.slice(1) : folder + target,
    };
  });
}
