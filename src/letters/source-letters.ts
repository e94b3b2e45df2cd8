/** Counts the letters of a manuscript by code that shares nothing with the importer, so that each can prove the other. Pure. */
import { decode } from './decode.ts';
import { epubLetters } from './epub-letters.ts';
import { lettersOf } from './letters.ts';
import { odtLetters } from './odt-letters.ts';
import { pageLetters } from './page-letters.ts';
import type { SourcePart } from './source-part.ts';
import { unzip } from './unzip.ts';
import { wordLetters } from './word-letters.ts';

/**
 * The letters of a manuscript, part by part in reading order. Never throws for what is in the file. `name` of the file decides
 * only whether a piece of HTML is a page, or part of a Markdown text.
 */
export function sourceLetters(bytes: Uint8Array, name = ''): SourcePart[] {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return [{ name: '', letters: textLetters(decode(bytes), name) }];
  const archive = unzip(bytes);
  if (archive.has('META-INF/container.xml')) return epubLetters(archive);
  const word = wordLetters(archive);
  return word.length > 0 || !archive.has('content.xml') ? word : odtLetters(archive);
}

/** A web page has the letters between its tags; any other text has all of its letters, whatever they are for. */
function textLetters(text: string, name: string): string {
  const bare = text.replace(/^(?:\s|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)+/, '');
  const isPage = /^<(?:html[\s>]|!doctype\s+html)/i.test(bare.replace(/^<!doctype(?!\s+html)[^>]*>\s*/i, ''));
  const isPiece =
    !/\.(?:md|markdown)$/i.test(name) &&
    /^<(?:p|div|h[1-6]|body|head|header|nav|section|article|main|center|blockquote|table|ul|ol|dl|pre|figure|form|meta|title|link|script|style|font)[\s>/]/i.test(
      bare,
    ) &&
    /<\/(?:p|div|h[1-6]|body|section|table|ul|ol|title)\s*>|<br\s*\/?>/i.test(text);
  return isPage || isPiece ? pageLetters(text) : lettersOf(text);
}
