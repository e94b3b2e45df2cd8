/** Checks that the voice IDs in a manifest belong to its model, as far as the ledger knows. */

import type { Diagnostic } from '../manifest/diagnostic.ts';
import { listVoices } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';
import type { Book } from './load-book.ts';

/**
 * Errors for voices that were enrolled for another model. A voice only works with the exact dated model it was enrolled for,
 * and the service reports this only when it speaks. The ID does not name the model, so voices that are not in the ledger are
 * not checked. Read-only; safe to run twice.
 */
export async function voiceModelDiagnostics(
  book: Book,
  { store, account }: { store: Store; account: string },
): Promise<Diagnostic[]> {
  const { characters, model } = book.manifest;
  const named = characters.flatMap(({ name, source }) => (source.kind === 'voice' ? [{ name, source }] : []));
  if (named.length === 0) return [];
  const known = new Map((await listVoices(store, account)).map((record) => [record.voiceId, record.model]));
  return named.flatMap(({ name, source }): Diagnostic[] => {
    const its = known.get(source.voiceId);
    if (its === undefined || its === model) return [];
    return [
      {
        code: 'voice-of-other-model',
        severity: 'error',
        file: book.manifestPath,
        message: `The voice of "${name}" was enrolled for ${its}; this book speaks with ${model}.`,
        fix: `A voice only works with its exact model. Write "model: ${its}", or name a recording with "sample:" instead.`,
        ...source.at,
      },
    ];
  });
}
