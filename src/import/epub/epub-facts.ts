/** What the package document of an EPUB says about its book (OPF 2.0, 2.2; EPUB 3.3, 5.5 and D.3; calibre's own names). Pure. */
import { type BookFacts, factsOf } from '../facts/facts.ts';
import { attribute, type Element, elementsOf, type Node, textOf } from '../markup/markup.ts';

/** Reads titles by their types, people by their roles, and the series. */
export function epubFacts(opf: { children: Node[] }): BookFacts {
  const metas = [...elementsOf(opf, 'meta', 'opf:meta')];
  const refined = refinementsIn(metas);
  const all = (name: string): Element[] => [...elementsOf(opf, name)].filter((element) => textOf(element) !== '');
  const texts = (name: string): string[] => all(name).map((element) => textOf(element));
  const titles = all('dc:title').map((element) => ({
    text: textOf(element),
    type: refined(element, 'title-type') ?? '',
    place: Number(refined(element, 'display-seq') ?? 99),
  }));
  const ordered = titles
    .map((title, index) => ({ ...title, index }))
    .sort((a, b) => a.place - b.place || a.index - b.index);
  const main = ordered.find(({ type }) => type === 'main') ?? ordered.find(({ type }) => type === '') ?? ordered[0];
  const named = (name: string): string[] =>
    metas.filter((meta) => attribute(meta, 'name') === name).map((meta) => attribute(meta, 'content'));
  const series = seriesIn(metas, refined);
  return factsOf({
    title: main ? [main.text] : [],
    authors: authorsOf(all('dc:creator'), refined),
    language: texts('dc:language'),
    subtitle: ordered.filter((title) => title !== main && title.type === 'subtitle').map(({ text }) => text),
    seriesName: [...series.names, ...named('calibre:series')],
    seriesNumber: series.names.length > 0 ? series.numbers : named('calibre:series_index'),
    description: texts('dc:description'),
    publisher: texts('dc:publisher'),
    identifiers: [...identifiersIn(all('dc:identifier')), ...texts('dc:source')],
    rights: texts('dc:rights'),
    date: datesIn(all('dc:date')),
  });
}

/** The value of a property that refines an element. */
type Refined = (element: Element, property: string) => string | undefined;

function refinementsIn(metas: readonly Element[]): Refined {
  const all = new Map<string, string>();
  for (const meta of metas) {
    const property = attribute(meta, 'property');
    const key = `${attribute(meta, 'refines').replace(/^#/, '')} ${property}`;
    const before = all.get(key);
    if (before === undefined) all.set(key, wordsOf(meta));
    // One person may have several roles.
    else if (property === 'role') all.set(key, `${before} ${wordsOf(meta)}`);
  }
  return (element, property) => all.get(`${attribute(element, 'id')} ${property}`);
}

/** In HTML, which the parser reads leniently, a `meta` has no content: its text comes to stand behind it. */
function wordsOf(meta: Element): string {
  const next = meta.parent?.childNodes[meta.index + 1];
  return textOf(meta) || (next && 'value' in next ? next.value.replace(/\s+/g, ' ').trim() : '');
}

/** MARC relators of those who wrote the words; `aut` alone where somebody has it. */
const WRITES = /^(?:aut|author|cre|creator|aui|aft|win)$/i;

/** Those whose role is to write; without any role, all. Editors, illustrators, narrators and programs are no authors. */
function authorsOf(creators: readonly Element[], refined: Refined): string[] {
  const people = creators.map((element) => ({
    name: textOf(element),
    roles: rolesIn(attribute(element, 'opf:role') || attribute(element, 'role') || refined(element, 'role') || ''),
    place: Number(refined(element, 'display-seq') ?? 99),
  }));
  const ordered = [...people].sort((a, b) => a.place - b.place);
  const writers = ordered.filter(({ roles }) => roles.some((role) => /^(?:aut|author)$/i.test(role)));
  if (writers.length > 0) return writers.map(({ name }) => name);
  const others = ordered.filter(({ roles }) => roles.length === 0 || roles.some((role) => WRITES.test(role)));
  return others.map(({ name }) => name);
}

/** A role may be an address: `http://id.loc.gov/vocabulary/relators/aut`. */
function rolesIn(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((role) => role.split(/[/#:]/).at(-1) ?? '')
    .filter((role) => role !== '');
}

function seriesIn(metas: readonly Element[], refined: Refined): { names: string[]; numbers: string[] } {
  const groups = metas.filter((meta) => attribute(meta, 'property') === 'belongs-to-collection');
  // A set is a book in volumes; without a type it may be a list in a shop.
  const found =
    groups.find((meta) => refined(meta, 'collection-type') === 'series') ??
    groups.find((meta) => refined(meta, 'collection-type') === undefined);
  if (found === undefined) return { names: [], numbers: [] };
  return { names: [wordsOf(found)], numbers: [refined(found, 'group-position') ?? ''] };
}

/** What is marked as an ISBN first: other identifiers may have as many digits by chance. */
function identifiersIn(elements: readonly Element[]): string[] {
  const isMarked = (element: Element): boolean =>
    /isbn/i.test(
      `${attribute(element, 'opf:scheme')} ${attribute(element, 'scheme')} ${attribute(element, 'id')} ${textOf(element)}`,
    );
  return [...elements.filter(isMarked), ...elements.filter((one) => !isMarked(one))].map((element) => textOf(element));
}

/** The day of publication: not when the file was changed or converted. */
function datesIn(elements: readonly Element[]): string[] {
  const eventOf = (element: Element): string =>
    (attribute(element, 'opf:event') || attribute(element, 'event')).toLowerCase();
  const original = elements.filter((element) => /^(?:original-)?publication$|^issued$/.test(eventOf(element)));
  const plain = elements.filter((element) => eventOf(element) === '');
  return [...original, ...plain].map((element) => textOf(element));
}
