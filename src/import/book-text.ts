import type { CastPart } from '../script/cast.ts';
import type { Block } from './imported.ts';

/**
 * Writes paragraphs as a chapter's text: a blank line between two, `***` for a scene break, and every bracket escaped, so
 * that nothing the book prints is taken for a tag. What can not be spoken (control characters, endless rows of signs) is
 * dropped or shortened. With `castOf`, each paragraph is parted into what its speakers say, with their tags.
 */
export function chapterText(blocks: readonly Block[], castOf?: (paragraph: string) => readonly CastPart[]): string {
  const paragraphs = blocks.flatMap((block) => {
    if (block.kind === 'scene') return ['***'];
    const text = clean(block.text);
    if (!castOf || block.kind === 'heading') return [escaped(text)];
    return castOf(text).map((part) => `${tagOf(part)}${escaped(part.text)}`);
  });
  return `${withoutIdleScenes(paragraphs).join('\n\n')}\n`;
}

/** `[?]` is the mark to review: the narrator reads it until somebody puts a name there. */
function tagOf({ character, review }: CastPart): string {
  if (character !== undefined) return `[${character}] `;
  return review ? '[?] ' : '';
}

/** A paragraph without what no text file should have: control characters, invisible joiners, halves of characters. */
export function clean(text: string): string {
  return (
    text
      .replace(/[\p{Cs}\u00ad\u200b\u2060\ufeff]|[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/gu, '')
      // Dot leaders of a printed table, a row of dashes for a signature.
      .replace(/([^\p{L}\p{N}\s])(?:\s?\1){29,}/gu, '$1$1$1')
      .replace(/[^\p{L}\p{N}]{150,}/gu, ' ')
      .trim()
  );
}

function escaped(text: string): string {
  return text.replace(/(?<!\\)[[【［]/g, '\\$&');
}

/** A scene break at the start, at the end, or twice changes nothing that is heard. */
function withoutIdleScenes(paragraphs: readonly string[]): string[] {
  const filled = paragraphs.filter((paragraph) => paragraph !== '');
  return filled.filter((paragraph, index) => {
    if (paragraph !== '***') return true;
    return index > 0 && filled[index - 1] !== '***' && filled.slice(index + 1).some((later) => later !== '***');
  });
}
