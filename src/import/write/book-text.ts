import type { CastPart } from '../../script/speakers/cast.ts';
import type { Block } from '../imported.ts';

/**
 * Writes paragraphs as a chapter's text: blank lines between them, `***` for a scene break, and every bracket escaped so that
 * no printed text becomes a tag. Drops or shortens what cannot be spoken (control characters, long runs of symbols). With
 * `castOf`, splits each paragraph by speaker and adds tags.
 */
export function chapterText(blocks: readonly Block[], castOf?: (block: Block) => readonly CastPart[]): string {
  const paragraphs = blocks.flatMap((block) => {
    if (block.kind === 'scene') return ['***'];
    if (block.speaker !== undefined || block.isOpen)
      return [`${tagOf({ character: block.speaker, review: block.isOpen === true })}${escaped(clean(block.text))}`];
    if (!castOf || block.kind === 'heading') return [escaped(clean(block.text))];
    return castOf(block).map((part) => `${tagOf(part)}${escaped(part.text)}${part.joinsNext ? ` ${JOIN}` : ''}`);
  });
  return `${withoutRedundantScenes(paragraphs).join('\n\n')}\n`;
}

/** Where a sentence goes on with another speaker, a paragraph's pause would divide it. */
export const JOIN = '[pause 0.15s]';

/** `[?]` marks a part for review: the narrator reads it until the editor writes a name there. */
function tagOf({ character, review }: Omit<CastPart, 'text'>): string {
  if (character !== undefined) return `[${character}] `;
  return review ? '[?] ' : '';
}

/** A paragraph without control characters, invisible joiners and lone surrogates. */
export function clean(text: string): string {
  if (isClean(text)) return text.trim();
  return (
    text
      .replace(/[\p{Cs}\u00ad\u200b\u2060\ufeff]|[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/gu, '')
      // Dot leaders of a printed table, or a row of dashes for a signature.
      .replace(/([^\p{L}\p{N}\s])(?:\s?\1){29,}/gu, '$1$1$1')
      .replace(/[^\p{L}\p{N}]{150,}/gu, ' ')
      .trim()
  );
}

/** Letters of Latin, Greek and Cyrillic, and the punctuation of print, never many signs in a row: nearly every paragraph, and quickly known. */
function isClean(text: string): boolean {
  let signs = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isLetter(code)) signs = 0;
    else if (++signs >= FEWEST_REPEATED || !isSign(code)) return false;
  }
  return true;
}

/** A sign that is repeated less often stays as it is. */
const FEWEST_REPEATED = 30;

function isLetter(code: number): boolean {
  if (code < 0x80) return ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || (code >= 0x30 && code <= 0x39);
  return (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7) || (code >= 0x400 && code <= 0x481);
}

function isSign(code: number): boolean {
  if (code < 0x80) return (code >= 0x20 && code !== 0x7f) || (code >= 0x9 && code <= 0xd);
  return (code >= 0x2010 && code <= 0x2027) || code === 0xa0 || code === 0xab || code === 0xbb;
}

function escaped(text: string): string {
  if (!/[[【［]/.test(text)) return text;
  return text.replace(/(?<!\\)[[【［]/g, '\\$&');
}

/** Removes scene breaks at the start, at the end, and repeated ones, which are inaudible. */
function withoutRedundantScenes(paragraphs: readonly string[]): string[] {
  const filled = paragraphs.filter((paragraph) => paragraph !== '');
  const lastText = filled.findLastIndex((paragraph) => paragraph !== '***');
  return filled.filter((paragraph, index) => {
    if (paragraph !== '***') return true;
    return index > 0 && filled[index - 1] !== '***' && index < lastText;
  });
}
