import { expect, it } from 'vitest';
import { leftOutNotes } from '../../src/import/left-out.ts';
import { readManuscript } from '../../src/import/read.ts';
import { chapterText } from '../../src/import/write/book-text.ts';
import { docx } from './epub.ts';

function read(
  name: string,
  bytes: Uint8Array | string,
): { title: string; chapters: Record<string, string>; notes: string[] } {
  const reading = readManuscript({ name, bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes });
  if ('problem' in reading) throw new Error(reading.problem.message);
  const { title, chapters, omissions = [] } = reading.book;
  return {
    title,
    notes: leftOutNotes(omissions.map((one) => ({ ...one, letters: one.end - one.start }))),
    chapters: Object.fromEntries(chapters.map((chapter) => [chapter.title, chapterText(chapter.blocks)])),
  };
}

const run = (text: string, properties = ''): string =>
  `<w:r>${properties}<w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (runs: string, style = ''): string =>
  `<w:p>${style && `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}${runs}</w:p>`;

it('reads a Word document: headings by name, changes accepted, notes and hidden text left out', () => {
  const styles = '<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>';
  const body = [
    paragraph(run('Eins'), 'berschrift1'),
    paragraph(
      run('Er ') +
        run('ging', '<w:rPr><w:b/></w:rPr>') +
        '<w:del><w:r><w:delText>lief</w:delText></w:r></w:del>' +
        run('.') +
        '<w:r><w:footnoteReference w:id="1"/></w:r>',
    ),
    paragraph(`${run('hidden', '<w:rPr><w:vanish/></w:rPr>') + run('Zeile')}<w:r><w:br/></w:r>${run('zwei')}`),
    paragraph(run('* * *')),
    paragraph(run('Ende')),
    paragraph(run('Zwei'), 'berschrift1'),
    paragraph(
      '<w:hyperlink>' +
        run('Text') +
        '</w:hyperlink><mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice><mc:Fallback><w:p>' +
        run('copy') +
        '</w:p></mc:Fallback></mc:AlternateContent>',
    ),
  ].join('');
  const files = {
    'word/styles.xml': styles,
    'docProps/core.xml': '<cp:coreProperties><dc:title>Das Buch</dc:title></cp:coreProperties>',
  };
  const result = read('a.docx', docx(body, files));
  expect(result.title).toBe('Das Buch');
  expect(result.chapters).toEqual({ Eins: 'Eins\n\nEr ging.\n\nZeile\nzwei\n\n***\n\nEnde\n', Zwei: 'Zwei\n\nText\n' });
  expect(result.notes).toEqual([
    'Left out: 1 deleted text, 4 letters (word/document.xml, paragraph 2: "lief").',
    'Left out: 1 note mark (word/document.xml, paragraph 2).',
    'Left out: 1 hidden text, 6 letters (word/document.xml, paragraph 3: "hidden").',
    'Left out: 1 image (word/document.xml, paragraph 7).',
    'Left out: 1 copy for old programs, 4 letters (word/document.xml, paragraph 7: "copy").',
  ]);
});

it('says of a .zip of something else that it is no book', () => {
  const zip = docx('');
  const renamed = Buffer.from(
    Buffer.from(zip).toString('latin1').replaceAll('word/document.xml', 'word/doc_ment.xml'),
    'latin1',
  );
  expect(readManuscript({ name: 'a.docx', bytes: renamed })).toMatchObject({ problem: { code: 'unknown-format' } });
});

it('reads Markdown: chapters at the headings used twice, markup dropped', () => {
  const text =
    '---\ntitle: "The Lamp"\n---\n# The Lamp\n\n## One\nA *b* [c](http://x) `d`.\n\n![p](p.png)\n\n---\n\n> Quoted\n\nTwo\n---\n\nText[^1] \\[x].\n\n[^1]: A note.\n';
  const result = read('a.md', text);
  expect(result.title).toBe('The Lamp');
  expect(result.chapters).toEqual({
    One: 'The Lamp\n\nOne\n\nA b c d.\n\n***\n\nQuoted\n',
    Two: 'Two\n\nText \\[x].\n',
  });
  expect(result.notes).toEqual([
    'Left out: 1 front matter, 12 letters (line 1: "--- title: "The Lamp" ---").',
    'Left out: 1 markup, 5 letters (line 7: "](http://x)").',
    'Left out: 1 image, 5 letters (line 9: "![p](p.png)").',
    'Left out: 2 notes, 7 letters (first in line 18: "[^1]").',
  ]);
});

it.each([
  [
    'English',
    'Title\n\nCHAPTER I. The Start\n\nA line\nand more.\n\nChapter Two\n\nB.\n',
    ['Beginning', 'CHAPTER I. The Start', 'Chapter Two'],
  ],
  ['Chinese, a paragraph a line', '第一章 开始\n　　你好。\n　　再见。\n第二章\n结束。', ['第一章 开始', '第二章']],
  ['Roman', 'I\n\nA.\n\nII\n\nIll men sing.\n\nCivil\n', ['I', 'II']],
  ['no headings', 'A.\n\nB.', ['Chapter 1']],
])('finds the chapters of a plain text: %s', (_name, text, titles) => {
  expect(Object.keys(read('a.txt', text).chapters)).toEqual(titles);
});

it('leaves out the header and licence of Project Gutenberg', () => {
  const text =
    'Header\n\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\nStory.\n\n*** END OF THE PROJECT GUTENBERG EBOOK X ***\n\nLicence';
  const { chapters, notes } = read('a.txt', text);
  expect(Object.values(chapters)).toEqual(['Story.\n']);
  expect(notes).toEqual([
    'Left out: 1 header of Project Gutenberg, 38 letters (line 1: "Header *** START OF THE PROJECT GUTENBERG EBOOK X ***").',
    'Left out: 1 license of Project Gutenberg, 37 letters (line 7: "*** END OF THE PROJECT GUTENBERG EBOOK X *** Licence").',
  ]);
});
