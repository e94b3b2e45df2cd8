/** Word documents and text files as people leave them: changes, fields, controls, page heads, and chapters in odd forms. */
import { expect, it } from 'vitest';
import { titleShape } from '../../src/import/headings/heading-shapes.ts';
import { imported } from './account.ts';
import { docx, odt } from './epub.ts';

const TEXT = 'The harbour lay quiet under the morning fog and nobody was about.';

const run = (text: string, properties = ''): string =>
  `<w:r>${properties && `<w:rPr>${properties}</w:rPr>`}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (inside: string, properties = ''): string =>
  `<w:p>${properties && `<w:pPr>${properties}</w:pPr>`}${inside}</w:p>`;
const heading = (text: string): string => paragraph(run(text), '<w:pStyle w:val="Heading1"/>');
const field = (instruction: string, result: string, isClosed = true): string =>
  `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>${instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${result}${isClosed ? '<w:r><w:fldChar w:fldCharType="end"/></w:r>' : ''}`;

/** What a document between a heading and a last paragraph says, each paragraph on a line. */
function read(inside: string): string {
  const body = heading('One') + inside + paragraph(run(TEXT));
  return imported('a.docx', docx(body)).chapters['One']!.split('\n\n').slice(1, -1).join('|');
}

it.each([
  [
    'a mark that the author chose',
    paragraph(
      `${run('He went')}<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>*</w:t></w:r>${run(' on.')}`,
    ),
    'He went on.',
  ],
  [
    'two marks and what divides them',
    paragraph(
      `${run('word')}<w:r><w:footnoteReference w:id="2"/></w:r>${run(',', '<w:vertAlign w:val="superscript"/>')}<w:r><w:footnoteReference w:id="3"/></w:r>${run(' on')}`,
    ),
    'word on',
  ],
  [
    'a paragraph whose end is deleted',
    paragraph(run('First half '), '<w:rPr><w:del w:id="9"/></w:rPr>') + paragraph(run('and the rest.')),
    'First half and the rest.',
  ],
  ['the number of a page', paragraph(`${run('On')}${field(' PAGE ', run('17'))}${run(' it went.')}`), 'On it went.'],
  ['a field with words', paragraph(`${run('See ')}${field(' REF x ', run('the sea'))}`), 'See the sea'],
  [
    'a page field that nothing ends',
    paragraph(field(' PAGE ', run('17'), false)) + paragraph(run('It went on.')),
    'It went on.',
  ],
  [
    'a control that nobody filled',
    paragraph(
      `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>${run('Click here.')}</w:sdtContent></w:sdt>${run('Real.')}`,
    ),
    'Real.',
  ],
  [
    'a sign in a font of pictures',
    paragraph(run('Good ') + run('J', '<w:rFonts w:ascii="Wingdings"/>') + run('news')),
    'Good news',
  ],
  ['raised digits that are characters', paragraph(run('He left.¹ It has 5 m².')), 'He left. It has 5 m².'],
])('reads a document with %s', (_what, inside, expected) => {
  expect(read(inside)).toBe(expected);
});

it('leaves out a table of contents that only its field shows; one that nothing ends is text', () => {
  const contents = (isClosed: boolean): string =>
    paragraph(
      `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>${run('The Lamp 3')}`,
    ) + paragraph(`${run('The Storm 9')}${isClosed ? '<w:r><w:fldChar w:fldCharType="end"/></w:r>' : ''}`);
  expect(read(contents(true))).toBe('');
  expect(read(contents(false))).toBe('The Lamp 3|The Storm 9');
});

it('refuses a Word document with another one inside that only Word joins with it', () => {
  const body = `${heading('One') + paragraph(run(TEXT))}<w:altChunk r:id="r9"/>`;
  expect(() => imported('a.docx', docx(body))).toThrow('text-elsewhere: This document has another document inside');
});

it('keeps a number of OpenDocument apart from its heading', () => {
  const body = ['1.', '2.'].map(
    (n) => `<text:h text:outline-level="1"><text:number>${n}</text:number>The Lamp</text:h><text:p>${TEXT}</text:p>`,
  );
  expect(imported('a.odt', odt(body.join(''))).book.chapters.map(({ title }) => title)).toEqual([
    '1. The Lamp',
    '2. The Lamp',
  ]);
});

const titles = (text: string): string[] => imported('a.txt', text).book.chapters.map(({ title }) => title);
const chapters = (heads: readonly string[], between = '\n\n', text = TEXT): string =>
  heads.map((head) => `${head}${between}${text}`).join('\n\n');

it.each([
  ['lowercase', ['chapter one', 'chapter two: the sea'], undefined],
  ['brackets', ['[Chapter 1]', '<Chapter 2: The Sea>'], ['Chapter 1', 'Chapter 2: The Sea']],
  ['how many there are', ['Chapter 1/3', 'Chapter 2 of 3'], undefined],
  ['other names', ['Prelude', 'Chapter 1', 'Intermission: The Sea'], undefined],
  ['times', ['07:15', '8:30 p.m.', '12:00'], undefined],
  ['the title of the book', ['The Sea - Chapter 1', 'The Sea - Chapter 2: Home'], undefined],
  ['its Chinese form', ['海 第一章 灯塔', '海 第二章'], undefined],
])('finds chapters with %s', (_what, heads, expected) => {
  expect(titles(chapters(heads))).toEqual(expected ?? heads);
});

it('finds the chapters of a Markdown file without headings, or with one', () => {
  const lines = ['Chapter 1', '**Chapter 2: The Sea**', 'Epilogue'];
  for (const first of ['', '# The Sea\n\n']) {
    const { book } = imported('a.md', `${first}${chapters(lines)}\n`);
    expect(book.chapters.map(({ title }) => title)).toEqual(['Chapter 1', 'Chapter 2: The Sea', 'Epilogue']);
  }
});

it('knows none of these forms in the titles of a manifest: the heads of books that exist stay', () => {
  for (const title of ['[Chapter 1]', 'Chapter 1/3', 'chapter one', 'Prelude', 'Intermission: The Sea'])
    expect(titleShape(title)).toBeUndefined();
  expect(titleShape('07:15')?.kind).toBe('number');
});

it('takes names that come again for chapters where each has a long text, and not in a play', () => {
  const heads = ['MARA', 'TOM', 'MARA', 'TOM'];
  expect(titles(chapters(heads, '\n\n', `${TEXT} `.repeat(20)))).toHaveLength(4);
  expect(titles(chapters(heads))).toHaveLength(1);
});

it('finds a title in capitals that stands directly above its text', () => {
  expect(titles(chapters(['CHAPTER I\nTHE LAMP', 'CHAPTER II\nTHE STORM'], '\n'))).toEqual([
    'CHAPTER I THE LAMP',
    'CHAPTER II THE STORM',
  ]);
  expect(titles(chapters(['CHAPTER I', 'CHAPTER II'], '\n', 'LONDON was far.'))).toEqual(['CHAPTER I', 'CHAPTER II']);
});

it('leaves out the heads of printed pages, and a title page that is signed', () => {
  const pages = [
    `${TEXT} It went on and\n\n12      THE SEA\n\non until night.`,
    'A. WRITER\t13',
    '14      THE SEA',
    'He bought\n\n3      old lamps',
  ];
  const text = `The Salt Road\nby N. Example\n\n${chapters(['Chapter 1', 'Chapter 2'], '\n\n', pages.join(`\n\n${TEXT}\n\n`))}`;
  const { chapters: found, leftOut } = imported('a.txt', text);
  expect(Object.keys(found)).toEqual(['Chapter 1', 'Chapter 2']);
  expect(found['Chapter 1']).toContain('It went on and\non until night.');
  expect(found['Chapter 1']).toContain('3      old lamps');
  expect(found['Chapter 1']).not.toMatch(/THE SEA|WRITER/);
  expect(leftOut.join()).toMatch(/looks like a title page.*6 running heads/s);
  expect(titles(`A house\nby the sea\n\n${chapters(['Chapter 1', 'Chapter 2'])}`)).toHaveLength(3);
});

it('decodes a text that names its encoding', () => {
  const latin1 = Buffer.from(
    `Title: Été\nCharacter set encoding: ISO-8859-1\n\n*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n\nLe café.\n`,
    'latin1',
  );
  expect(imported('a.txt', latin1).chapters).toEqual({ 'Chapter 1': 'Le café.\n' });
  const japanese = Uint8Array.from([0x1b, 0x24, 0x42, 0x39, 0x41, 0x1b, 0x28, 0x42, 0x0a]);
  expect(imported('a.txt', japanese).chapters).toEqual({ 'Chapter 1': '港\n' });
  const page = (label: string, bytes: readonly number[]): Uint8Array =>
    Uint8Array.from([...Buffer.from(`<html><meta charset="${label}"><p>A `), ...bytes, ...Buffer.from('.</p></html>')]);
  expect(imported('a.html', page('gb2312', [0x81, 0x39, 0xef, 0x31])).chapters).toEqual({ 'Chapter 1': 'A 㐂.\n' });
  // A character of Hong Kong, which Node decodes as nothing.
  expect(() => imported('a.html', page('big5', [0x9d, 0xef]))).toThrow('not-decoded');
  const editor = Buffer.from('-*- coding: koi8-r -*-\n\n\xe7\xc1\xd7\xc1\xce\xd8.\n', 'latin1');
  expect(Object.values(imported('a.txt', editor).chapters).join()).toContain('Гавань.');
});
