/** What `spell` in a manifest does, for people: printed by `check` and `plan`. */
import type { SpelledPlaces } from '../../book/pronunciations.ts';
import { grouped } from './format.ts';

/** `spoken in words: years (37), money (4)`; nothing for a manifest without `spell`. */
export function spelledLines(spelled: SpelledPlaces | undefined): string[] {
  if (spelled === undefined) return [];
  const parts = Object.entries(spelled).map(([name, count]) => `${name} (${grouped(count)})`);
  return [`  spoken in words: ${parts.join(', ')}`];
}
