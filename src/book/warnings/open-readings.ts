/** The places of a book that are left to the engine: what `spell` and the pronunciations do not settle. Pure. */
import type { ReadingClass } from '../../manifest/fields/spell-classes.ts';
import { readingsIn } from '../../reading/find-readings.ts';
import { spellsIn } from '../../reading/languages.ts';
import { type PlaceInSegment, placesOf, type TextPlace } from '../edit/text-places.ts';
import type { Book } from '../load-book.ts';

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
  /** Some of the places have words; the others depend on the sentence. */
  hasWords: boolean;
}

/** Finds them in the order of the book, one at a time: a book may have millions. Recorded lines are spoken already. */
export function* openReadings(book: Book, manifestText: string | undefined): Generator<OpenReading> {
  const placeOf = placesOf(book, manifestText);
  for (const { at, ...reading } of unplacedReadings(book)) yield { ...placeOf(at), ...reading };
}

/** By class, the largest first. */
export function readingGroups(book: Book, manifestText: string | undefined): ReadingGroup[] {
  const placeOf = placesOf(book, manifestText);
  const spells: readonly string[] = spellsIn(book.manifest.language);
  const groups = new Map<ReadingClass, ReadingGroup>();
  for (const { at, ...reading } of unplacedReadings(book)) {
    const { class: of, spoken } = reading;
    const group = groups.get(of);
    if (group !== undefined) {
      group.count += 1;
      group.hasWords ||= spoken !== undefined;
    } else {
      const first = { ...placeOf(at), ...reading };
      groups.set(of, {
        class: of,
        count: 1,
        first,
        canSpell: spells.includes(of),
        hasWords: spoken !== undefined,
      });
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

interface UnplacedReading {
  class: ReadingClass;
  text: string;
  spoken?: string;
  at: PlaceInSegment;
}

function* unplacedReadings(book: Book): Generator<UnplacedReading> {
  const isOn: ReadonlySet<string> = new Set(book.manifest.spell?.classes);
  for (const chapter of book.chapters)
    for (const segment of chapter.segments) {
      if (segment.pickup !== undefined) continue;
      const { written, text: said } = segment;
      for (const { start, text, class: of, spoken } of readingsIn(written ?? said, book.manifest.language)) {
        // What is no longer in the spoken text was settled.
        if (written !== undefined && ((spoken !== undefined && isOn.has(of)) || !said.includes(text))) continue;
        yield { class: of, text, ...(spoken !== undefined && { spoken }), at: { chapter, segment, offset: start } };
      }
    }
}
