/** Counts the letters of a manuscript by code that shares nothing with the importer, so that each can prove the other. Pure. */
import { decode } from './decode.ts';
import { epubLetters } from './epub-letters.ts';
import { lettersOf } from './letters.ts';
import type { SourcePart } from './source-part.ts';
import { unzip } from './unzip.ts';
import { wordLetters } from './word-letters.ts';

/** The letters of a manuscript, part by part in reading order. Never throws for what is in the file. */
export function sourceLetters(bytes: Uint8Array): SourcePart[] {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return [{ name: '', letters: lettersOf(decode(bytes)) }];
  const archive = unzip(bytes);
  return archive.has('META-INF/container.xml') ? epubLetters(archive) : wordLetters(archive);
}
