import type { Block } from '../imported.ts';

/**
 * Joins the first letter of a chapter to its word, where it is printed in a block of its own: one that is marked as an initial,
 * or a single letter before a paragraph that goes on in lowercase. Pure.
 */
export function joinInitials<B extends Block & { isInitial?: boolean; ids: string[] }>(blocks: readonly B[]): B[] {
  const out: B[] = [];
  for (const block of blocks) {
    const initial = out.at(-1);
    const joins =
      initial !== undefined &&
      block.kind === 'text' &&
      isInitialLetter(initial) &&
      (initial.isInitial === true || /^\p{Ll}/u.test(block.text));
    if (!joins) out.push(block);
    else
      out[out.length - 1] = {
        ...block,
        text: initial.text + block.text,
        ids: [...initial.ids, ...block.ids],
        source: [...(initial.source ?? []), ...(block.source ?? [])],
      };
  }
  return out;
}

function isInitialLetter({ kind, text }: Block): boolean {
  return kind === 'text' && /^[“"‘«„‚»]?\p{Lu}$/u.test(text);
}
