import { NearestNames } from '../../manifest/diagnostics/nearest.ts';
import { nameKey } from '../../manifest/fields/names.ts';

/** The names of a character. */
export interface Speaker {
  name: string;
  aliases: readonly string[];
}

/** The characters of a book as its tags name them. Made once for a book: it may have thousands of names and of texts. */
export interface SpeakerNames {
  /** By the `nameKey` of each name and alias. */
  byKey: ReadonlyMap<string, Speaker>;
  /** All names and aliases, in the order of the manifest. */
  all: readonly string[];
  /** The name or alias that was probably meant. */
  nearest: NearestNames;
  /** The name, the alias or the other tag that was probably meant. */
  nearestTag: NearestNames;
}

/** Prepares the names. `otherTags`: tags that are not speakers, as suggestions. */
export function speakerNames(characters: readonly Speaker[], otherTags: readonly string[] = []): SpeakerNames {
  const byKey = new Map<string, Speaker>();
  for (const speaker of characters)
    for (const name of [speaker.name, ...speaker.aliases]) byKey.set(nameKey(name), speaker);
  const all = characters.flatMap(({ name, aliases }) => [name, ...aliases]);
  return { byKey, all, nearest: new NearestNames(all), nearestTag: new NearestNames([...all, ...otherTags]) };
}
