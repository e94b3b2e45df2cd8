/** Changes the words of a line that are in the manifest itself (`text:`, `lines:`): every other byte of it stays. */
import { isDeepStrictEqual } from 'node:util';
import { hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { parseManifest } from '../../manifest/parse.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import { type OffsetMap, sourceOffset } from '../../manifest/yaml/offsets.ts';
import { lineIndex } from '../../manifest/yaml/position.ts';
import { readYaml } from '../../manifest/yaml/yaml.ts';
import { edited, type TextEdit } from '../../script/lines/edit-line.ts';
import type { BookChapter } from '../chapters.ts';
import type { Book } from '../load-book.ts';
import { editOfChapter } from './edit-text.ts';

/** A text in the manifest as it was read, and where it is there. */
export interface InlineText {
  text: string;
  offsets: OffsetMap;
}

/** The chapter's text in a manifest of these bytes; undefined when it has none, or has errors. */
export function inlineText({
  file,
  bytes,
  chapter,
}: {
  file: string;
  bytes: Uint8Array;
  chapter: number;
}): InlineText | undefined {
  const { manifest } = parseManifest({ file, bytes, pathsMayLeave: true });
  const source = manifest?.chapters.find(({ number }) => number === chapter)?.source;
  return source?.kind === 'text' ? { text: source.text, offsets: source.offsets } : undefined;
}

/**
 * The edit of the manifest after which a line (0-based) of a chapter has other words. `bytes`: of the manifest now; its text of
 * the chapter must be the one that the book was read with, otherwise `changed`. Undefined when the words cannot be there without
 * touching more than this line.
 */
export function editOfManifest(
  book: Pick<Book, 'manifest' | 'manifestPath'>,
  of: { chapter: BookChapter; line: number; words: string; bytes: Uint8Array },
): { text: string; edit: TextEdit | undefined } | 'changed' {
  const { chapter, bytes } = of;
  const { manifestPath: file } = book;
  const decoded = decodeText({ file, bytes });
  const known = inlineText({ file, bytes, chapter: chapter.number });
  if (!('text' in decoded) || known === undefined || known.text !== chapter.source?.text) return 'changed';
  const { text } = decoded;
  const inChapter = editOfChapter(book, of);
  if (inChapter === undefined) return { text, edit: undefined };
  const wanted = edited(known.text, inChapter);
  const edit = candidates(inChapter, known.offsets).find((one) =>
    isProven({ file, chapter: chapter.number, before: text, after: edited(text, one), wanted }),
  );
  return { text, edit };
}

/** As the words are written in a plain or block text, in double quotes, and in single quotes; up to the next character or the last one. */
function candidates({ start, end, insert }: TextEdit, offsets: OffsetMap): TextEdit[] {
  const from = sourceOffset(offsets, start);
  const ends = end === start ? [from] : [sourceOffset(offsets, end - 1) + 1, sourceOffset(offsets, end)];
  const inserts = [insert, JSON.stringify(insert).slice(1, -1), insert.replaceAll("'", "''")];
  const starts = start === 0 ? [from] : [from, sourceOffset(offsets, start - 1) + 1];
  return inserts.flatMap((one) =>
    starts.flatMap((at) => ends.map((until) => ({ start: at, end: Math.max(at, until), insert: one }))),
  );
}

/** Whether exactly one text of the manifest differs, and the chapter is read as it is wanted. */
function isProven(of: { file: string; chapter: number; before: string; after: string; wanted: string }): boolean {
  const bytes = Buffer.from(of.after);
  const reading = parseManifest({ file: of.file, bytes, pathsMayLeave: true });
  if (hasErrors(reading.diagnostics)) return false;
  if (inlineText({ file: of.file, bytes, chapter: of.chapter })?.text !== of.wanted) return false;
  return differences(yamlValue(of.before), yamlValue(of.after)) === 1;
}

function yamlValue(text: string): unknown {
  return readYaml({ file: '', text, lines: lineIndex(text) }).value;
}

/** How many leaves differ; many when the shape does. */
function differences(a: unknown, b: unknown): number {
  if (isDeepStrictEqual(a, b)) return 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return 1;
  const [one, other] = [Object.entries(a), b as Record<string, unknown>];
  const isAlike = one.length === Object.keys(b).length && one.every(([name]) => Object.hasOwn(other, name));
  if (!isAlike) return Number.POSITIVE_INFINITY;
  return one.reduce((sum, [name, value]) => sum + differences(value, other[name]), 0);
}
