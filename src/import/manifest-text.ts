import { nameKey } from '../manifest/names.ts';
import { LONGEST_TITLE } from '../manifest/schema.ts';

/** What a new manifest says. */
export interface ManifestParts {
  title: string;
  author?: string | undefined;
  /** ISO code. */
  language: string;
  /** Path of the cover, if there is one. */
  cover?: string | undefined;
  /** Path of the schema, seen from the manifest, for editors that complete fields. */
  schema: string;
  /** The first one reads whatever has no tag. */
  characters: { name: string; sample: string; aliases?: readonly string[]; comment?: string }[];
  chapters: { title: string; file: string }[];
}

/** Writes a manifest with the comments that help its next reader. Every value is quoted where YAML could misread it. */
export function manifestText(parts: ManifestParts): string {
  const lines = [
    `# yaml-language-server: $schema=${parts.schema}`,
    '#',
    '#   pipeline check …             look for mistakes; calls nothing',
    '#   pipeline run … --simulate    hear it without a key',
    '#   pipeline run …               clone the voices and speak it',
    '',
    'book:',
    `  title: ${quoted(parts.title)}`,
    ...(parts.author ? [`  author: ${quoted(parts.author)}`] : []),
    `  language: ${parts.language}`,
    ...(parts.cover ? [`  cover: ${quoted(parts.cover)}`] : []),
    '  # Words that come out wrong, and how they are said:',
    '  # pronunciations: { Featherstonehaugh: Fanshaw }',
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
    'output:',
    '  formats: [mp3, m4a]',
    '  mastering: acx',
    '',
  ];
  return lines.join('\n');
}

/** Plain where YAML reads it as the same text, otherwise in double quotes, whose escapes JSON shares. */
function quoted(text: string): string {
  const plain =
    /^[\p{L}_][\p{L}\p{N}_ .'’,()/-]*$/u.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain && text === text.trim() ? text : JSON.stringify(text).replace(/\u0085|\u2028|\u2029/g, ' ');
}

/** Titles that a manifest takes: none empty, none too long, no two alike. */
export function distinctTitles(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title, index) => {
    const clean = title
      .replace(/[\p{Cc}\p{Cs}\u00ad\u200b\u2060\ufeff]/gu, '')
      .replace(/\s+/g, ' ')
      .trim();
    const base = [...(clean || `Chapter ${index + 1}`)].slice(0, LONGEST_TITLE - 20).join('');
    let distinct = base;
    for (let copy = 2; taken.has(nameKey(distinct)); copy++) distinct = `${base} (${copy})`;
    taken.add(nameKey(distinct));
    return distinct;
  });
}
