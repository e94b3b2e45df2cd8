/** Other words for a line, in the author's own text: shown as a difference first; never into a file that changed since it was read. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editFile, editOfChapter, putBack } from '../book/edit-text.ts';
import { edited } from '../script/edit-line.ts';
import { versionOfText } from './chapter-sounds.ts';
import { differenceOf } from './difference.ts';
import type { Moment } from './moment.ts';
import { StudioProblem } from './problem.ts';
import type { Words, WordsRequest } from './requests.ts';
import type { Studio } from './studio.ts';

/** Throws a `StudioProblem` when the words cannot be there, and when the file is another one by now. */
export async function editWords(
  studio: Studio,
  moment: Moment,
  { index, request }: { index: number; request: WordsRequest },
): Promise<Words> {
  const { book, lines } = moment;
  const { number, chapter: chapterNumber, role, line } = lines[index]!;
  const chapter = book.chapters.find((one) => one.number === chapterNumber && one.role === role);
  if (chapter?.source?.kind !== 'file')
    throw new StudioProblem(422, 'not-in-file', `The words of ${number} are in the manifest itself. Edit them there.`);
  const { file: name, text } = chapter.source;
  const version = versionOfText(text);
  if (request.of !== version && request.of !== moment.version && studio.textOf(request.of, name) !== version)
    throw changed(name);
  const edit = editOfChapter(book, { chapter, line: line - 1, words: request.words });
  if (edit === undefined)
    throw new StudioProblem(
      422,
      'words-read-otherwise',
      `${name} would be read in another way with these words: as a tag, a heading or another line. Edit it in a text editor.`,
    );
  const difference = differenceOf({ name, text, edit });
  if (request.preview || difference === '') return { difference, file: name, version };
  const path = join(book.folder, name);
  const proposals = await studio.given.proposalsFolder(moment);
  if (proposals !== undefined) {
    const proposal = join(proposals, `${name.replace(/[^\p{L}\p{N}.-]+/gu, '-')} ${number.replace(':', '-')}.diff`);
    await mkdir(proposals, { recursive: true });
    await writeFile(proposal, difference);
    return { difference, file: name, version, proposal };
  }
  const written = await editFile({ path, folder: book.folder, text, edit });
  if (written === undefined) throw changed(name);
  const what = `the words of ${number} in ${name}`;
  studio.undo.push({
    what,
    ids: [],
    undo: async () => {
      if ((await putBack({ path, folder: book.folder, ...written })) === undefined)
        throw new StudioProblem(409, 'changed-since', `${name} was changed since: ${what}. It stays as it is.`);
    },
  });
  return { difference, file: name, version: versionOfText(edited(text, edit)) };
}

function changed(name: string): StudioProblem {
  return new StudioProblem(
    409,
    'text-changed',
    `${name} was saved by somebody else since you read it. Nothing was changed. Read the chapter again.`,
  );
}
