/** What the properties of a PDF say about its book (PDF 1.7, 14.3; XMP). Pure. */
import type { RawFacts } from '../facts/facts.ts';

/** Reads the fields of its information and, where it has them, of its metadata, which are newer and know several authors. */
export function pdfFacts(info: object, metadata: (name: string) => unknown): RawFacts {
  const field = (name: string): string[] => wordsOf(Reflect.get(info, name));
  const xmp = (name: string): string[] => wordsOf(metadata(name)).map((text) => text.trim());
  const authors = xmp('dc:creator').filter((name) => name !== '');
  return {
    title: [...xmp('dc:title'), ...field('Title')].filter((title) => !FILE_NAME.test(title.trim())),
    // Programs join several authors with semicolons.
    authors: authors.length > 0 ? authors : field('Author').flatMap((names) => names.split(';')),
    language: [...xmp('dc:language'), ...field('Language')],
    description: [...xmp('dc:description'), ...field('Subject')],
    publisher: xmp('dc:publisher'),
    identifiers: [...xmp('dc:identifier'), ...xmp('prism:isbn'), ...xmp('pdfx:isbn')],
    rights: xmp('dc:rights'),
  };
}

/** Programs write the name of the file where the title belongs. */
const FILE_NAME =
  /^(?:microsoft word - .*|.*\.(?:docx?|odt|rtf|tex|dvi|indd|qxd|qxp|pdf|html?|txt)|untitled.*|about:blank)$/i;

function wordsOf(value: unknown): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === 'string');
}
