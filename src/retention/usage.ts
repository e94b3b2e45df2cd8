/** How much each book, edition and kind of file takes up in a store. Pure. */
import type { EditionRecord } from '../store/editions.ts';
import { parseName } from '../store/layout.ts';
import { namesOf, reachable } from './garbage.ts';
import type { Survey } from './survey.ts';

/** Bytes and number of objects. */
export interface Amount {
  bytes: number;
  objects: number;
}

/** A book's part of a store. */
export interface BookUsage extends Amount {
  title: string;
  author: string;
  /** Bytes that no other book uses: what forgetting the book would free. */
  ownBytes: number;
  editions: EditionUsage[];
}

/** An edition's part of a store: its finished files, and its takes with what they name. */
export interface EditionUsage extends Amount {
  edition: EditionRecord;
  /** Bytes that no other edition and no other book uses, nor the last run. */
  ownBytes: number;
}

/** What a file of a store is. */
export type UsageKind = 'takes' | 'masters' | 'books' | 'editions' | 'voices' | 'damaged' | 'other';

/** A store by book, edition and kind. */
export interface StoreUsage extends Amount {
  /** Largest first. */
  books: BookUsage[];
  kinds: Record<UsageKind, Amount>;
  /** Used by more than one book. */
  sharedBytes: number;
}

interface Owner {
  title: string;
  author: string;
  /** All that the book needs, with all its editions. */
  objects: Set<string>;
  editions: { edition: EditionRecord; objects: Set<string> }[];
  /** What the last run, the submission and a running run need. */
  current: Set<string>;
}

/** Sums up a survey. */
export function usageOf(survey: Survey): StoreUsage {
  const bytesOf = new Map(survey.objects.map(({ name, byteLength }) => [name, byteLength]));
  const owners = ownersOf(survey);
  const books = owners.map((owner): BookUsage => {
    const { title, author, objects } = owner;
    const others = owners.filter((other) => other !== owner).map((other) => other.objects);
    const editions = owner.editions.map(({ edition, objects: used }): EditionUsage => {
      const elsewhere = [
        ...others,
        owner.current,
        ...owner.editions.flatMap((one) => (one.edition === edition ? [] : [one.objects])),
      ];
      return { edition, ...amountOf(used, bytesOf), ownBytes: amountOf(without(used, elsewhere), bytesOf).bytes };
    });
    return {
      title,
      author,
      ...amountOf(objects, bytesOf),
      ownBytes: amountOf(without(objects, others), bytesOf).bytes,
      editions,
    };
  });
  const shared = owners.flatMap(({ objects }, at) =>
    [...objects].filter((name) => owners.some((other, index) => index > at && other.objects.has(name))),
  );
  return {
    ...amountOf(bytesOf.keys(), bytesOf),
    books: books.sort((a, b) => b.bytes - a.bytes || (a.title < b.title ? -1 : 1)),
    kinds: kindsOf(survey),
    sharedBytes: amountOf(new Set(shared), bytesOf).bytes,
  };
}

function ownersOf(survey: Survey): Owner[] {
  const owners = new Map<string, Owner>();
  const ownerOf = ({ title, author }: { title: string; author: string }): Owner => {
    const key = JSON.stringify([title, author]);
    const owner = owners.get(key) ?? { title, author, objects: new Set(), editions: [], current: new Set() };
    owners.set(key, owner);
    return owner;
  };
  for (const { book, names } of survey.roots) {
    if (book === undefined) continue;
    const owner = ownerOf(book);
    for (const name of reachable(survey, names)) owner.current.add(name);
  }
  for (const edition of survey.editions) {
    const objects = reachable(survey, [...namesOf(edition, true), edition.record.lock.digest]);
    ownerOf(edition.record).editions.push({ edition: edition.record, objects });
  }
  for (const owner of owners.values())
    for (const objects of [owner.current, ...owner.editions.map((one) => one.objects)])
      for (const name of objects) owner.objects.add(name);
  return [...owners.values()];
}

function kindsOf({ results, editions, objects, blobs }: Survey): Record<UsageKind, Amount> {
  const kindOf = new Map<string, UsageKind>();
  const claim = (names: Iterable<string>, kind: UsageKind): void => {
    for (const name of names) {
      const blob = blobs.get(name);
      if (blob !== undefined && !kindOf.has(blob.name)) kindOf.set(blob.name, kind);
    }
  };
  const all = [...new Set([...results.values()].flat())];
  claim(
    editions.map(({ record }) => record.lock.digest),
    'editions',
  );
  // A master names its takes, so they are asked first.
  for (const kind of ['take', 'book', 'master'] as const)
    for (const record of all) if (record.kind === kind) claim(record.names, KIND_NAMES[kind]);
  const sums: Record<UsageKind, Amount> = {
    takes: none(),
    masters: none(),
    books: none(),
    editions: none(),
    voices: none(),
    damaged: none(),
    other: none(),
  };
  for (const { name, byteLength } of objects) {
    const sum = sums[kindOf.get(name) ?? kindOfName(name)];
    sum.bytes += byteLength;
    sum.objects += 1;
  }
  return sums;
}

const KIND_NAMES = { take: 'takes', master: 'masters', 'chapter-blobs': 'masters', book: 'books' } as const;
const RECORD_KINDS: Readonly<Record<string, UsageKind>> = {
  ...KIND_NAMES,
  'take-candidate': 'takes',
  hearing: 'takes',
  edition: 'editions',
  voice: 'voices',
  'voice-intent': 'voices',
  'voice-use': 'voices',
};

function kindOfName(name: string): UsageKind {
  const named = parseName(name);
  if (named?.what === 'damaged') return 'damaged';
  return named?.what === 'record' && Object.hasOwn(RECORD_KINDS, named.kind) ? RECORD_KINDS[named.kind]! : 'other';
}

function without(names: ReadonlySet<string>, others: readonly ReadonlySet<string>[]): string[] {
  return [...names].filter((name) => !others.some((other) => other.has(name)));
}

function amountOf(names: Iterable<string>, bytesOf: ReadonlyMap<string, number>): Amount {
  const sum = none();
  for (const name of names) {
    sum.bytes += bytesOf.get(name) ?? 0;
    sum.objects += 1;
  }
  return sum;
}

function none(): Amount {
  return { bytes: 0, objects: 0 };
}
