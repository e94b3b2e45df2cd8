import { nameKey } from '../../manifest/fields/names.ts';
import type { Publication } from '../../manifest/fields/publication.ts';
import { LONGEST_TITLE } from '../../manifest/schema.ts';

/** The contents of a new manifest. */
export interface ManifestParts {
  title: string;
  author?: string | undefined;
  /** ISO code. */
  language: string;
  /** The model that speaks the book. */
  model: string;
  /** How the book was published, as far as it is known. */
  publication?: Publication | undefined;
  /** Path of the cover, if there is one. */
  cover?: string | undefined;
  /** Path of the schema relative to the manifest, for editors that complete fields. */
  schema: string;
  /** The first one reads all text without a tag. */
  characters: { name: string; sample: string; aliases?: readonly string[]; comment?: string }[];
  chapters: { title: string; file: string }[];
  /** Why the opening credits do not say that cloned voices speak. Absent: they do. */
  omitDisclosure?: string | undefined;
}

/** Writes a manifest with helpful comments. Quotes every value that YAML could misread. */
export function manifestText(parts: ManifestParts): string {
  const lines = [
    `# yaml-language-server: $schema=${parts.schema}`,
    '#',
    '#   pipeline check …             check for errors; calls no service',
    '#   pipeline run … --simulate    listen to it without an API key',
    '#   pipeline run …               clone the voices and speak the book',
    '',
    'book:',
    `  title: ${quoted(parts.title)}`,
    ...(parts.author ? [`  author: ${quoted(parts.author)}`] : []),
    ...publicationLines(parts.publication ?? {}),
    `  language: ${parts.language}`,
    ...(parts.cover ? [`  cover: ${quoted(parts.cover)}`] : []),
    '  # Words that are mispronounced, and how to say them:',
    '  # pronunciations: { Featherstonehaugh: Fanshaw }',
    '',
    '# Speaks the book. A voice works only with the model that it was enrolled for.',
    `model: ${parts.model}`,
    '',
    'characters:',
    ...parts.characters.flatMap(({ name, sample, aliases, comment }) => [
      ...(comment ? [`  # ${comment}`] : []),
      `  ${quoted(name)}:`,
      `    sample: ${quoted(sample)}`,
      ...(aliases && aliases.length > 0 ? [`    aliases: [${aliases.map(quoted).join(', ')}]`] : []),
    ]),
    '',
    'chapters:',
    ...parts.chapters.flatMap(({ title, file }) => [`  - title: ${quoted(title)}`, `    file: ${quoted(file)}`]),
    '',
    'credits:',
    '  opening: true # title, author and who reads',
    ...spokenDisclosure(parts.omitDisclosure),
    '',
    'output:',
    '  formats: [mp3, m4a]',
    '  mastering: acx',
    '',
  ];
  return lines.join('\n');
}

function publicationLines({ series, ...facts }: Publication): string[] {
  const number = series?.number === undefined ? '' : `, number: ${JSON.stringify(series.number)}`;
  const fields = ['subtitle', 'description', 'publisher', 'isbn', 'rights', 'date'] as const;
  return [
    ...fields.flatMap((field) => (facts[field] === undefined ? [] : [`  ${field}: ${quoted(facts[field])}`])),
    ...(series ? [`  series: { name: ${JSON.stringify(series.name)}${number} }`] : []),
  ];
}

function spokenDisclosure(omitted: string | undefined): string[] {
  if (omitted !== undefined)
    return [`  disclosure: { omit: ${JSON.stringify(omitted)} } # the reason stands in the report`];
  return ['  disclosure: true # says that cloned voices speak; to leave it out: {omit: why}'];
}

/** Plain where YAML reads it as the same text, otherwise a JSON string, which is valid YAML. */
function quoted(text: string): string {
  const plain =
    /^[\p{L}_][\p{L}\p{N}_ .'’,()/-]*$/u.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain && text === text.trim() ? text : JSON.stringify(text).replace(/\u0085|\u2028|\u2029/g, ' ');
}

/** Makes titles valid for a manifest: not empty, not too long, unique. */
export function distinctTitles(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  /** The number of the next copy, by title: thousands of chapters may have the same one. */
  const copies = new Map<string, number>();
  return titles.map((title, index) => {
    const clean = title
      .replace(/[\p{Cc}\p{Cs}\u00ad\u200b\u2060\ufeff]/gu, '')
      .replace(/\s+/g, ' ')
      .trim();
    const base = [...(clean || `Chapter ${index + 1}`)].slice(0, LONGEST_TITLE - 20).join('');
    let distinct = base;
    let copy = copies.get(base) ?? 2;
    while (taken.has(nameKey(distinct))) distinct = `${base} (${copy++})`;
    copies.set(base, copy);
    taken.add(nameKey(distinct));
    return distinct;
  });
}
