import { basename, join } from 'node:path';
import type { ChapterSource } from '../manifest/manifest.ts';
import { decodeText } from '../manifest/yaml/decode.ts';
import { sourceOffset } from '../manifest/yaml/offsets.ts';
import { type LineIndex, lineIndex, type Position } from '../manifest/yaml/position.ts';
import type { SourceText } from '../script/text/source.ts';
import { readAuthorFile } from './edit/author-file.ts';
import { addDiagnostic, type ReadingContext, requestFor } from './reading-context.ts';

const DIVIDE = 'Divide it into several chapters; `pipeline import` does so with a whole book.';
const CHAPTER_BYTES = 8 * 1024 * 1024;
/** Limit for all chapter files of one book. A 20-hour book has 1.2 MB. */
export const BOOK_BYTES = 64 * 1024 * 1024;

/** Bytes read from chapter files so far. */
export interface ReadTotal {
  bytes: number;
}

/** A chapter's text, and how to report places in it. */
export interface ChapterInput {
  /** The chapter's number. */
  chapter: number;
  /** The file's name in diagnostics. */
  file: string;
  /** Relative to the manifest's folder. */
  path: string;
  kind: SourceText['kind'];
  text: string;
  markdown: boolean;
  locate: (offset: number) => Position;
}

/** Reads a chapter's text; undefined for one that cannot be read, which is reported in the context. */
export async function readChapterText({
  context,
  chapter: { number: chapter, source },
  manifestLines,
  total,
}: {
  context: ReadingContext;
  chapter: ChapterSource;
  manifestLines: LineIndex;
  total: ReadTotal;
}): Promise<ChapterInput | undefined> {
  if (source.kind === 'text') {
    const locate = (offset: number): Position => manifestLines.position(sourceOffset(source.offsets, offset));
    const path = basename(context.manifestPath);
    return { chapter, file: context.manifestPath, path, kind: 'manifest', text: source.text, markdown: false, locate };
  }
  if (total.bytes > BOOK_BYTES) return undefined;
  const content = await readAuthorFile(requestFor(context, source.ref.path, CHAPTER_BYTES));
  if ('problem' in content) {
    const { problem } = content;
    const fix = problem.code === 'file-too-large' ? DIVIDE : problem.fix;
    addDiagnostic(context, source.ref.at, { ...problem, ...(fix && { fix }) });
    return undefined;
  }
  total.bytes += content.bytes.length;
  const file = join(context.shownFolder, source.ref.path);
  const decoded = decodeText({ file, bytes: content.bytes });
  if ('diagnostic' in decoded) {
    context.diagnostics.add(decoded.diagnostic);
    return undefined;
  }
  let lines: LineIndex | undefined;
  const locate = (offset: number): Position => {
    lines ??= lineIndex(decoded.text);
    return lines.position(offset);
  };
  const { path } = source.ref;
  return { chapter, file, path, kind: 'file', text: decoded.text, markdown: /\.(?:md|markdown)$/i.test(path), locate };
}
