/** What books write in ways of their own: raised digits, styles with other names, pages, words in labels, hidden places. */
import { describe, expect, it } from 'vitest';
import { bookLanguage } from '../../src/import/facts/book-language.ts';
import { imported } from './account.ts';
import { docx, epub, odt } from './epub.ts';

const TEXT = 'The harbour lay quiet under the morning fog and nobody was about.';
const paragraph = (text: string, style = ''): string =>
  `<w:p>${style && `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
const raised = (text: string, how = 'superscript'): string =>
  `<w:r><w:rPr><w:vertAlign w:val="${how}"/></w:rPr><w:t>${text}</w:t></w:r>`;
const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const page = (body: string, head = ''): Uint8Array => epub({ documents: { 'c1.xhtml': `${head}<h1>One</h1>${body}` } });

function texts(name: string, bytes: string | Uint8Array, options = {}): string[] {
  const { book } = imported(name, bytes, options);
  return book.chapters.flatMap(({ blocks }) => blocks).map(({ text }) => text);
}

describe('digits above and below the line', () => {
  it('stay what they are in Word, and are notes behind a word', () => {
    const body = `<w:p>${run('10')}${raised('6')}${run(' of H')}${raised('2', 'subscript')}${run('O, said he at last')}${raised('3')}${run('.')}</w:p>`;
    expect(texts('a.docx', docx(paragraph('One', 'Heading1') + body))).toEqual(['One', '10⁶ of H₂O, said he at last.']);
  });

  it('stay what they are in OpenDocument, in Markdown, and in an EPUB whose elements all have classes', () => {
    const style =
      '<style:style style:name="S" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>';
    const body = '<text:p>10<text:span text:style-name="S">6</text:span> lamps</text:p>';
    expect(texts('a.odt', odt(body, {}, style))).toEqual(['10⁶ lamps']);
    expect(
      texts(
        'a.md',
        '# A\n\n10^6^ of H~2~O, the 1^st^, at night^2^.\\\nIt rained.\n\n# B\n\n- [x] oil\n\n| Light on water,\n| light on stone.\n',
      ),
    ).toEqual(['A', '10⁶ of H₂O, the 1st, at night. It rained.', 'B', 'oil', 'Light on water, light on stone.']);
    expect(texts('a.epub', page('<p>10<sup class="calibre3">6</sup> and 10<sup>-6</sup></p>'))).toEqual([
      'One',
      '10⁶ and 10⁻⁶',
    ]);
  });
});

describe('styles of headings by their names', () => {
  it.each([
    'Titre 1',
    'Überschrift 1',
    '标题 1',
    'Заголовок 1',
    'Chapter Title',
    'Kapitelüberschrift',
    'Título de capítulo',
  ])('%s', (name) => {
    const styles = `<w:styles><w:style w:type="paragraph" w:styleId="X"><w:name w:val="${name}"/></w:style></w:styles>`;
    const body = paragraph('Arrival', 'X') + paragraph(TEXT) + paragraph('Departure', 'X') + paragraph(TEXT);
    const { book } = imported('a.docx', docx(body, { 'word/styles.xml': styles }));
    expect(book.chapters.map(({ title }) => title)).toEqual(['Arrival', 'Departure']);
  });
});

it('reads notes and ruby of a Word document that no relationship lists', () => {
  const body = `<w:p>${run('It rained')}<w:r><w:footnoteReference w:id="2"/></w:r>${run('.')}</w:p><w:p><w:r><w:ruby><w:rt><w:r><w:t>かん</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>`;
  const notes = `<w:footnotes><w:footnote w:id="2"><w:p>${run('A note.')}</w:p></w:footnote></w:footnotes>`;
  const file = docx(body, { 'word/footnotes.xml': notes });
  expect(texts('a.docx', file, { notes: 'end' })).toEqual(['It rained.', 'A note.', '漢']);
  expect(texts('a.docx', file, { ruby: 'reading' })).toEqual(['It rained.', 'かん']);
  expect(imported('a.docx', file).account.leftOut.map(({ reason }) => reason)).toContain('note');
});

it('leaves out markers of pages with labels, names and totals, and nothing else', () => {
  const body = `<p>Mid <span role="doc-pagebreak" aria-label="13">13</span>sentence <a name="page24">24</a>goes on.</p>
    <p class="pagenumber">Page 20 of 300</p><p><span class="seitenzahl">Seite 28</span>It <span class="page">was</span>.</p><p class="page">In 1851</p>`;
  expect(texts('a.epub', page(body))).toEqual(['One', 'Mid sentence goes on.', 'It was.', 'In 1851']);
});

it('reads the letter of a described initial, keeps blocks apart, and joins words at a break', () => {
  const body =
    '<p><img alt="Drop cap letter W" src="w.png"/>hen it rained.</p><details><summary>Sum</summary>Detail.</details><p>inter-<br/>national</p>';
  expect(texts('a.epub', page(body))).toEqual(['One', 'When it rained.', 'Sum', 'Detail.', 'international']);
});

it('hides what the style sheet hides by its place, and by the more exact rule', () => {
  const css = `<style>.a .b { display: none } .c > p.d { visibility: hidden } .e { display: none } #f { display: block } p:hover .g, .h + p { display: none } .i { display: none !important } p.i { display: block }</style>`;
  const body =
    '<div class="a"><p><span class="b">no</span> one</p></div><div class="c"><p class="d">no</p><div><p class="d">two</p></div></div><p class="e" id="f">three</p><p class="g h">four</p><p>five</p><p class="i">no</p>';
  expect(texts('a.epub', page(body, css))).toEqual(['One', 'one', 'two', 'three', 'four', 'five']);
});

it('takes no title from a program and no language from a code for none', () => {
  const core = (title: string): string =>
    `<cp:coreProperties><dc:title>${title}</dc:title><dc:language>und</dc:language></cp:coreProperties>`;
  for (const title of ['Microsoft Word - salt.docx', 'Word Document', 'salt.docx', 'Untitled Document']) {
    const { book } = imported(
      'a.docx',
      docx(paragraph('Es war Nacht, und der Wind kam von der See her, aber die Frau sagte nichts.'), {
        'docProps/core.xml': core(title),
      }),
    );
    expect([book.title, bookLanguage(book, ['en', 'de']).language]).toEqual(['', 'de']);
  }
});
