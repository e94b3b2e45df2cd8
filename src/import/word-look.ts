import type { Block } from './imported.ts';
import { rolesOf } from './text-headings.ts';
import type { TextLine } from './text-layout.ts';

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

const NO_LINE: TextLine = { text: '', indent: 0, start: 0, end: 0 };
/** A title below the number of its chapter. */
const TITLE = 4;
