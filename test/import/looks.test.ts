/** Chapters of documents that no style and no word shows, only how their heads look. */
import { describe, expect, it } from 'vitest';
import { imported } from './account.ts';
import { docx, odt } from './epub.ts';

const TEXT =
  'The harbour lay quiet under the morning fog and nobody was about. She waited for the boat until it was dark.';

/** Word: a paragraph with properties of its own and of its only run. */
function word(text: string, run = '', paragraph = ''): string {
  return `<w:p><w:pPr>${paragraph}</w:pPr><w:r><w:rPr>${run}</w:rPr><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

const BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>';
const CENTER = '<w:jc w:val="center"/>';

const read = (bytes: Uint8Array, name = 'a.docx') => {
  const { book, leftOut } = imported(name, bytes);
  return { titles: book.chapters.map(({ title }) => title), leftOut: leftOut.join(' ') };
};
const titles = (parts: readonly string[], styles = ''): string[] =>
  read(docx(parts.join(''), { 'word/styles.xml': `<w:styles>${styles}</w:styles>` })).titles;

describe('Word, without heading styles', () => {
  const heads = ['The Lamp', 'A Storm at Night', 'Home'];
  const book = (head: (text: string) => string): string[] =>
    heads.flatMap((text) => [head(text), word(TEXT), word(TEXT)]);

  it.each([
    ['larger', (text: string) => word(text, '<w:sz w:val="32"/>')],
    ['bold', (text: string) => word(text, '<w:b/>')],
    ['centered, from the beginning', (text: string) => word(text, '', CENTER)],
    ['small capitals, bold and centered', (text: string) => word(text, '<w:smallCaps/><w:b/>', CENTER)],
    ['on a new page, by the paragraph', (text: string) => word(text, '', '<w:pageBreakBefore/>')],
    ['after an empty paragraph with a page break', (text: string) => BREAK + word('') + word(text)],
    ['after a section', (text: string) => `<w:p><w:pPr><w:sectPr/></w:pPr></w:p>${word(text)}`],
  ])('finds chapters whose heads are %s', (_, head) => {
    expect(titles(book(head))).toEqual(heads);
  });

  it('looks through styles that are no heading styles, and what they are based on', () => {
    const styles = `<w:style w:type="paragraph" w:styleId="B"><w:rPr><w:sz w:val="40"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="K"><w:basedOn w:val="B"/></w:style>`;
    expect(
      titles(
        book((text) => word(text, '', '<w:pStyle w:val="K"/>')),
        styles,
      ),
    ).toEqual(heads);
    // A style is bold, and its text is bold, too: nothing stands out.
    const all = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:rPr><w:b/></w:rPr></w:style>';
    expect(
      titles(
        book((text) => word(text)),
        all,
      ),
    ).toEqual(['Chapter 1']);
  });

  it('finds them beside one heading that has a style: another chapter, the last, or the title of the book', () => {
    const styled = (text: string): string => word(text, '', '<w:pStyle w:val="Heading1"/>');
    const seen = (text: string): string => word(text, '<w:b/><w:sz w:val="36"/>', CENTER);
    const chapter = (head: string): string[] => [head, word(TEXT), word(TEXT)];
    const first = chapter(seen('The Lamp'));
    const last = chapter(seen('Home'));
    expect(titles([...first, ...chapter(styled('A Storm at Night')), ...last])).toEqual(heads);
    expect(titles([...chapter(styled('The Lamp')), ...chapter(seen('A Storm at Night')), ...last])).toEqual(heads);
    expect(titles([styled('The Salt Road'), ...first, ...last])).toEqual(['The Lamp', 'Home']);
    const byline = read(docx([styled('The Salt Road'), word('by N. Example'), ...first, ...last].join('')));
    expect(byline).toEqual({
      titles: ['The Lamp', 'Home'],
      leftOut: expect.stringContaining('2 lines of the title page'),
    });
    const thanks = read(docx([...first, ...last, ...chapter(styled('Acknowledgements'))].join('')));
    expect(thanks.titles).toEqual(['The Lamp', 'Home']);
    expect(thanks.leftOut).toContain('Acknowledgements');
    const worded = ['Chapter 2', 'Chapter 3'].flatMap((text) => chapter(word(text)));
    expect(titles([...chapter(styled('Chapter 1')), ...worded])).toEqual(['Chapter 1', 'Chapter 2', 'Chapter 3']);
    // Emphasis and signs are no chapters here, either.
    const long = [word(TEXT), word(TEXT), word('No Entry', '', CENTER), word(TEXT), word('Keep Out', '', CENTER)];
    expect(titles([styled('The Salt Road'), ...long, word(TEXT)])).toEqual(['The Salt Road']);
  });

  it('tells parts from chapters by size, and leaves the title page out', () => {
    const part = (text: string): string => BREAK + word(text, '<w:sz w:val="48"/>', CENTER);
    const chapter = (text: string): string => word(text, '<w:sz w:val="32"/>', CENTER);
    const front = [word('The Salt Road', '<w:sz w:val="72"/>'), word('N. Example', '<w:sz w:val="36"/>')];
    const body = [
      ...[part('The Coast'), chapter('The Lamp'), word(TEXT), chapter('A Storm'), word(TEXT)],
      ...[part('The Town'), chapter('A Market'), word(TEXT), chapter('Home'), word(TEXT)],
    ];
    const of = read(docx([...front, ...body].join('')));
    expect(of.titles).toEqual(['The Lamp', 'A Storm', 'A Market', 'Home']);
    expect(of.leftOut).toContain('2 lines of the title page');
  });

  it('adds what looks as the chapters do that words show', () => {
    const head = (text: string): string => word(text, '<w:b/>');
    const body = [head('The Beginning'), word(TEXT), head('Chapter 1'), word(TEXT), head('Chapter 2'), word(TEXT)];
    expect(titles(body)).toEqual(['The Beginning', 'Chapter 1', 'Chapter 2']);
    // Signs in the text look otherwise than the chapters.
    const sign = word('No Entry', '', CENTER);
    const signs = [head('Chapter 1'), word(TEXT), sign, word(TEXT), head('Chapter 2'), sign, word(TEXT)];
    expect(titles(signs)).toEqual(['Chapter 1', 'Chapter 2']);
  });

  it('does not take emphasis, signs, verses and speech for chapters', () => {
    const long = [word(TEXT), word(TEXT), word(TEXT)];
    const one = ['Chapter 1'];
    expect(titles([...long, word('No Entry', '', CENTER), ...long, word('Keep Out', '', CENTER), ...long])).toEqual(
      one,
    );
    expect(titles([...long, word('Stop!', '<w:b/>'), ...long, word('He ran.', '<w:b/>'), ...long])).toEqual(one);
    expect(titles([word('The Salt Road', '<w:b/>'), ...long])).toEqual(one);
    const half = `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Now</w:t></w:r><w:r><w:t> it went on</w:t></w:r></w:p>`;
    expect(titles([half, ...long, half, ...long])).toEqual(one);
    const terms = ['Lamp', 'Harbour', 'Storm'].flatMap((term) => [
      word(term, '<w:b/>'),
      word('It is a thing at the coast.'),
    ]);
    expect(titles(terms)).toEqual(one);
    const styled = ['Lamp', 'Harbour'].map((term) =>
      word(term, '<w:sz w:val="32"/>', '<w:pStyle w:val="DefinitionTerm"/>'),
    );
    expect(titles(styled.flatMap((term) => [term, word(TEXT)]))).toEqual(one);
    const verses = ['The sea is wide', 'The sea is deep', 'And those who sail it'].map((text) =>
      word(text, '', CENTER),
    );
    expect(titles([...verses, word(TEXT), ...verses, word(TEXT)])).toEqual(one);
  });
});

describe('OpenDocument, without heading styles', () => {
  const styles = [
    '<style:style style:name="H" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold"/></style:style>',
    '<style:style style:name="B" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>',
    '<style:style style:name="T" style:family="text"><style:text-properties fo:font-size="18pt"/></style:style>',
    '<style:style style:name="N" style:family="paragraph"><style:text-properties fo:font-size="12pt"/></style:style>',
  ].join('');
  const p = (text: string, style = 'N'): string => `<text:p text:style-name="${style}">${text}</text:p>`;

  it.each([
    ['bold', (text: string) => p(text, 'H')],
    ['on a new page', (text: string) => p(text, 'B')],
    ['larger by a span', (text: string) => p(`<text:span text:style-name="T">${text}</text:span>`)],
    ['after an empty paragraph that breaks the page', (text: string) => p('', 'B') + p(text)],
  ])('finds chapters whose heads are %s', (_, head) => {
    const body = [head('The Lamp'), p(TEXT), head('A Storm at Night'), p(TEXT)].join('');
    expect(read(odt(body, {}, styles), 'a.odt').titles).toEqual(['The Lamp', 'A Storm at Night']);
  });
});
