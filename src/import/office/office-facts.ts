/** What the properties of a Word document say about its book (ECMA-376, part 2, clause 11; part 1, 22.3). Pure. */

import { type BookFacts, factsOf } from '../facts/facts.ts';
import { namedFacts } from '../facts/named-facts.ts';
import { attribute, elementsOf, parseMarkup, textOf } from '../markup/markup.ts';
import type { Archive } from '../zip/archive.ts';

/** Reads the core properties, and custom ones with names such as "ISBN". */
export function officeFacts(archive: Archive): BookFacts {
  const core = parseMarkup(archive.text('docProps/core.xml') ?? '');
  const of = (name: string): string[] => [...elementsOf(core, name)].map((element) => textOf(element));
  const custom = [...elementsOf(parseMarkup(archive.text('docProps/custom.xml') ?? ''), 'property')];
  const named = namedFacts(custom.map((property) => [attribute(property, 'name'), textOf(property)]));
  return factsOf({
    ...named,
    title: of('dc:title'),
    // Word joins several authors with semicolons.
    authors: of('dc:creator').flatMap((names) => names.split(';')),
    language: of('dc:language'),
    description: [...(named.description ?? []), ...of('dc:description')],
    identifiers: [...(named.identifiers ?? []), ...of('dc:identifier')],
  });
}
