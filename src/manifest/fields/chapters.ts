import { type Context, fieldsOf } from '../diagnostics/context.ts';
import type { ChapterSource, ChapterText } from '../manifest.ts';
import { pathProblem } from '../paths.ts';
import { chapterSchema, MOST_CHAPTERS } from '../schema.ts';
import type { FieldPath } from '../yaml/places.ts';
import { scalarOffsets } from '../yaml/scalar-offsets.ts';
import { readHead } from './chapter-heads.ts';
import { readLines } from './lines.ts';
import { nameKey } from './names.ts';

/** Reads the chapters and checks that each has exactly one source and a unique title. */
export function readChapters(raw: unknown, context: Context): ChapterSource[] {
  const items: unknown[] = Array.isArray(raw) ? raw.slice(0, MOST_CHAPTERS) : [];
  const titles = new Map<string, number>();
  return items.flatMap((item, index): ChapterSource[] => {
    const path = ['chapters', index];
    const title = fieldsOf(item)['title'];
    if (typeof title === 'string' && title.trim() !== '')
      claimTitle({ title, number: index + 1, titles, path, context });
    const chapter = chapterSchema.safeParse(item).data ?? chapterSchema.safeParse(withValidLines(item)).data;
    const source = chapter && readText({ chapter, path, context });
    if (chapter === undefined || source === undefined) return [];
    const head = readHead(chapter.head, [...path, 'head'], context);
    const more = { ...(head && { head }), ...(chapter.number !== undefined && { headNumber: chapter.number }) };
    return [{ number: index + 1, title: chapter.title, source, ...more, at: context.places.value([...path, 'title']) }];
  });
}

/** Replaces the lines that the schema refused, which are reported already, so that the other lines are still checked. */
function withValidLines(item: unknown): unknown {
  const fields = fieldsOf(item);
  const lines = fields['lines'];
  if (!Array.isArray(lines)) return item;
  const isGood = (line: unknown): boolean =>
    typeof line === 'string' || Object.values(fieldsOf(line)).some((text) => typeof text === 'string');
  return { ...fields, lines: lines.map((line: unknown) => (isGood(line) ? line : '')) };
}

function claimTitle({
  title,
  number,
  titles,
  path,
  context,
}: {
  title: string;
  number: number;
  titles: Map<string, number>;
  path: FieldPath;
  context: Context;
}): void {
  const key = nameKey(title);
  const other = titles.get(key);
  if (other === undefined) {
    titles.set(key, number);
    return;
  }
  const message = `Chapter ${other} also has this title.`;
  const fix = 'Give each chapter its own title, for example with its number.';
  context.note({ path: [...path, 'title'], on: 'value', code: 'title-taken', message, fix });
}

function readText({
  chapter,
  path,
  context,
}: {
  chapter: ReturnType<typeof chapterSchema.parse>;
  path: FieldPath;
  context: Context;
}): ChapterText | undefined {
  const { title, file, text, lines } = chapter;
  const given = (['file', 'text', 'lines'] as const).filter((field) => chapter[field] !== undefined);
  if (given.length > 1) {
    const message = `The chapter "${title}" has a ${given.join(' and a ')}.`.replace('a lines', 'list of lines');
    context.note({ path: [...path, given[1]!], on: 'key', code: 'two-texts', message, fix: 'Keep one of the two.' });
    return undefined;
  }
  if (lines !== undefined) {
    const read = readLines({ items: lines, path: [...path, 'lines'], context });
    if (read.text.trim() !== '') return { kind: 'text', ...read };
    noteEmpty({ title, path: [...path, 'lines'], context });
    return undefined;
  }
  if (file !== undefined) {
    const at = [...path, 'file'];
    const problem = pathProblem(file, context.pathsMayLeave);
    if (problem) context.note({ path: at, on: 'value', ...problem });
    return { kind: 'file', ref: { path: file, at: context.places.value(at) } };
  }
  const node = context.places.scalar([...path, 'text']);
  if (text === undefined) {
    const message = `The chapter "${title}" has no text.`;
    context.note({
      path,
      on: 'key',
      code: 'no-text',
      message,
      fix: 'Add "file: chapters/….txt", or "text: |" with the text indented below it.',
    });
    return undefined;
  }
  if (text.trim() === '') {
    noteEmpty({ title, path: [...path, 'text'], context });
    return undefined;
  }
  const offsets = node ? scalarOffsets(node, context.text) : { at: [], source: [] };
  return { kind: 'text', text, offsets };
}

function noteEmpty({ title, path, context }: { title: string; path: FieldPath; context: Context }): void {
  const message = `The text of the chapter "${title}" is empty.`;
  const fix = 'Write its text, or remove the chapter.';
  context.note({ path, on: 'key', code: 'empty-chapter', message, fix });
}
