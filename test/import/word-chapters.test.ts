import { expect, it } from 'vitest';
import { imported } from './account.ts';
import { docx } from './epub.ts';

const LATIN = 'The harbour lay quiet under the morning fog and nobody was about.';

function paragraph(text: string, properties = ''): string {
  const run = text === '' ? '' : `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
  return `<w:p><w:pPr>${properties}</w:pPr>${run}</w:p>`;
}

const titles = (body: string, styles = ''): string[] =>
  imported('a.docx', docx(body, { 'word/styles.xml': `<w:styles>${styles}</w:styles>` })).book.chapters.map(
    ({ title }) => title,
  );

it('finds the chapters of a document without styles by their look', () => {
  const texts = ['The Salt Road', 'by N. Example', 'Contents', 'Chapter 1 ... 3', 'Chapter 2 ... 9'];
  const body = [...texts, 'Chapter 1', LATIN, '* * *', LATIN, 'Chapter 2', LATIN]
    .map((text) => paragraph(text))
    .join('');
  expect(titles(body)).toEqual(['Chapter 1', 'Chapter 2']);
  const { leftOut } = imported('a.docx', docx(body));
  expect(leftOut.join()).toContain('3 lines in the table of contents');
  expect(leftOut.join()).toContain('2 lines of the title page');
  expect(imported('a.docx', docx(body), { keepMatter: true }).book.chapters[0]!.title).toBe('Beginning');
});

it('counts headings that Word numbers and that have no text, by paragraph and by style', () => {
  const heading = '<w:outlineLvl w:val="0"/><w:numPr><w:numId w:val="1"/></w:numPr>';
  const styled = '<w:pStyle w:val="C"/>';
  const style = `<w:style w:styleId="C"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>`;
  const body = [paragraph('', heading), paragraph(LATIN), paragraph('', styled), paragraph(LATIN)].join('');
  expect(titles(body, style)).toEqual(['Chapter 1', 'Chapter 2']);
  const empty = '<w:outlineLvl w:val="0"/>';
  expect(titles([paragraph('One', empty), paragraph(LATIN), paragraph('', empty), paragraph(LATIN)].join(''))).toEqual([
    'One',
  ]);
});

it('joins a number and its title, and a part to its chapter, where all have one style', () => {
  const heading = '<w:outlineLvl w:val="0"/>';
  const body = ['Part One', 'Chapter 1', 'The Lamp', LATIN, 'Chapter 2', 'The Storm', LATIN]
    .map((text) => paragraph(text, text === LATIN ? '' : heading))
    .join('');
  expect(titles(body)).toEqual(['Chapter 1: The Lamp', 'Chapter 2: The Storm']);
});

it('reads letters that are signs of a font, and tells of pictures in a font', () => {
  const sign = (font: string, code: string): string => `<w:r><w:sym w:font="${font}" w:char="${code}"/></w:r>`;
  const text = (words: string): string => `<w:r><w:t xml:space="preserve">${words}</w:t></w:r>`;
  const body = [
    ...[
      text('Rays of '),
      sign('Symbol', 'F061'),
      text(' and '),
      sign('Symbol', 'F062'),
      text(' at 5 '),
      sign('Symbol', 'F0B0'),
    ],
    ...[
      text(', '),
      sign('Times New Roman', '00E9'),
      text('t'),
      sign('Times New Roman', '00E9'),
      sign('Wingdings', 'F04A'),
      text('.'),
    ],
  ].join('');
  const { book, leftOut } = imported(
    'a.docx',
    docx(`${paragraph('Chapter 1', '<w:outlineLvl w:val="0"/>')}<w:p>${body}</w:p>`),
  );
  expect(book.chapters[0]!.blocks.at(-1)!.text).toBe('Rays of α and β at 5 °, été.');
  expect(leftOut.join()).toContain('sign of a symbol font');
});
