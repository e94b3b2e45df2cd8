/** What the front matter of a text says about its book. Pure. */
import { type BookFacts, factsOf } from '../facts/facts.ts';
import { LANGUAGE_CODES } from './gutenberg-facts.ts';

/** Reads the names that Pandoc uses for books (manual, "EPUB metadata"), and those of other programs. */
export function fieldFacts(fields: Readonly<Record<string, unknown>>): BookFacts {
  const of = (...names: string[]): string[] => names.flatMap((name) => textsIn(fields[name]));
  const creators = [fields['author'], fields['authors'], fields['creator']].flatMap(peopleIn);
  return factsOf({
    title: titlesIn(fields['title'], 'main'),
    subtitle: [...of('subtitle'), ...titlesIn(fields['title'], 'subtitle')],
    authors: creators,
    language: of('lang', 'language', 'languagecode').map((name) => LANGUAGE_CODES[name.toLowerCase()] ?? name),
    seriesName: of('belongs-to-collection', 'series'),
    seriesNumber: of('group-position', 'series-number', 'series_number', 'volume'),
    description: of('description', 'abstract', 'summary'),
    publisher: of('publisher'),
    identifiers: of('isbn', 'identifier'),
    rights: of('rights', 'copyright'),
    date: of('date', 'revdate'),
  });
}

/** Texts of a value: itself, those of a list, or the `text` or `name` of groups. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || value instanceof Date)
    return [value instanceof Date ? value.toISOString() : `${value}`];
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
