/** Warns of a model whose end is announced. Pure: the day is handed in. */
import type { Diagnostic } from '../manifest/diagnostic.ts';
import { endOfModel } from '../models/life.ts';
import { modelOf } from '../models.ts';
import type { Book } from './load-book.ts';

/** A warning for the book's model, before anything is paid; none for a model of which no end is known. */
export function modelEndDiagnostics({ manifest, manifestPath }: Book, today: string): Diagnostic[] {
  const model = modelOf(manifest);
  const end = model === undefined ? undefined : endOfModel(model, today);
  if (model?.life === undefined || end === undefined) return [];
  const fix = `Write "model: ${model.life.replacedBy}" to enroll the voices again and speak the book with that model; takes of this one are kept.`;
  return [{ code: 'model-ends', severity: 'warning', file: manifestPath, message: end, fix }];
}
