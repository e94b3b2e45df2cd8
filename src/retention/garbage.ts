/** What a store may do without, by a rule. Pure. */
import type { EditionRecord } from '../store/editions.ts';
import type { StoredObject } from '../store/store.ts';
import { endedGrants } from './ended-grants.ts';
import type { ResultRecord, Survey, SurveyedEdition } from './survey.ts';

/** What is kept beyond what the last runs and the running and waiting books need. */
export interface RetentionRule {
  /** The last editions of each book whose finished files are kept; at least 1. */
  keepEditions: number;
  /** Takes that no kept edition uses are kept until this age, in milliseconds; undefined: for ever, because they cost money. */
  keepTakesMs?: number | undefined;
  /** Names of objects that a person wants gone, whatever their age (`pipeline store forget`). */
  unwanted?: ReadonlySet<string>;
}

/** What a rule finds. */
export interface Garbage {
  /** In the order of deletion: records before the blobs that they name. */
  objects: StoredObject[];
  /** Editions whose finished files are not kept. */
  unkept: EditionRecord[];
}

/** What nothing needs. */
export function garbageOf(survey: Survey, rule: RetentionRule): Garbage {
  const { blobs, damaged, roots } = survey;
  const kept = keptEditions(survey.editions, rule.keepEditions);
  const start = [
    ...roots.flatMap(({ names }) => [...names]),
    ...kept.flatMap(({ edition, withBook }) => namesOf(edition, withBook)),
    ...survey.editions.map(({ record }) => record.lock.digest),
    ...booksWithoutEdition(survey).map(({ key }) => key),
    ...allResults(survey).flatMap((record) => (isKeptByAge(record, rule) ? [record.key] : [])),
  ];
  const needed = reachable(survey, start);
  const isGarbage = ({ name }: StoredObject): boolean => !needed.has(name);
  const records = allResults(survey).map(({ object }) => object);
  const unkept = survey.editions.filter((edition) => !kept.some((one) => one.edition === edition));
  return {
    objects: [
      ...records.filter(isGarbage),
      ...endedGrants(survey),
      ...[...blobs.values()].filter(isGarbage),
      ...damaged,
    ],
    unkept: unkept.map(({ record }) => record),
  };
}

/** Names of all objects that can be reached from keys and digests, over results. */
export function reachable({ results, blobs }: Survey, start: Iterable<string>): Set<string> {
  const objects = new Set<string>();
  const seen = new Set(start);
  // A set yields what is added while it is read.
  for (const name of seen) {
    const blob = blobs.get(name);
    if (blob !== undefined) objects.add(blob.name);
    for (const { object, names } of results.get(name) ?? []) {
      objects.add(object.name);
      for (const next of names) seen.add(next);
    }
  }
  return objects;
}

/** What an edition names, and the record of its M4B; without the M4B where it can be bound again. */
export function namesOf({ names, book }: SurveyedEdition, withBook: boolean): string[] {
  return book === undefined || withBook ? [...names] : [...names].filter((name) => name !== book);
}

/** The editions whose files are kept; an M4B is kept for the newest and for those that a lock or a person keeps. */
function keptEditions(
  editions: readonly SurveyedEdition[],
  most: number,
): { edition: SurveyedEdition; withBook: boolean }[] {
  return editions.flatMap((edition, at) => {
    const later = editions.slice(at + 1).filter((other) => isSameBook(other.record, edition.record)).length;
    const isPinned = edition.record.pinned === true || edition.record.hasLock === true;
    const withBook = later === 0 || isPinned;
    return later < most || isPinned ? [{ edition, withBook }] : [];
  });
}

function isSameBook(a: EditionRecord, b: EditionRecord): boolean {
  return a.title === b.title && a.author === b.author && a.realm === b.realm;
}

/** M4Bs of books whose editions are not on record, because an earlier version delivered them: known by their chapters. */
function booksWithoutEdition(survey: Survey): ResultRecord[] {
  const known = new Set(survey.editions.map(({ record }) => JSON.stringify([record.title, record.author])));
  const contents = survey.roots.flatMap(({ kind, book, chapterTitles }) =>
    kind === 'last-run' && book !== undefined && !known.has(JSON.stringify([book.title, book.author]))
      ? [new Set(chapterTitles)]
      : [],
  );
  return allResults(survey).filter(
    ({ kind, chapterTitles = [] }) =>
      kind === 'book' && contents.some((titles) => chapterTitles.every((title) => titles.has(title))),
  );
}

function isKeptByAge({ kind, object }: ResultRecord, { keepTakesMs, unwanted }: RetentionRule): boolean {
  if (kind !== 'take' || unwanted?.has(object.name)) return false;
  return keepTakesMs === undefined || object.ageMs < keepTakesMs;
}

function allResults({ results }: Survey): ResultRecord[] {
  return [...new Set([...results.values()].flat())];
}
