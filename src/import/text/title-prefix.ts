/** Headings that begin with the title of the book: "The Sea - Chapter 1". Pure. */
import { headingShape } from '../headings/heading-forms.ts';
import { isBlank, type TextLine } from './text-layout.ts';

const LONGEST_LINE = 120;
const DIVIDED = /^(\S.{0,60}?)(?:\s+[-–—|·]\s+|:\s+|\s+(?=第))(\S.*)$/u;

/** The words of such headings without the title, by the index of their line: two or more with one title, each alone or above its text. */
export function chaptersBehindTitle(lines: readonly TextLine[]): Map<number, string> {
  const byTitle = new Map<string, [at: number, words: string][]>();
  for (const [at, { text }] of lines.entries()) {
    if (text.length > LONGEST_LINE || !isBlank(lines[at - 1])) continue;
    const [, title = '', words = ''] = DIVIDED.exec(text) ?? [];
    if (title === '' || headingShape(text) !== undefined) continue;
    const shape = headingShape(words);
    if (shape?.kind === 'chapter' && shape.isStrict) byTitle.set(title, [...(byTitle.get(title) ?? []), [at, words]]);
  }
  return new Map([...byTitle.values()].filter((found) => found.length > 1).flat());
}
