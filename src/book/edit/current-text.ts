/** The texts of a book's chapters as their files have them now, and edits of them that touch nothing else. */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { decodeText } from '../../manifest/yaml/decode.ts';
import { type OffsetMap, sourceOffset } from '../../manifest/yaml/offsets.ts';
import { lineIndex } from '../../manifest/yaml/position.ts';
import { readYaml } from '../../manifest/yaml/yaml.ts';
import { edited, type TextEdit } from '../../script/lines/edit-line.ts';
import { joinedEdits } from '../../script/tags/rename-in-tags.ts';
import type { Book } from '../load-book.ts';
import { readAuthorFile } from './author-file.ts';
import { editFile, isReadOnly } from './edit-text.ts';

/** A chapter's text now. */
export interface CurrentText {
  /** The chapter's number and title. */
  number: number;
  title: string;
  /** The file with the text, relative to the manifest's folder; the manifest's own name for a text inside it. */
  file: string;
  /** Absolute. */
  path: string;
  text: string;
  /** Nobody may write to the file. */
  isReadOnly: boolean;
  /** For a text in the manifest: where it is in the file. */
  inManifest?: OffsetMap;
}

/** Largest file that is read, in bytes; a larger one is refused when the book is read. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Reads them; a chapter that cannot be read now is left out: reading the book says why. */
export async function readCurrentTexts(book: Book, only?: number): Promise<CurrentText[]> {
  const wanted = book.manifest.chapters.filter(({ number }) => only === undefined || number === only);
  const texts: CurrentText[] = [];
  for (const chapter of wanted) {
    const { number, title, source } = chapter;
    if (source.kind === 'text') {
      const path = book.manifestPath;
      const more = { text: source.text, inManifest: source.offsets, isReadOnly: await cannotWrite(path) };
      texts.push({ number, title, file: basename(path), path, ...more });
      continue;
    }
    const file = source.ref.path;
    const path = join(book.folder, file);
    const read = await readAuthorFile({ path, shown: file, inside: [book.folder], maxBytes: MOST_BYTES });
    const decoded = 'bytes' in read ? decodeText({ file, bytes: read.bytes }) : undefined;
    if (decoded === undefined || !('text' in decoded)) continue;
    texts.push({ number, title, file, path, text: decoded.text, isReadOnly: await cannotWrite(path) });
  }
  return texts;
}

async function cannotWrite(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined || isReadOnly(found.mode);
}

/** Why a text is not edited: it was saved since, or it is written in a way that only a person can edit. */
export type NotEdited = 'changed' | 'by-hand';

/**
 * Writes edits of the text into its file, if the file still has the text. Every other byte stays. Rejects with `input-unreadable`
 * when the file cannot be written.
 */
export async function editCurrentText(
  book: Pick<Book, 'folder'>,
  current: CurrentText,
  edits: readonly TextEdit[],
): Promise<{ before: Buffer; after: Buffer } | NotEdited> {
  const { path, text, inManifest } = current;
  const { folder } = book;
  if (inManifest === undefined) {
    const edit = joinedEdits(text, edits);
    return (edit && (await editFile({ path, folder, text, edit }))) ?? 'changed';
  }
  const decoded = decodeText({ file: path, bytes: await readFile(path) });
  if (!('text' in decoded)) return 'changed';
  const edit = editInManifest(decoded.text, current, edits);
  if (typeof edit === 'string') return edit;
  return (await editFile({ path, folder, text: decoded.text, edit })) ?? 'changed';
}

/** The same in the manifest's text; proved by reading it: this one text differs, exactly as it should. */
function editInManifest(
  manifest: string,
  { number, text, inManifest }: CurrentText,
  edits: readonly TextEdit[],
): TextEdit | NotEdited {
  const places = inManifest ?? { at: [], source: [] };
  const at = (offset: number): number => sourceOffset(places, offset);
  const moved = edits.map(({ start, end, insert }) => ({ start: at(start), end: at(end - 1) + 1, insert }));
  const edit = joinedEdits(manifest, moved);
  const before = yamlOf(manifest);
  const written = textOfChapter(before, number);
  if (written === undefined) return 'by-hand';
  if (edit === undefined || written !== text) return 'changed';
  if (edits.some(({ start, end }, index) => !isSame(manifest, moved[index]!, text.slice(start, end)))) return 'by-hand';
  const joined = joinedEdits(text, edits);
  const after = yamlOf(edited(manifest, edit));
  const expected = joined && withText(before, number, edited(text, joined));
  return expected !== undefined && isDeepStrictEqual(after, expected) ? edit : 'by-hand';
}

function isSame(manifest: string, { start, end }: TextEdit, text: string): boolean {
  return manifest.slice(start, end) === text;
}

function yamlOf(manifest: string): unknown {
  return readYaml({ file: '', text: manifest, lines: lineIndex(manifest) }).value;
}

function chaptersOf(value: unknown): unknown[] {
  const chapters = (value as { chapters?: unknown } | undefined)?.chapters;
  return Array.isArray(chapters) ? chapters : [];
}

function textOfChapter(value: unknown, number: number): unknown {
  return (chaptersOf(value)[number - 1] as { text?: unknown } | undefined)?.text;
}

function withText(value: unknown, number: number, text: string): unknown {
  const chapters = chaptersOf(value).map((chapter, index) =>
    index === number - 1 ? { ...(chapter as object), text } : chapter,
  );
  return { ...(value as object), chapters };
}
