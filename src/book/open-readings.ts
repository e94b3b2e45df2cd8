/** The places of a book that are left to the engine: what `spell` and the pronunciations do not settle. Pure. */
import type { ReadingClass } from '../manifest/spell-classes.ts';
import { readingsIn } from '../reading/find-readings.ts';
import { spellsIn } from '../reading/languages.ts';
import type { Book } from './load-book.ts';
import { placesOf, type TextPlace } from './text-places.ts';

/** A place that the engine reads as it likes. */
export interface OpenReading extends TextPlace {
  class: ReadingClass;
  text: string;
  /** In words. Absent: they depend on the sentence. */
  spoken?: string;
}

/** All places of one class. */
export interface ReadingGroup {
  class: ReadingClass;
  count: number;
  first: OpenReading;
  /** `spell:` can switch it on for this language. */
  canSpell: boolean;
}

/** Finds them in the order of the book. Recorded lines are spoken already. */
export function openReadings(book: Book, manifestText: string | undefined): OpenReading[] {
  const placeOf = placesOf(book, manifestText);
  const isOn: ReadonlySet<string> = new Set(book.manifest.spell?.classes);
  return book.chapters.flatMap((chapter) =>
    chapter.segments.flatMap((segment) => {
      if (segment.pickup !== undefined) return [];
      const { written, text: said } = segment;
      return readingsIn(written ?? said, book.manifest.language).flatMap(({ start, text, class: of, spoken }) => {
        // What is no longer in the spoken text was settled.
        if (written !== undefined && ((spoken !== undefined && isOn.has(of)) || !said.includes(text))) return [];
        const place = placeOf({ chapter, segment, offset: start });
        return [{ class: of, ...place, text, ...(spoken !== undefined && { spoken }) }];
      });
    }),
  );
}

/** By class, the largest first. */
export function readingGroups(readings: readonly OpenReading[], language: string): ReadingGroup[] {
  const spells: readonly string[] = spellsIn(language);
  const groups = new Map<ReadingClass, ReadingGroup>();
  for (const reading of readings) {
    const group = groups.get(reading.class);
    if (group !== undefined) group.count += 1;
    else
      groups.set(reading.class, {
        class: reading.class,
        count: 1,
        first: reading,
        canSpell: spells.includes(reading.class),
      });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}
