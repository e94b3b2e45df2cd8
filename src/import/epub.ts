import type { Archive } from './archive.ts';
import { chaptersOf, type SpineDocument } from './epub-chapters.ts';
import { type ContentsEntry, readNav, readNcx } from './epub-contents.ts';
import { coverOf } from './epub-cover.ts';
import { omissionReason } from './epub-matter.ts';
import { type EpubPackage, readPackage } from './epub-package.ts';
import type { ImportReading } from './imported.ts';
import { attribute, elementsOf, parseMarkup } from './markup.ts';
import { type OmittedKind, readXhtml } from './xhtml-text.ts';

/** Reads an EPUB 2 or 3. `keepMatter` keeps front and back matter (title page, dedication, index, …). */
export function readEpub(archive: Archive, { keepMatter = false } = {}): ImportReading {
  if (isProtected(archive)) {
    const message = 'This EPUB is protected by DRM: its text is encrypted.';
    return { problem: { code: 'drm', message, fix: 'Ask the publisher for a copy without protection.' } };
  }
  const opf = readPackage(archive);
  if ('problem' in opf) return opf;
  const { contents, types } = readContents(archive, opf);
  const notes: string[] = [];
  const omitted = new Map<OmittedKind, number>();
  const titles = titlesIn(contents);
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const documents = opf.spine.flatMap(({ path, linear }): SpineDocument[] => {
    if (path === opf.navPath) return [];
    // The format allows a page only once in the reading order (EPUB 3.3, 5.7.2).
    if (seen.has(path)) repeated.add(path);
    if (seen.has(path)) return [];
    seen.add(path);
    const text = archive.text(path);
    if (text === undefined) {
      notes.push(`The book lists "${path}", but the file is missing.`);
      return [];
    }
    const read = readXhtml(text);
    const title = titles.get(path) ?? read.blocks.find(({ kind }) => kind === 'heading')?.text ?? '';
    const why = linear
      ? omissionReason({ types: [...read.types, ...(types.get(path) ?? [])], title })
      : 'marked as outside the reading order';
    if (why !== undefined && !keepMatter) {
      notes.push(`Left out: "${title || path}" (${why}).`);
      return [];
    }
    for (const [kind, count] of read.omitted) omitted.set(kind, (omitted.get(kind) ?? 0) + count);
    return [{ path, blocks: read.blocks, types: read.types }];
  });
  for (const path of repeated) notes.push(`The book lists "${path}" several times; it is read once.`);
  const chapters = chaptersOf({ documents, contents });
  if (chapters.length === 0) {
    const message = 'This EPUB has no text to read aloud.';
    return {
      problem: { code: 'no-text', message, fix: 'If its pages are images, run text recognition (OCR) first.' },
    };
  }
  for (const [kind, count] of omitted) notes.push(`Left out: ${count} ${count === 1 ? kind : `${kind}s`}.`);
  const { title, author, language } = opf;
  const cover = coverOf(archive, opf.coverPath, notes);
  return {
    book: { title, ...(author && { author }), ...(language && { language }), ...(cover && { cover }), chapters, notes },
  };
}

/** Obfuscated fonts are common in free books; any other encryption is DRM. */
const FONT_ALGORITHMS = ['http://www.idpf.org/2008/embedding', 'http://ns.adobe.com/pdf/enc#RC'];

function isProtected(archive: Archive): boolean {
  const text = archive.text('META-INF/encryption.xml');
  if (text === undefined) return false;
  const data = [...elementsOf(parseMarkup(text), 'encrypteddata', 'enc:encrypteddata')];
  return data.some((element) => {
    const method = [...elementsOf(element, 'encryptionmethod', 'enc:encryptionmethod')][0];
    return !method || !FONT_ALGORITHMS.includes(attribute(method, 'algorithm'));
  });
}

function readContents(archive: Archive, opf: EpubPackage): { contents: ContentsEntry[]; types: Map<string, string[]> } {
  const types = new Map([...opf.guide].map(([path, type]) => [path, [type]]));
  const navText = opf.navPath === undefined ? undefined : archive.text(opf.navPath);
  const nav = navText === undefined ? undefined : readNav(navText, opf.navPath!);
  // The bodymatter landmark says where the body begins; its document is not the complete body.
  for (const [path, type] of nav?.landmarks ?? []) types.set(path, [...(types.get(path) ?? []), ...type.split(/\s+/)]);
  if (nav && nav.contents.length > 0) return { contents: nav.contents, types };
  const ncxText = opf.ncxPath === undefined ? undefined : archive.text(opf.ncxPath);
  return { contents: ncxText === undefined ? [] : readNcx(ncxText, opf.ncxPath!), types };
}

/** The first title of each document, from the entry that leads to its beginning. */
function titlesIn(contents: readonly ContentsEntry[], titles = new Map<string, string>()): Map<string, string> {
  for (const { path, fragment, title, children } of contents) {
    if (fragment === '' && !titles.has(path)) titles.set(path, title);
    titlesIn(children, titles);
  }
  return titles;
}
