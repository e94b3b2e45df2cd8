/** Keys and digests in texts: whatever a record names is written as 64 hex digits. Pure. */
import type { Draft } from './draft.ts';

/** Every key and digest in a text, each once, in the order of its first place. */
export function namedKeys(text: string): Set<string> {
  return new Set(text.match(/(?<![0-9A-Za-z])[0-9a-f]{64}(?![0-9A-Za-z])/g) ?? []);
}

const UUID = /(?<![0-9A-Za-z-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z-])/g;

/** Every UUID in a text. */
export function namedUuids(text: string): Set<string> {
  return new Set(text.match(UUID) ?? []);
}

/** Every key and digest that the steps of a draft name: takes, masters, the book file, samples, recordings, the cover. Sorted. */
export function keysOfDraft({ voices, chapters, book }: Draft): string[] {
  const steps = chapters.map(({ master, segments }) => [master, segments.map(({ key, pickup }) => [key, pickup])]);
  return [...namedKeys(JSON.stringify([voices, steps, book]))].sort();
}
