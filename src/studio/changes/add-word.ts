/** Adds a word to the book's pronunciations, in the manifest itself. */

import { basename } from 'node:path';
import { pronunciationEdit } from '../../manifest/edit/edit-pronunciation.ts';
import { wordProblem } from '../../manifest/pronunciation/pronunciation.ts';
import { isSpeakable } from '../../script/lines/line.ts';
import type { Moment } from '../book/moment.ts';
import type { PronunciationRequest } from '../requests.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Studio } from '../studio.ts';
import { editManifest } from './edit-manifest.ts';

/** Throws a `StudioProblem` for a word that cannot be in the list or is there already. */
export async function addWord(
  studio: Studio,
  moment: Moment,
  { term: word, say: spoken }: PronunciationRequest,
): Promise<void> {
  const { manifestPath, manifest } = moment.book;
  const problem = wordProblem(word) ?? (isSpeakable(spoken) ? undefined : 'would have nothing to pronounce');
  if (problem !== undefined) throw new StudioProblem(422, 'word', `"${word}" ${problem}.`);
  const name = basename(manifestPath);
  if (manifest.words.some((entry) => entry.word === word))
    throw new StudioProblem(409, 'word-known', `"${word}" is in the list of ${name} already. Change it there.`, {
      values: { word, file: name },
    });
  await editManifest(studio, moment, {
    ...doneWords.pronunciation(word),
    byHand: 'Add the word to "pronunciations:" there.',
    editOf: (text) => {
      const edit = pronunciationEdit(text, { word, spoken });
      if (edit !== undefined) return edit;
      const message = `${name} is written in a way that only a person can edit. Add the word to "pronunciations:" there.`;
      throw new StudioProblem(422, 'manifest', message, { values: { file: name } });
    },
  });
}
