import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import { type ManifestReading, parseManifest } from '../../src/manifest/parse.ts';
import { alsoInChinese } from './messages-in-chinese.ts';

/** Parses a manifest that is written in the test, as the file `book.yaml`. */
export function read(text: string | Uint8Array): ManifestReading {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return alsoInChinese(parseManifest({ file: 'book.yaml', bytes }));
}

/** What the author would see of it. */
export function printed(text: string | Uint8Array): string {
  const { diagnostics, text: source } = read(text);
  return formatDiagnostics({ diagnostics, sources: new Map([['book.yaml', source ?? '']]), color: false });
}

/** Codes of everything that was found, in the order of the file. */
export function codes(text: string | Uint8Array): string[] {
  return read(text).diagnostics.map(({ code }) => code);
}

/** The smallest good manifest, with some of its lines replaced. */
export function manifestWith(parts: Partial<Record<'book' | 'characters' | 'chapters' | 'rest', string>> = {}): string {
  return [
    `book: ${parts.book ?? '{title: T}'}`,
    `characters: ${parts.characters ?? '{narrator: {sample: a.wav}}'}`,
    `chapters: ${parts.chapters ?? '[{title: One, file: 1.txt}]'}`,
    parts.rest ?? '',
  ].join('\n');
}
