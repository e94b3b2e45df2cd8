import { decode } from './decode.ts';
import { pageLetters } from './page-letters.ts';
import type { SourcePart } from './source-part.ts';
import { readTokens } from './tokens.ts';
import type { Unpacked } from './unzip.ts';

/** An entry of the manifest of the package. */
interface Item {
  path: string;
  type: string;
  fallback: string;
  isNav: boolean;
}

/**
 * The letters of an EPUB: the pages of the reading order, each once (for a foreign one its fallback), then the pages that
 * the package lists but that are in no order. A file without markup has no text. Pure.
 */
export function epubLetters(archive: Unpacked): SourcePart[] {
  const opf = packagePath(archive);
  const { items, order } = readPackage(opf === undefined ? '' : textOf(archive, opf), opf ?? '');
  const find = finder(archive);
  const names = new Set<string>();
  const add = (item: Item | undefined, seen = new Set<Item>()): void => {
    if (item === undefined || seen.has(item)) return;
    const name = find(item.path);
    if (name !== undefined && isMarkup(textOf(archive, name))) names.add(name);
    else add(items.get(item.fallback), seen.add(item));
  };
  for (const id of order) add(items.get(id));
  for (const item of items.values()) {
    const isPage = /xhtml|text\/html|dtbook|oeb1-document/.test(item.type);
    if (isPage && !item.isNav) add({ ...item, fallback: '' });
  }
  return [...names].map((name) => ({ name, letters: pageLetters(textOf(archive, name)) }));
}

function textOf(archive: Unpacked, name: string): string {
  const bytes = archive.get(name);
  return bytes === undefined ? '' : decode(bytes);
}

function packagePath(archive: Unpacked): string | undefined {
  let path: string | undefined;
  const find = finder(archive);
  readTokens(textOf(archive, 'META-INF/container.xml'), {
    open(tag, attributes) {
      const named = attributes.get('full-path');
      if (/(?:^|:)rootfile$/.test(tag) && named !== undefined) path ??= find(named.trim());
    },
    close() {},
    text() {},
  });
  return path;
}

function readPackage(xml: string, opf: string): { items: Map<string, Item>; order: string[] } {
  const items = new Map<string, Item>();
  const order: string[] = [];
  readTokens(xml, {
    open(tag, attributes) {
      const of = (name: string): string => (attributes.get(name) ?? '').trim();
      if (/(?:^|:)itemref$/.test(tag)) order.push(of('idref'));
      else if (/(?:^|:)item$/.test(tag) && of('href') !== '')
        items.set(of('id'), {
          path: resolve(opf, of('href')),
          type: of('media-type'),
          fallback: of('fallback'),
          isNav: of('properties').split(/\s+/).includes('nav'),
        });
    },
    close() {},
    text() {},
  });
  return { items, order };
}

function resolve(from: string, href: string): string {
  let path = href.split('#')[0]!;
  try {
    path = decodeURIComponent(path);
  } catch {
    // As it is written.
  }
  const out = path.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const step of path.split('/')) {
    if (step === '..') out.pop();
    else if (step !== '' && step !== '.') out.push(step);
  }
  return out.join('/');
}

/** A name as it is, or else the one that differs in case or in its Unicode form alone. */
function finder(archive: Unpacked): (path: string) => string | undefined {
  const fold = (name: string): string => name.normalize('NFKC').toLowerCase().split('\\').join('/');
  let folded: Map<string, string> | undefined;
  return (path) => {
    if (archive.has(path)) return path;
    const keys = (name: string): string[] => [fold(name), fold(Buffer.from(name, 'latin1').toString('utf8'))];
    // A name that is written as in a link counts after all others.
    const names = [...archive.keys()].reverse();
    const links = names.filter((name) => name.includes('%'));
    folded ??= new Map([
      ...links.map((name): [string, string] => [fold(plainName(name)), name]),
      ...names.flatMap((name) => keys(name).map((key): [string, string] => [key, name])),
    ]);
    return folded.get(fold(path));
  };
}

function plainName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Whether a file begins as markup does: whatever its name or its declared type is. */
function isMarkup(text: string): boolean {
  return /^[\s\ufeff]*</.test(text) && !text.slice(0, 1000).includes('\0');
}
