/** Checks that the voice IDs in a manifest belong to its model, as far as the ledger knows. */

import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import { modelOfCharacter } from '../../manifest/fields/character-model.ts';
import { listVoices } from '../../store/ledger.ts';
import type { Store } from '../../store/store.ts';
import type { Book } from '../load-book.ts';

/**
 * Errors for voices that were enrolled for another model. A voice only works with the exact dated model it was enrolled for,
 * and the service reports this only when it speaks. The ID does not name the model, so voices that are not in the ledger are
 * not checked. Read-only; safe to run twice.
 */
export async function voiceModelDiagnostics(
  book: Book,
  { store, account }: { store: Store; account: string },
): Promise<Diagnostic[]> {
  const { manifest } = book;
  const named = manifest.characters.flatMap((character) =>
    character.source.kind === 'voice' ? [{ ...character, source: character.source }] : [],
  );
  if (named.length === 0) return [];
  const known = new Map((await listVoices(store, account)).map((record) => [record.voiceId, record.model]));
  return named.flatMap((character): Diagnostic[] => {
    const { name, source } = character;
    const its = known.get(source.voiceId);
    const model = modelOfCharacter(manifest, character).id;
    if (its === undefined || its === model) return [];
    const who = model === manifest.model ? 'this book' : `"${name}"`;
    return [
      {
        code: 'voice-of-other-model',
        severity: 'error',
        file: book.manifestPath,
        message: `The voice of "${name}" was enrolled for ${its}; ${who} speaks with ${model}.`,
        fix: `A voice only works with its exact model. Write "model: ${its}" beside it, or name a recording with "sample:" instead.`,
        ...source.at,
      },
    ];
  });
}
