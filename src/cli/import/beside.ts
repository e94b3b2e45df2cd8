/** An import beside a book that is there already: what differs, in lines. */
import type { ChapterChange } from '../../import/write/chapter-changes.ts';
import { counted, plain } from '../screen/format.ts';

/** One line for each chapter that differs, and what stayed. */
export function besideLines(place: { folder: string; besideOf: string }, changes: readonly ChapterChange[]): string[] {
  const same = changes.filter(({ kind }) => kind === 'same').length;
  return [
    `"${plain(place.besideOf)}" has a book and stays as it is. This import is beside it, in "${plain(place.folder)}":`,
    ...(same > 0 ? [`  ${counted(same, 'chapter')} unchanged`] : []),
    ...changes.filter(({ kind }) => kind !== 'same').map((change) => `  ${plain(change.file)}: ${changeText(change)}`),
  ];
}

function changeText({ kind, was, added = 0, removed = 0, line = 1 }: ChapterChange): string {
  if (kind === 'new') return 'only in the new import';
  if (kind === 'gone') return 'only in the old folder';
  const name = was === undefined ? '' : ` (there ${plain(was)})`;
  if (added + removed === 0)
    return `the same paragraphs, in another order or with other spaces, from line ${line}${name}`;
  return `${counted(added, 'paragraph')} only here, ${removed} only in the old folder, from line ${line} there${name}`;
}
