/** A change of a text as a unified difference, as `diff -u` prints it. Pure. */
import { edited, type TextEdit } from '../../script/lines/edit-line.ts';

const CONTEXT_LINES = 3;

/** The difference with three lines around it. */
export function differenceOf({ name, text, edit }: { name: string; text: string; edit: TextEdit }): string {
  const [before, after] = [text, edited(text, edit)].map((one) => one.split(/\r\n|\n|\r/)) as [string[], string[]];
  let first = 0;
  while (first < Math.min(before.length, after.length) && before[first] === after[first]) first++;
  if (first === before.length && first === after.length) return '';
  let same = 0;
  while (
    same < Math.min(before.length, after.length) - first &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  )
    same++;
  const from = Math.max(0, first - CONTEXT_LINES);
  const [oldEnd, newEnd] = [before.length - same, after.length - same];
  const context = before.slice(oldEnd, oldEnd + CONTEXT_LINES);
  const size = (end: number): number => end - from + context.length;
  return [
    ...headings(name),
    `@@ -${from + 1},${size(oldEnd)} +${from + 1},${size(newEnd)} @@`,
    ...before.slice(from, first).map((line) => ` ${line}`),
    ...before.slice(first, oldEnd).map((line) => `-${line}`),
    ...after.slice(first, newEnd).map((line) => `+${line}`),
    ...context.map((line) => ` ${line}`),
    '',
  ].join('\n');
}

function headings(name: string): string[] {
  const onOneLine = headingName(name);
  return [`--- ${onOneLine}`, `+++ ${onOneLine}`];
}

/** A name as the heading of a difference has it: on one line. */
export function headingName(name: string): string {
  return name.replace(/[\r\n]/g, ' ');
}

/** The same for many changed lines, of texts with equally many lines; changes that are near share a hunk. Empty for equal texts. */
export function hunksOf(of: { name: string; before: string; after: string }): string {
  const [before, after] = [of.before, of.after].map((one) => one.split(/\r\n|\n|\r/)) as [string[], string[]];
  const changed = before.flatMap((line, index) => (line === after[index] ? [] : [index]));
  const hunks: { from: number; end: number }[] = [];
  for (const index of changed) {
    const [from, end] = [Math.max(0, index - CONTEXT_LINES), Math.min(before.length, index + CONTEXT_LINES + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.end) last.end = end;
    else hunks.push({ from, end });
  }
  if (hunks.length === 0) return '';
  const text = hunks.flatMap(({ from, end }) => [
    `@@ -${from + 1},${end - from} +${from + 1},${end - from} @@`,
    ...before
      .slice(from, end)
      .flatMap((line, index) =>
        line === after[from + index] ? [` ${line}`] : [`-${line}`, `+${after[from + index] ?? ''}`],
      ),
  ]);
  return [...headings(of.name), ...text, ''].join('\n');
}
