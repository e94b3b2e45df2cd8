/** What the front matter of a Markdown file says about its book: YAML, or Pandoc's title block. Pure. */
import { parse } from 'yaml';
import { type BookFacts, factsOf } from '../facts/facts.ts';

const LONGEST = 20_000;

/** Reads the names that Pandoc uses for books (manual, "EPUB metadata"), and those of other programs. */
export function markdownFacts(text: string): BookFacts {
  const fields = frontMatter(text.replace(/^\ufeff/, ''));
  const of = (...names: string[]): string[] => names.flatMap((name) => textsIn(fields[name]));
  const creators = [fields['author'], fields['authors'], fields['creator']].flatMap(peopleIn);
  return factsOf({
    title: titlesIn(fields['title'], 'main'),
    subtitle: [...of('subtitle'), ...titlesIn(fields['title'], 'subtitle')],
    authors: creators,
    language: of('lang', 'language'),
    seriesName: of('belongs-to-collection', 'series'),
    seriesNumber: of('group-position', 'series-number', 'volume'),
    description: of('description', 'abstract', 'summary'),
    publisher: of('publisher'),
    identifiers: of('isbn', 'identifier'),
    rights: of('rights', 'copyright'),
    date: of('date'),
  });
}

function frontMatter(text: string): Record<string, unknown> {
  const block = /^---[ \t]*\r?\n([\s\S]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/.exec(text.slice(0, LONGEST))?.[1];
  if (block === undefined) return titleBlock(text);
  try {
    const value: unknown = parse(block, { schema: 'failsafe', maxAliasCount: 10, logLevel: 'error' });
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** `% Title`, `% Authors`, `% Date` in the first three lines. */
function titleBlock(text: string): Record<string, unknown> {
  const [title, authors, date] = text.split(/\r\n|\n|\r/, 3).map((line) => /^%[ \t]+(\S.*)/.exec(line)?.[1] ?? '');
  if (!title) return {};
  return { title, author: authors?.split(';') ?? [], date };
}

/** Texts of a value: itself, those of a list, or the `text` or `name` of groups. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const group = value as Record<string, unknown>;
  return textsIn(group['text'] ?? group['name'] ?? group['title']);
}

function peopleIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(peopleIn);
  const role = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['role'] : undefined;
  return role === undefined || /^(?:aut|author|creator)$/i.test(String(role)) ? textsIn(value) : [];
}

/** A title alone is the main one; of several, those of a type. */
function titlesIn(value: unknown, type: 'main' | 'subtitle'): string[] {
  if (!Array.isArray(value)) return type === 'main' ? textsIn(value) : [];
  const ofType = value.filter((one) => (one as { type?: unknown } | null)?.type === type);
  return textsIn(ofType.length > 0 || type === 'subtitle' ? ofType : value.slice(0, 1));
}
