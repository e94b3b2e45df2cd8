/** What the head of a web page says about its book: Dublin Core, Open Graph, and the plain names of HTML. Pure. */
import { type BookFacts, factsOf } from '../facts/facts.ts';
import { attribute, elementsOf, type Node, textOf } from '../markup/markup.ts';

/** Reads the `meta` elements, the title and the language of a page. */
export function htmlFacts(children: Node[]): BookFacts {
  const metas = new Map<string, string[]>();
  for (const meta of elementsOf({ children }, 'meta')) {
    const name = (attribute(meta, 'name') || attribute(meta, 'property')).trim().toLowerCase();
    const key = name.replace(/^(?:dc|dcterms)[.:]/, 'dc.');
    metas.set(key, [...(metas.get(key) ?? []), attribute(meta, 'content')]);
  }
  const of = (...names: string[]): string[] => names.flatMap((name) => metas.get(name) ?? []);
  const root = [...elementsOf({ children }, 'html', 'body')];
  const title = elementsOf({ children }, 'title').next().value;
  const [, book, writer] = (title && OF_GUTENBERG.exec(textOf(title))) ?? [];
  const titles = title === undefined ? [] : [book ?? textOf(title)];
  return factsOf({
    title: [...of('dc.title', 'og:title', 'citation_title'), ...titles],
    authors: firstOf(of('dc.creator'), of('author', 'citation_author', 'book:author'), writer ? [writer] : []),
    language: [
      ...root.map((element) => attribute(element, 'lang') || attribute(element, 'xml:lang')),
      ...of('dc.language'),
    ],
    description: of('dc.description', 'description', 'og:description'),
    publisher: of('dc.publisher', 'publisher', 'citation_publisher'),
    identifiers: of('dc.identifier', 'isbn', 'citation_isbn', 'book:isbn'),
    rights: of('dc.rights', 'copyright', 'rights'),
    date: of('dc.date', 'dc.issued', 'citation_publication_date', 'book:release_date', 'date'),
  });
}

/** "The Project Gutenberg eBook of Title, by Author" */
const OF_GUTENBERG = /^The Project Gutenberg e-?(?:book|text) of (.+?)(?:[,;] by (.+))?\.?$/i;

function firstOf(...lists: string[][]): string[] {
  return lists.find((list) => list.length > 0) ?? [];
}
