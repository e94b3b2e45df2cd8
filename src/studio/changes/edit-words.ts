/** Other words for a line, in the author's own text: shown as a difference first; never into a file that changed since it was read. */

import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { BookChapter } from '../../book/chapters.ts';
import { editOfManifest, inlineText } from '../../book/edit/edit-inline-text.ts';
import { editFile, editOfChapter, inverseEdit } from '../../book/edit/edit-text.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import type { TextEdit } from '../../script/lines/edit-line.ts';
import type { Moment } from '../book/moment.ts';
import { pathForWords, proposeWords } from '../proposals/propose.ts';
import type { Words, WordsRequest } from '../requests.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import { textName, versionOfText } from '../sound/chapter-sounds.ts';
import type { Studio } from '../studio.ts';
import { differenceOf } from './difference.ts';

/** Throws a `StudioProblem` when the words cannot be there, and when the file is another one by now. */
export async function editWords(
  studio: Studio,
  moment: Moment,
  { index, request }: { index: number; request: WordsRequest },
): Promise<Words> {
  const { book, lines } = moment;
  const { number, chapter: chapterNumber, role, line } = lines[index]!;
  const chapter = book.chapters.find((one) => one.number === chapterNumber && one.role === role);
  // A head is line 0: the manifest says how it is composed.
  if (chapter?.source === undefined || line === 0)
    throw new StudioProblem(422, 'not-in-file', `The words of ${number} are not in a text of the author's.`, {
      values: { number },
    });
  const { file: name } = chapter.source;
  const version = versionOfText(chapter.source.text);
  const known = studio.textOf(request.of, textName(chapter));
  if (request.of !== version && request.of !== moment.version && known !== version) throw changed(name);
  const { text, edit, path } = await editOf(moment, chapter, { line: line - 1, words: request.words });
  if (edit === undefined)
    throw new StudioProblem(
      422,
      'words-read-otherwise',
      `${name} would be read in another way with these words: as a tag, a heading or another line. Edit it in a text editor.`,
      { values: { file: name } },
    );
  const difference = differenceOf({ name, text, edit });
  const answer = { difference, file: name, version };
  if (difference === '') return answer;
  const proposals = await studio.given.proposalsFolder(moment);
  if (proposals !== undefined) {
    const proposed = { folder: proposals.folder, file: name, number, difference };
    const proposal = request.preview ? await pathForWords(proposed) : await proposeWords(proposed, moment, request.by);
    return { ...answer, proposal };
  }
  if (request.preview) return answer;
  const written = await editFile({ path, folder: book.folder, text, edit });
  if (written === undefined) throw changed(name);
  await studio.undo.push({
    ...doneWords.words(number, name),
    ids: [],
    way: { kind: 'file', file: relative(book.folder, path), edit: inverseEdit(written) },
  });
  return { difference, file: name, version: (await versionAfter(moment, chapter, path)) ?? version };
}

/** The edit in the file that has the words: the chapter's own, or the manifest. */
async function editOf(
  { book }: Moment,
  chapter: BookChapter,
  of: { line: number; words: string },
): Promise<{ text: string; edit: TextEdit | undefined; path: string }> {
  const { file, text, kind } = chapter.source!;
  if (kind === 'file') return { text, edit: editOfChapter(book, { chapter, ...of }), path: join(book.folder, file) };
  const path = book.manifestPath;
  const found = editOfManifest(book, { chapter, ...of, bytes: await readFile(path) });
  if (found === 'changed') throw changed(file);
  return { ...found, path };
}

/** The version of the chapter's text as it is written now. */
async function versionAfter({ book }: Moment, chapter: BookChapter, path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const decoded = decodeText({ file: path, bytes });
  const text =
    chapter.source?.kind === 'manifest'
      ? inlineText({ file: book.manifestPath, bytes, chapter: chapter.number })?.text
      : 'text' in decoded
        ? decoded.text
        : undefined;
  return text === undefined ? undefined : versionOfText(text);
}

function changed(name: string): StudioProblem {
  return new StudioProblem(
    409,
    'text-changed',
    `${name} was saved by somebody else since you read it. Nothing was changed. Read the chapter again.`,
    { values: { file: name } },
  );
}
