import type { ImportReading, TextOptions } from '../imported.ts';
import { attribute, elementsOf, parseMarkup } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';
import { chaptersOf } from './chapters.ts';
import { type ContentsEntry, readNav, readNcx } from './contents.ts';
import { coverOf } from './cover.ts';
import { type EpubPackage, readPackage } from './package.ts';
import { pagesOf } from './pages.ts';
import { type Contents, readPages } from './reading.ts';

/** Reads an EPUB 2 or 3. */
export function readEpub(archive: Archive, options: TextOptions = {}): ImportReading {
  if (isProtected(archive)) {
    const message = 'This EPUB is protected by DRM: its text is encrypted.';
    return { problem: { code: 'drm', message, fix: 'Ask the publisher for a copy without protection.' } };
  }
  const opf = readPackage(archive);
  if ('problem' in opf) return opf;
  const contents = readContents(archive, opf);
  const listed = pagesOf(archive, opf);
  if ('problem' in listed) return listed;
  const { notes, pages } = listed;
  const read = readPages({ archive, pages, contents, options, book: opf.facts });
  const chapters = chaptersOf({ documents: read.documents, contents: contents.entries });
  if (chapters.length === 0) {
    const message = 'This EPUB has no text to read aloud.';
    const isLeftOut = read.omissions.some(({ page }) => page !== undefined);
    const fix = isLeftOut
      ? 'All of its pages look like front or back matter: keep them with --keep-matter.'
      : 'If its pages are images, run text recognition (OCR) first.';
    return { problem: { code: 'no-text', message, fix } };
  }
  const cover = coverOf(archive, opf.coverPath, notes);
  return {
    book: {
      ...opf.facts,
      ...(cover && { cover }),
      chapters,
      notes,
      omissions: [...listed.omissions, ...read.omissions],
    },
  };
}

/** Obfuscated fonts are common in free books; any other encryption of what has words is DRM. */
const FONT_ALGORITHMS = ['http://www.idpf.org/2008/embedding', 'http://ns.adobe.com/pdf/enc#RC'];

/** Names of what is never read. A drawing may be a page, and a style sheet hides text. */
const HAS_NO_WORDS = /\.(?:otf|ttf|ttc|woff2?|jpe?g|png|gif|webp|avif|mp[34]|m4[abv]|aac|og[gv]|opus|webm)$/i;

function isProtected(archive: Archive): boolean {
  const name = archive.find('META-INF/encryption.xml');
  const text = name === undefined ? undefined : archive.text(name);
  if (text === undefined) return false;
  const data = [...elementsOf(parseMarkup(text), 'encrypteddata', 'enc:encrypteddata')];
  return data.some((element) => {
    const uri = [...elementsOf(element, 'cipherreference', 'enc:cipherreference')][0];
    if (uri && HAS_NO_WORDS.test(attribute(uri, 'uri').trim())) return false;
    const method = [...elementsOf(element, 'encryptionmethod', 'enc:encryptionmethod')][0];
    return !method || !FONT_ALGORITHMS.includes(attribute(method, 'algorithm').trim());
  });
}

function readContents(archive: Archive, opf: EpubPackage): Contents {
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
  const entries =
    nav && nav.contents.length > 0 ? nav.contents : ncxText === undefined ? [] : readNcx(ncxText, opf.ncxPath!);
  return { entries: withRealPaths(entries, real), types, navPath: opf.navPath && real(opf.navPath) };
}

function withRealPaths(contents: readonly ContentsEntry[], real: (path: string) => string): ContentsEntry[] {
  return contents.map((entry) => ({
    ...entry,
    path: entry.path === '' ? '' : real(entry.path),
    children: withRealPaths(entry.children, real),
  }));
}
