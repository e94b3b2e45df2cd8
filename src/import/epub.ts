import type { Archive } from './archive.ts';
import { chaptersOf, type SpineDocument } from './epub-chapters.ts';
import { type ContentsEntry, readNav, readNcx } from './epub-contents.ts';
import { coverOf } from './epub-cover.ts';
import { omissionReason } from './epub-matter.ts';
import { type EpubPackage, readPackage } from './epub-package.ts';
import { NOT_LISTED, pagesOf } from './epub-pages.ts';
import { type ImportReading, isSpoken } from './imported.ts';
import { attribute, elementsOf, parseMarkup } from './markup.ts';
import { type Omission, sampleOf } from './tape.ts';
import { readXhtml, type XhtmlText } from './xhtml-text.ts';

/** Reads an EPUB 2 or 3. `keepMatter` keeps front and back matter (title page, dedication, index, …). */
export function readEpub(archive: Archive, { keepMatter = false }: { keepMatter?: boolean } = {}): ImportReading {
  if (isProtected(archive)) {
    const message = 'This EPUB is protected by DRM: its text is encrypted.';
    return { problem: { code: 'drm', message, fix: 'Ask the publisher for a copy without protection.' } };
  }
  const opf = readPackage(archive);
  if ('problem' in opf) return opf;
  const { contents, types } = readContents(archive, opf);
  const listed = pagesOf(archive, opf);
  if ('problem' in listed) return listed;
  const { notes, omissions } = listed;
  const titles = titlesIn(contents);
  const navPath = opf.navPath === undefined ? undefined : archive.find(opf.navPath);
  const isContents = (path: string, { blocks }: XhtmlText): boolean =>
    path === navPath && !blocks.some((block) => block.kind === 'text' && isSpoken(block));
  const documents: SpineDocument[] = [];
  for (const { path, text, outside } of listed.pages) {
    const read = readXhtml(text, { path, keepMatter });
    const title = titles.get(path) ?? read.blocks.find(({ kind }) => kind === 'heading')?.text ?? '';
    const why =
      outside ??
      (isContents(path, read) ? 'table of contents' : undefined) ??
      omissionReason({ types: [...read.types, ...(types.get(path) ?? [])], title });
    const isKept = keepMatter && outside !== NOT_LISTED;
    if (why !== undefined && !isKept) omissions.push(wholePage({ path, read, title, why }));
    else {
      for (const omission of read.omissions) omissions.push(omission);
      documents.push({ path, ...read });
    }
  }
  const chapters = chaptersOf({ documents, contents });
  if (chapters.length === 0) {
    const message = 'This EPUB has no text to read aloud.';
    return {
      problem: { code: 'no-text', message, fix: 'If its pages are images, run text recognition (OCR) first.' },
    };
  }
  const { title, author, language } = opf;
  const cover = coverOf(archive, opf.coverPath, notes);
  return {
    book: {
      title,
      ...(author && { author }),
      ...(language && { language }),
      ...(cover && { cover }),
      chapters,
      notes,
      omissions,
    },
  };
}

function wholePage(of: { path: string; read: XhtmlText; title: string; why: string }): Omission {
  const { path, read, title, why } = of;
  const sample = sampleOf(read.blocks.find(isSpoken)?.text ?? '');
  return { part: path, start: 0, end: read.letters, reason: why, where: path, sample, page: title || path };
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
  const real = (path: string): string => archive.find(path) ?? path;
  const types = new Map([...opf.guide].map(([path, type]) => [real(path), [type]]));
  const text = (path: string | undefined): string | undefined => {
    const name = path === undefined ? undefined : archive.find(path);
    return name === undefined ? undefined : archive.text(name);
  };
  const navText = text(opf.navPath);
  const nav = navText === undefined ? undefined : readNav(navText, opf.navPath!);
  // The bodymatter landmark says where the body begins; its document is not the complete body.
  for (const [path, type] of nav?.landmarks ?? [])
    types.set(real(path), [...(types.get(real(path)) ?? []), ...type.split(/\s+/)]);
  const ncxText = text(opf.ncxPath);
  const contents =
    nav && nav.contents.length > 0 ? nav.contents : ncxText === undefined ? [] : readNcx(ncxText, opf.ncxPath!);
  return { contents: withRealPaths(contents, real), types };
}

function withRealPaths(contents: readonly ContentsEntry[], real: (path: string) => string): ContentsEntry[] {
  return contents.map((entry) => ({
    ...entry,
    path: entry.path === '' ? '' : real(entry.path),
    children: withRealPaths(entry.children, real),
  }));
}

/** The first title of each document, from the entry that leads to its beginning. */
function titlesIn(contents: readonly ContentsEntry[], titles = new Map<string, string>()): Map<string, string> {
  for (const { path, fragment, title, children } of contents) {
    if (fragment === '' && !titles.has(path)) titles.set(path, title);
    titlesIn(children, titles);
  }
  return titles;
}
