/** Adds a word to the book's pronunciations, in the manifest itself. */
import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { editFile, inverseEdit } from '../book/edit-text.ts';
import { decodeText } from '../manifest/decode.ts';
import { pronunciationEdit } from '../manifest/edit-pronunciation.ts';
import { wordProblem } from '../manifest/pronunciation.ts';
import { isSpeakable } from '../script/line.ts';
import type { Moment } from './moment.ts';
import { StudioProblem } from './problem.ts';
import type { PronunciationRequest } from './requests.ts';
import type { Studio } from './studio.ts';

/** Throws a `StudioProblem` for a word that cannot be in the list or is there already. */
export async function addWord(
  { undo, given }: Studio,
  moment: Moment,
  { term: word, say: spoken }: PronunciationRequest,
): Promise<void> {
  const { manifestPath: path, folder, manifest } = moment.book;
  const problem = wordProblem(word) ?? (isSpeakable(spoken) ? undefined : 'would have nothing to pronounce');
  if (problem !== undefined) throw new StudioProblem(422, 'word', `"${word}" ${problem}.`);
  const name = basename(path);
  if (manifest.words.some((entry) => entry.word === word))
    throw new StudioProblem(409, 'word-known', `"${word}" is in the list of ${name} already. Change it there.`, {
      values: { word, file: name },
    });
  if ((await given.proposalsFolder(moment)) !== undefined)
    throw new StudioProblem(
      422,
      'watched',
      `${name} is in a watched folder. Add the word to "pronunciations:" there.`,
      {
        values: { file: name },
      },
    );
  const decoded = decodeText({ file: path, bytes: await readFile(path) });
  const text = 'text' in decoded ? decoded.text : '';
  const edit = pronunciationEdit(text, { word, spoken });
  if (edit === undefined)
    throw new StudioProblem(
      422,
      'manifest',
      `${name} is written in a way that only a person can edit. Add the word to "pronunciations:" there.`,
      { values: { file: name } },
    );
  const written = await editFile({ path, folder, text, edit });
  if (written === undefined)
    throw new StudioProblem(
      409,
      'text-changed',
      `${name} was saved by somebody else. Nothing was changed. Try again.`,
      {
        values: { file: name },
      },
    );
  await undo.push({
    what: `the pronunciation of "${word}"`,
    ids: [],
    way: { kind: 'file', file: relative(folder, path), edit: inverseEdit(written) },
  });
}
