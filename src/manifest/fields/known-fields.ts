/** The fields of each group of a manifest, and what a misspelt one probably means. Pure. */
import type { z } from 'zod';
import { NearestNames, nearestName } from '../diagnostics/nearest.ts';
import {
  bookSchema,
  chapterSchema,
  characterSchema,
  consentSchema,
  manifestSchema,
  outputSchema,
  pausesSchema,
} from '../schema.ts';
import type { FieldPath } from '../yaml/places.ts';
import { creditsSchema, retailSampleFieldsSchema } from './credits-schema.ts';
import { disclosureFieldsSchema } from './disclosure.ts';
import { customSchema } from './mastering.ts';
import { seriesSchema } from './publication-schema.ts';

/** Names of the fields that the group at `path` may have. */
export function fieldsAt(path: FieldPath): string[] {
  return Object.keys(shapeAt(path));
}

function shapeAt(path: FieldPath): Record<string, z.ZodType> {
  if (path.length === 0) return manifestSchema.shape;
  if (path[0] === 'book' && path[1] === 'series') return seriesSchema.shape;
  if (path[0] === 'book') return bookSchema.shape;
  if (path[0] === 'characters' && path[2] === 'consent') return consentSchema.shape;
  if (path[0] === 'characters') return characterSchema.shape;
  if (path[0] === 'chapters') return chapterSchema.shape;
  if (path[1] === 'custom') return customSchema.shape;
  if (path[0] === 'pauses') return pausesSchema.shape;
  if (path[0] === 'credits') return creditsSchema.shape;
  if (path[0] === 'retailSample') return retailSampleFieldsSchema.shape;
  if (path[0] === 'disclosure') return disclosureFieldsSchema.shape;
  return outputSchema.shape;
}

/** Where a field may be that stands in the wrong group, and how to say that. */
const PLACES: readonly (readonly [path: FieldPath, place: string])[] = [
  [['book'], 'below "book:"'],
  [['output'], 'below "output:"'],
  [[], 'at the left margin: it concerns the whole manifest'],
  [['characters', ''], 'below the name of a character'],
  [['chapters', 0], 'in a chapter'],
  [['pauses'], 'below "pauses:"'],
  [['credits'], 'below "credits:"'],
];

/** Where a field of exactly this name belongs, as `below "book:"`; undefined when no group has it. */
export function placeOfField(name: string): string | undefined {
  return PLACES.find(([path]) => Object.hasOwn(shapeAt(path), name))?.[1];
}

/** Shorter beginnings of a name may mean anything. */
const SHORTEST_BEGINNING = 3;

/**
 * The field that a misspelt one probably means: one with similar letters, one that begins alike (`text-file`), or the one that
 * people call so (`cast`, `nicknames`).
 */
export function nearestField(name: string, known: readonly string[]): string | undefined {
  const near = nearestName(name, known);
  if (near !== undefined || name.length > 64) return near;
  const wanted = letters(name);
  if (wanted.length < SHORTEST_BEGINNING) return undefined;
  const alike = known.filter((field) => {
    const [short, long] = [wanted, letters(field)].sort((a, b) => a.length - b.length) as [string, string];
    return short.length >= SHORTEST_BEGINNING && (long.startsWith(short) || long.endsWith(short));
  });
  // Of several, the one that differs least.
  const [nearest] = alike.sort((a, b) => Math.abs(a.length - wanted.length) - Math.abs(b.length - wanted.length));
  return nearest ?? fieldOfOtherWord(name, known);
}

/** What people write for a field; a word that is itself a field of the group is never looked up. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  book: 'metadata meta about audiobook novel',
  characters: 'cast voices speakers narrators roles actors personas',
  chapters: 'parts sections episodes tracks scenes contents',
  pauses: 'silences gaps breaks',
  output: 'delivery deliver export',
  budget: 'maxCost costLimit spending',
  aliases: 'alias nicknames aka otherNames alsoKnownAs',
  sample: 'recording audio clip wav reference prompt',
  transcript: 'referenceText promptText',
  voice: 'speaker',
  author: 'writer by creator',
  narrator: 'readBy reader',
  cover: 'image picture artwork',
  language: 'locale',
  genre: 'category',
  pronunciations: 'lexicon dictionary phonemes',
  title: 'name heading',
  text: 'content words body',
  file: 'path source src filename',
  formats: 'codecs types',
  mastering: 'profile loudness',
};

const OTHER_WORD_FIELDS = new Map(
  Object.entries(OTHER_WORDS).flatMap(([field, words]) => words.split(' ').map((word) => [word, field] as const)),
);

function fieldOfOtherWord(name: string, known: readonly string[]): string | undefined {
  const words = [...OTHER_WORD_FIELDS].flatMap(([word, field]) => (known.includes(field) ? [word] : []));
  const exact = words.find((word) => letters(word) === letters(name));
  // More edits lead from one word to another: comment, content.
  return OTHER_WORD_FIELDS.get(exact ?? new NearestNames(words, { mostEdits: 1 }).to(name) ?? '');
}

function letters(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[-_\s]/g, '');
}

/** Misspelt fields that are looked up in one manifest; of the others only the name is reported. */
const MOST_LOOKED_UP = 200;

/** A manifest as it was probably meant, and the way back to how it is written. */
export interface MeantManifest {
  meant: unknown;
  /** The path of a field of `meant` as the manifest spells it. */
  written?(path: FieldPath): FieldPath;
}

/**
 * The manifest with misspelt fields under their right names, and without other unknown ones. One misspelt field is then one
 * error, and not also "there is no narrator" because a whole character was refused.
 */
export function withNearestFields(value: unknown): MeantManifest {
  const renamed = new Map<string, string>();
  let left = MOST_LOOKED_UP;
  const mend = (group: unknown, path: FieldPath): unknown => {
    if (!isGroup(group)) return group;
    const shape = shapeAt(path);
    const names = Object.keys(group);
    const unknown = names.filter((name) => !Object.hasOwn(shape, name));
    if (unknown.length === 0) return group;
    const mended = Object.fromEntries(Object.entries(group).filter(([name]) => Object.hasOwn(shape, name)));
    for (const name of unknown) {
      if (left-- <= 0) break;
      const near = nearestField(name, Object.keys(shape));
      if (near === undefined || near in mended) continue;
      // A wrong value would have the whole group refused. The groups of the manifest itself are read field by field.
      if (path.length > 0 && !shape[near]?.safeParse(group[name]).success) continue;
      mended[near] = group[name];
      renamed.set(JSON.stringify([...path, near]), name);
    }
    return mended;
  };
  const mendIn = (group: unknown, path: FieldPath, name: string | number): unknown => {
    if (!isGroup(group) || !(name in group)) return group;
    return { ...group, [name]: mend(group[name], [...path, name]) };
  };
  let root = mend(value, []);
  if (!isGroup(root)) return { meant: root };
  for (const name of ['book', 'output', 'pauses', 'credits', 'retailSample', 'disclosure'])
    root = mendIn(root, [], name);
  const meant = { ...(root as Record<string, unknown>) };
  const { book, characters, chapters, output } = meant;
  if (book !== undefined) meant['book'] = mendIn(book, ['book'], 'series');
  if (isGroup(characters))
    meant['characters'] = Object.fromEntries(
      Object.entries(characters).map(([name, character]) => {
        const path = ['characters', name];
        return [name, mendIn(mend(character, path), path, 'consent')];
      }),
    );
  if (Array.isArray(chapters)) meant['chapters'] = chapters.map((chapter, index) => mend(chapter, ['chapters', index]));
  if (output !== undefined) meant['output'] = mendIn(output, ['output'], 'custom');
  if (renamed.size === 0) return { meant };
  return {
    meant,
    written: (path) => path.map((step, index) => renamed.get(JSON.stringify(path.slice(0, index + 1))) ?? step),
  };
}

/** Whether the schema misses a field that is there in `meant`, under another name in the manifest. */
export function isThereIn(meant: unknown, issue: { path: readonly PropertyKey[] }): boolean {
  if (!('input' in issue) || issue.input !== undefined) return false;
  let found = meant;
  for (const step of issue.path) {
    if (typeof found !== 'object' || found === null) return false;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found !== undefined;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
