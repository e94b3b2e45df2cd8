/** Warns of models whose end is announced. Pure: the day is handed in. */

import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import { modelsInUse } from '../../manifest/fields/character-model.ts';
import { endOfModel } from '../../models/life.ts';
import type { Book } from '../load-book.ts';

/**
 * A warning for each model of the book that ends, with the characters that it speaks when the book has several; before
 * anything is paid. None for a model of which no end is known.
 */
export function modelEndDiagnostics({ manifest, manifestPath, chapters }: Book, today: string): Diagnostic[] {
  const speaking = new Set(chapters.flatMap(({ segments }) => segments.map(({ character }) => character)));
  const inUse = modelsInUse(manifest, (name) => speaking.has(name));
  return inUse.flatMap(({ model, characters }): Diagnostic[] => {
    const end = endOfModel(model, today);
    if (model.life === undefined || end === undefined) return [];
    const whom = inUse.length > 1 ? ` It speaks ${characters.join(', ')}.` : '';
    const command = `pipeline migrate ${manifestPath} --model ${model.life.replacedBy}`;
    const fix = `To change, run \`${command}\`: it shows the price and lets you listen first. Takes of this model are kept.`;
    return [{ code: 'model-ends', severity: 'warning', file: manifestPath, message: end + whom, fix }];
  });
}
