/** Makes several characters one, in the manifest itself: the text's tags keep the names that they have. */

import { basename } from 'node:path';
import { hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { withMergedCast } from '../../manifest/edit/edit-cast.ts';
import { NARRATOR, nameKey } from '../../manifest/fields/names.ts';
import { parseManifest } from '../../manifest/parse.ts';
import type { Moment } from '../book/moment.ts';
import { editManifest } from '../changes/edit-manifest.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Studio } from '../studio.ts';
import { characterNamed } from './attribute.ts';
import type { MergeRequest } from './attribution-shapes.ts';

/** Throws a `StudioProblem` when a person must do it in the manifest. */
export async function mergeCast(studio: Studio, moment: Moment, request: MergeRequest): Promise<void> {
  const { manifestPath } = moment.book;
  const name = basename(manifestPath);
  const into = characterNamed(moment, request.into);
  const names = [...new Set(request.names.map((one) => characterNamed(moment, one)))].filter((one) => one !== into);
  if (names.length === 0) throw new StudioProblem(422, 'wrong-field', 'Choose at least two characters.');
  if (names.some((one) => nameKey(one) === NARRATOR))
    throw new StudioProblem(
      422,
      'merge-narrator',
      'The narrator reads what has no tag, so it cannot become another name.',
    );
  await editManifest(studio, moment, {
    ...doneWords.merge(names, into),
    byHand: 'Write the aliases there.',
    editOf: (text) => {
      const merged = withMergedCast(text, { names, into });
      if (!(typeof merged === 'object' && 'text' in merged)) throw notMerged(name, merged);
      const read = parseManifest({ file: manifestPath, bytes: Buffer.from(merged.text) });
      if (hasErrors(read.diagnostics)) throw notMerged(name, 'by-hand');
      return { start: 0, end: text.length, insert: merged.text };
    },
  });
}

function notMerged(name: string, why: Exclude<ReturnType<typeof withMergedCast>, { text: string }>): StudioProblem {
  if (why === 'by-hand')
    return new StudioProblem(
      422,
      'manifest',
      `${name} is written in a way that only a person can edit. Write the aliases there.`,
      { values: { file: name } },
    );
  if ('unknown' in why)
    return new StudioProblem(409, 'text-changed', `${name} has no character ${why.unknown} now. Load the page again.`, {
      values: { file: name },
    });
  return new StudioProblem(
    422,
    'merge-fields',
    `${why.hasFields} has ${why.fields.join(', ')} of its own, which a merge would drop. Edit ${name} by hand.`,
    { values: { name: why.hasFields, fields: why.fields.join(', '), file: name } },
  );
}
