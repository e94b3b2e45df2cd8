/** The pages of an EPUB in the order in which they are accounted for. Pure. */

import type { ImportProblem } from '../imported.ts';
import { binaryKindOf, isMarkup, notationOf } from '../sniff.ts';
import type { Omission } from '../tape.ts';
import type { Archive } from '../zip/archive.ts';
import type { EpubPackage, PackageItem } from './package.ts';

/** A page of a book. */
export interface EpubPage {
  /** Its name in the archive. */
  path: string;
  text: string;
  /** Why it is not read; undefined for a page of the reading order. */
  outside?: string;
}

/** Why a page is left out that the package lists, but that is in no order: nobody can say where it belongs. */
export const NOT_LISTED = 'not in the reading order';

/**
 * The pages of the reading order, then those that the package lists outside of it. A file that is no page by what is in it
 * is never read: its fallback is, if it has one. A page that is missing is a problem: a chapter would be lost.
 */
export function pagesOf(
  archive: Archive,
  opf: EpubPackage,
): { pages: EpubPage[]; omissions: Omission[]; notes: string[] } | { problem: ImportProblem } {
  const pages = new Map<string, EpubPage>();
  const omissions: Omission[] = [];
  const repeated = new Set<string>();
  for (const { id, linear } of opf.spine) {
    const item = opf.items.get(id);
    const name = item && archive.find(item.path);
    if (item === undefined || name === undefined) return missing(item?.path ?? id);
    const page = pageFor({ archive, opf, item });
    if (page?.path !== name) omissions.push(noPage(archive, name));
    // The format allows a page only once in the reading order (EPUB 3.3, 5.7.2).
    else if (pages.has(name)) repeated.add(name);
    if (page && !pages.has(page.path))
      pages.set(page.path, linear ? page : { ...page, outside: 'marked as outside the reading order' });
  }
  for (const item of opf.items.values()) {
    const page = item.isPage && !item.properties.includes('nav') ? pageIn(archive, item.path) : undefined;
    if (page && !pages.has(page.path)) pages.set(page.path, { ...page, outside: NOT_LISTED });
  }
  const notes = [...repeated].map((path) => `The book lists "${path}" several times; it is read once.`);
  return { pages: [...pages.values()], omissions, notes };
}

function missing(path: string): { problem: ImportProblem } {
  const message = `The reading order lists "${path}", but this file is missing: a chapter would be lost.`;
  return { problem: { code: 'page-missing', message, fix: 'Ask for a complete copy, or export the book again.' } };
}

/** The page itself, or the first of its fallbacks that is one. */
function pageFor(of: { archive: Archive; opf: EpubPackage; item: PackageItem }): EpubPage | undefined {
  const seen = new Set<PackageItem>();
  for (let item: PackageItem | undefined = of.item; item && !seen.has(item); item = of.opf.items.get(item.fallback)) {
    const page = pageIn(of.archive, item.path);
    if (page) return page;
    seen.add(item);
  }
  return undefined;
}

function pageIn(archive: Archive, path: string): EpubPage | undefined {
  const name = archive.find(path);
  const bytes = name === undefined ? undefined : archive.bytes(name);
  if (bytes === undefined || binaryKindOf(bytes) !== undefined) return undefined;
  const text = archive.text(name!)!;
  return isMarkup(text) ? { path: name!, text } : undefined;
}

function noPage(archive: Archive, path: string): Omission {
  const bytes = archive.bytes(path) ?? new Uint8Array();
  const sample = binaryKindOf(bytes) ?? notationOf(new TextDecoder().decode(bytes)) ?? 'no markup';
  return { part: path, start: 0, end: 0, reason: 'file without text in the reading order', where: path, sample };
}
