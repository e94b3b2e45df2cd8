/** Edits of the manifest by the studio: the bytes around them stay, and each can be undone. */

import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { editFile, inverseEdit } from '../../book/edit/edit-text.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import type { TextEdit } from '../../script/lines/edit-line.ts';
import type { Moment } from '../book/moment.ts';
import type { DoneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Studio } from '../studio.ts';

/**
 * Edits the manifest and notes how to undo it. `editOf` returns the edit of its text, or throws a `StudioProblem`. In a watched
 * folder, where a changed manifest is run at once, nothing is written: `byHand` says what a person does there.
 */
export async function editManifest(
  { undo, given }: Studio,
  moment: Moment,
  of: { byHand: string; editOf: (text: string) => TextEdit } & DoneWords,
): Promise<void> {
  const { manifestPath: path, folder } = moment.book;
  const file = basename(path);
  if ((await given.proposalsFolder(moment)) !== undefined)
    throw new StudioProblem(422, 'watched', `${file} is in a watched folder. ${of.byHand}`, { values: { file } });
  const decoded = decodeText({ file: path, bytes: await readFile(path) });
  const text = 'text' in decoded ? decoded.text : '';
  const written = await editFile({ path, folder, text, edit: of.editOf(text) });
  if (written === undefined) {
    const message = `${file} was saved by somebody else. Nothing was changed. Try again.`;
    throw new StudioProblem(409, 'text-changed', message, { values: { file } });
  }
  const way = { kind: 'file' as const, file: relative(folder, path), edit: inverseEdit(written) };
  await undo.push({ what: of.what, told: of.told, ids: [], way });
}
