/** What the header of a text of Project Gutenberg says about its book. Pure. */
import { type BookFacts, factsOf } from '../facts/facts.ts';

/** Reads the lines `Title:`, `Author:` and `Language:` of a header; a title may go on in indented lines. */
export function gutenbergFacts(header: string): BookFacts {
  const of = (name: string): string[] =>
    [...header.matchAll(new RegExp(`^${name}:[ \\t]*(\\S[^\\r\\n]*(?:\\r?\\n[ \\t]+\\S[^\\r\\n]*)*)`, 'gm'))].map(
      (match) => match[1]!,
    );
  return factsOf({
    title: of('Title'),
    authors: of('Author'),
    language: of('Language').map((name) => LANGUAGE_CODES[name.trim().toLowerCase()] ?? ''),
  });
}

/** Codes of languages by their English names, in lower case. */
export const LANGUAGE_CODES: Readonly<Record<string, string>> = {
  english: 'en',
  german: 'de',
  french: 'fr',
  spanish: 'es',
  italian: 'it',
  portuguese: 'pt',
  russian: 'ru',
  chinese: 'zh',
  japanese: 'ja',
  dutch: 'nl',
  finnish: 'fi',
  swedish: 'sv',
};
