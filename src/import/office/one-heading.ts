/** Documents with one heading or none: most of their chapters can only be seen. Pure. */
import { type Block, isSpoken } from '../imported.ts';
import type { Look } from './look.ts';
import { headingsByLook, titlePageOf } from './word-look.ts';

type Looks = ReadonlyMap<Block, Look> | undefined;

/** The blocks with their headings. `listed`: lines of a table of contents. `looks`: those of these blocks. */
export interface ShownHeadings {
  blocks: readonly Block[];
  listed: readonly Block[];
  looks: Looks;
}

/** Whether the headings of a document are its chapters without a look at the rest: then nobody needs its looks. */
export function hasSeveralHeadings(blocks: readonly Block[]): boolean {
  return blocks.filter(({ kind }) => kind === 'heading').length > 1;
}

/**
 * The headings of a document: its own, if there are several. Otherwise those that words and looks show, if two or more do: one
 * heading alone is the book's title, or the only chapter whose author used the style.
 */
export function headingsShown(blocks: readonly Block[], looks: Looks): ShownHeadings {
  if (hasSeveralHeadings(blocks)) return { blocks, listed: [], looks };
  const only = blocks.find(({ kind }) => kind === 'heading');
  if (only === undefined) return { ...headingsByLook(blocks, looks), looks };
  const { level: _level, ...rest } = only;
  const plain: Block = { ...rest, kind: 'text' };
  const look = looks?.get(only);
  const looksOfAll = look === undefined ? looks : new Map([...(looks ?? []), [plain, look] as const]);
  const shown = headingsByLook(
    blocks.map((block) => (block === only ? plain : block)),
    looksOfAll,
    plain,
  );
  const others = shown.blocks.filter(({ kind, text }) => kind === 'heading' && text !== only.text);
  if (others.length < 2) return { blocks, listed: [], looks: undefined };
  return {
    ...withOnly({ blocks: shown.blocks, plain, level: usualLevel(others), looks: looksOfAll }),
    listed: shown.listed,
  };
}

/** Gives the one heading its place among the others: on the title page, above them, or as one of them. */
function withOnly(of: {
  blocks: readonly Block[];
  plain: Block;
  level: number;
  looks: Looks;
}): Omit<ShownHeadings, 'listed'> {
  const { blocks, plain, level, looks } = of;
  const at = blocks.indexOf(plain);
  // Words or its look showed it, too.
  if (at < 0 || titlePageOf(blocks, looks).includes(plain)) return { blocks, looks };
  const isAbove = blocks.slice(at + 1).find(isSpoken)?.kind === 'heading';
  const placed = blocks.map((block): Block => {
    if (block === plain) return { ...block, kind: 'heading', level: isAbove ? 1 : level };
    return isAbove && block.kind === 'heading' ? { ...block, level: block.level! + 1 } : block;
  });
  return { blocks: placed, looks };
}

/** The level that most have; of two, the upper one. */
function usualLevel(headings: readonly Block[]): number {
  const counts = new Map<number, number>();
  for (const { level = 1 } of headings) counts.set(level, (counts.get(level) ?? 0) + 1);
  return [...counts].sort(([a, many], [b, more]) => more - many || a - b)[0]![0];
}
