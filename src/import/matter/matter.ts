/** Front and back matter of a manuscript that is one long text, such as a text or Markdown file: known by title or by look. Pure. */

import { headingShape } from '../headings/heading-forms.ts';
import type { ImportedChapter } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import type { Omission } from '../tape.ts';
import { matterByLook } from './matter-by-look.ts';
import { isExcerptTitle, omissionReason } from './matter-types.ts';

/** More chapters than that are no excerpt. */
const MOST_OF_EXCERPT = 3;

/**
 * The chapters without those that are front or back matter, and what was left out with them. If nothing would be left, all are
 * kept.
 */
export function withoutMatter(of: {
  chapters: readonly ImportedChapter[];
  omissions: readonly Omission[];
  title: string;
  author?: string | undefined;
  keepMatter: boolean;
}): { chapters: ImportedChapter[]; omissions: Omission[] } {
  const { chapters } = of;
  const all = { chapters: [...chapters], omissions: [...of.omissions] };
  if (of.keepMatter || chapters.length < 2) return all;
  const reasons = chapters.map((chapter, index) => reasonFor(chapter, { ...of, isFirst: index === 0 }));
  const excerpt = chapters.findIndex(({ title }, index) => reasons[index] !== undefined && isExcerptTitle(title));
  if (excerpt > 0 && chapters.length - excerpt - 1 <= MOST_OF_EXCERPT)
    for (let index = excerpt + 1; index < chapters.length; index++)
      reasons[index] ??= 'of an excerpt from another book';
  const kept = chapters.filter((_, index) => reasons[index] === undefined);
  if (kept.length === 0) return all;
  let omissions = all.omissions;
  for (const [index, chapter] of chapters.entries()) {
    const reason = reasons[index];
    if (reason !== undefined) omissions = leaveOutChapter(omissions, chapter, reason);
  }
  return { chapters: kept, omissions };
}

function reasonFor(
  { title, blocks }: ImportedChapter,
  book: { title: string; author?: string | undefined; isFirst: boolean },
): string | undefined {
  const kind = headingShape(title)?.kind;
  if (kind !== undefined && kind !== 'number') return undefined;
  // A title page has no title of its own.
  const isUntitled = title === 'Beginning' && blocks.every((block) => block.kind !== 'heading');
  const isFirst = book.isFirst && (title === 'Beginning' || fold(title) === fold(book.title));
  return omissionReason({ types: [], title }) ?? matterByLook({ ...book, isFirst, isUntitled, blocks, linkShare: 0 });
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The whole chapter as one thing, under its title; what moved into it, such as notes, by itself. */
function leaveOutChapter(
  omissions: readonly Omission[],
  { title, blocks }: ImportedChapter,
  reason: string,
): Omission[] {
  const all = leaveOutBlocks(omissions, blocks, { reason });
  const spans = blocks.filter(({ isMoved }) => !isMoved).flatMap(({ source = [] }) => source);
  const [first, last] = [spans[0], spans.at(-1)];
  if (first === undefined || last === undefined || spans.some(({ part }) => part !== first.part)) return all;
  const isInside = (one: Omission): boolean =>
    one.part === first.part && one.end > one.start && one.start >= first.start && one.end <= last.end;
  const inside = all.filter(isInside);
  const { where, sample } = inside.find((one) => one.reason === reason) ?? inside[0] ?? { where: '', sample: '' };
  const whole = { part: first.part, start: first.start, end: last.end, reason, where, sample, page: title };
  return [...all.filter((one) => !isInside(one)), whole];
}
