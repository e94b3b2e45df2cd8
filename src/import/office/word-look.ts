import { headingShape } from '../headings/heading-forms.ts';
import { type Block, isSpoken } from '../imported.ts';
import { rolesOf } from '../text/text-headings.ts';
import type { LineRole, TextLine } from '../text/text-layout.ts';
import type { Look } from './look.ts';
import { headingsOfLooks, lookOfText } from './look-headings.ts';

/**
 * The headings of a document without heading styles: by the rules for text files, for which each paragraph is a line between blank
 * lines, and by how the paragraphs look; `listed`: lines of a table of contents.
 * `first`: a block that is known to begin a chapter. Pure.
 */
export function headingsByLook(
  blocks: readonly Block[],
  looks: ReadonlyMap<Block, Look> = new Map(),
  first?: Block,
): { blocks: Block[]; listed: Block[] } {
  const lines = blocks.flatMap(({ kind, text }): TextLine[] => [
    { ...NO_LINE, text: kind === 'scene' ? '***' : text.replace(/\s+/g, ' ') },
    NO_LINE,
  ]);
  const roles = rolesOf(lines).filter((_, index) => index % 2 === 0);
  const listed = blocks.filter((_, index) => roles[index]?.kind === 'contents');
  withLooks({ roles, blocks, looks, ...(first && { first: blocks.indexOf(first) }) });
  const found = blocks.flatMap((block, index): Block[] => {
    const role = roles[index]!;
    if (role.kind === 'contents') return [];
    if (role.kind === 'heading') return [{ ...block, kind: 'heading', level: role.level }];
    return [role.kind === 'title' ? { ...block, kind: 'heading', level: TITLE } : block];
  });
  return { blocks: found, listed };
}

/**
 * Adds headings that only their look shows. Where words show chapters, those are the chapters, and what looks as most of them do is
 * another; elsewhere looks decide.
 */
function withLooks(of: {
  roles: LineRole[];
  blocks: readonly Block[];
  looks: ReadonlyMap<Block, Look>;
  first?: number;
}): void {
  const { roles, blocks, looks } = of;
  const byLook = headingsOfLooks(blocks, looks, of.first);
  const isFree = (at: number): boolean => roles[at]!.kind === 'text';
  const byWords = [...roles.entries()].filter(([, role]) => role.kind === 'heading');
  const worded = byWords.filter(([at]) => headingShape(blocks[at]!.text) !== undefined);
  if (worded.length < 2) {
    // Lines in capitals, or one number, are less certain than a look that divides the text.
    if (byLook.size > 0) for (const [at] of byWords) roles[at] = { kind: 'text' };
    for (const [at, { level }] of byLook) if (isFree(at)) roles[at] = { kind: 'heading', level };
    return;
  }
  const levels = new Map<number, LineRole[]>();
  for (const [at, role] of worded) {
    const look = byLook.get(at)?.level;
    if (look !== undefined) levels.set(look, [...(levels.get(look) ?? []), role]);
  }
  for (const [at, { level }] of byLook) {
    const same = levels.get(level) ?? [];
    if (!isFree(at) || same.length < 2 || same.length < worded.length * 0.5) continue;
    const isBelow = at > 0 && roles[at - 1]!.kind === 'heading';
    roles[at] = isBelow ? { kind: 'title' } : same[0]!;
  }
}

/**
 * The title and the author before the first chapter: a few short lines, one of them "by …", or the first of them larger than the
 * text. Pure.
 */
export function titlePageOf(blocks: readonly Block[], looks: ReadonlyMap<Block, Look> = new Map()): Block[] {
  const first = blocks.findIndex(({ kind }) => kind === 'heading');
  const front = blocks.slice(0, Math.max(0, first)).filter(isSpoken);
  const areShort =
    front.length <= 6 && front.every(({ text }) => text.length <= 80 && !/[.!?。！？]["”’»]?$/u.test(text));
  if (front.length === 0 || !areShort) return [];
  if (front.some(({ text }) => AUTHOR.test(text))) return front;
  const size = looks.get(front[0]!)?.sizePoints ?? 0;
  return size > (lookOfText(blocks, looks).sizePoints ?? Number.POSITIVE_INFINITY) * 1.12 ? front : [];
}

const AUTHOR =
  /^(?:(?:[Ww]ritten )?[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Oo]leh|[Аа]втор:?) \p{Lu}|^作者\s*[:：]|\s著$/u;

const NO_LINE: TextLine = { text: '', indent: 0, start: 0, end: 0 };
/** A title below the number of its chapter. */
const TITLE = 4;
