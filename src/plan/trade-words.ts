/** Whom the trade names as the narrator of a book that clones voices. Pure. */

import { NARRATOR, nameKey } from '../manifest/fields/names.ts';
import type { Character, Manifest } from '../manifest/manifest.ts';

/** What shops call a voice without a person behind it. */
export const AI_VOICE = 'AI Voice';

/**
 * The narrator by trade words: `AI Voice`, or `Name (Authorized Voice Replica)` where the consent of the narrator's voice
 * names a person and a scope. A narrator in the manifest is the author's word and comes before it.
 */
export function tradeNarrator({ characters }: Pick<Manifest, 'characters'>): string {
  const consent = narratorOf(characters)?.consent;
  if (consent?.scope === undefined || consent.by.trim() === '') return AI_VOICE;
  return `${consent.by} (Authorized Voice Replica)`;
}

/** The character that reads all text without a tag, or the only one there is. */
function narratorOf(characters: readonly Character[]): Character | undefined {
  const narrator = characters.find(({ name, aliases }) => [name, ...aliases].some((one) => nameKey(one) === NARRATOR));
  return narrator ?? (characters.length === 1 ? characters[0] : undefined);
}
