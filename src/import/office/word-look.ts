import { type Block, isSpoken } from '../imported.ts';
import { rolesOf } from '../text/text-headings.ts';
import type { TextLine } from '../text/text-layout.ts';

/**
 * The headings of a Word document without heading styles, by the rules for text files; `listed`: lines of a table of contents.
 * Each paragraph counts as a line between blank lines. Pure.
 */
export function headingsByLook(blocks: readonly Block[]): { blocks: Block[]; listed: Block[] } {
  const lines = blocks.flatMap(({ kind, text }): TextLine[] => [
    { ...NO_LINE, text: kind === 'scene' ? '***' : text.replace(/\s+/g, ' ') },
    NO_LINE,
  ]);
  const roles = rolesOf(lines).filter((_, index) => index % 2 === 0);
  const listed = blocks.filter((_, index) => roles[index]?.kind === 'contents');
  const found = blocks.flatMap((block, index): Block[] => {
    const role = roles[index]!;
    if (role.kind === 'contents') return [];
    if (role.kind === 'heading') return [{ ...block, kind: 'heading', level: role.level }];
    return [role.kind === 'title' ? { ...block, kind: 'heading', level: TITLE } : block];
  });
  return { blocks: found, listed };
}

/** The title and the author before the first chapter: a few short lines, one of them "by …". Pure. */
export function titlePageOf(blocks: readonly Block[]): Block[] {
  const first = blocks.findIndex(({ kind }) => kind === 'heading');
  const front = blocks.slice(0, Math.max(0, first)).filter(isSpoken);
  const areShort =
    front.length <= 6 && front.every(({ text }) => text.length <= 80 && !/[.!?。！？]["”’»]?$/u.test(text));
  return areShort && front.some(({ text }) => AUTHOR.test(text)) ? front : [];
}

const AUTHOR =
  /^(?:(?:[Ww]ritten )?[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Oo]leh|[Аа]втор:?) \p{Lu}|^作者\s*[:：]|\s著$/u;

const NO_LINE: TextLine = { text: '', indent: 0, start: 0, end: 0 };
/** A title below the number of its chapter. */
const TITLE = 4;
