/** Manuscripts that are made to be slow: each repeats what once took time that grew with its square, or easily could. */
import { epub } from '../import/epub.ts';
import { page, wordFile } from './crafted-parts.ts';

/** A manuscript of about so many characters, unpacked. */
export type Crafted = (size: number) => { name: string; bytes: Uint8Array };

const text =
  (piece: (index: number) => string, name = 'a.txt'): Crafted =>
  (size) => ({ name, bytes: new Uint8Array(Buffer.from(repeated(piece, size))) });

/** What they repeat, by what it is. */
export const CRAFTED: Readonly<Record<string, Crafted>> = {
  'one line': text(() => 'The lamp went out and nobody said a word. '),
  'one word': text(() => 'a'),
  'empty lines': text((index) => (index === 0 ? 'One.' : '\n')),
  chapters: text((index) => `Chapter ${index + 1}\n\nSome text is here.\n\n`),
  'numbers alone': text((index) => `${index + 1}\n\nSome text is here.\n\n`),
  'open quotations': text(() => '“a '),
  'a name for each quotation': text((index) => `"Well?" said Anna${word(index)} Bob${word(index * 7)}.\n\n`),
  'nobody named for each quotation': text((index) => `"Well?" Tom${word(index % 900)} sat. "No."\n\n"Yes."\n\n`),
  'quotations in one paragraph': text(() => '“Well?” said Tom. “No,” said Anna. '),
  'divided words': text(() => 'ab-\ncd '),
  'open emphasis': text(() => '*a _b `c [d]( ', 'a.md'),
  notes: text((index) => `a[^${index}]\n\n[^${index}]: b\n\n`, 'a.md'),
  'elements that never end': text(() => '<p>a<b>', 'a.html'),
  'tags that never end': text(() => '<p>a<b c="d" e=', 'a.html'),
  'CDATA that never ends': text(() => '<p>a<![CDATA[b>', 'a.html'),
  'comments that end at once': text(() => '<p>a<!--><!-- -->', 'a.html'),
  'ruby for each word': text(() => '｜灯《ひ》は海《うみ》', 'a.txt'),
  'someone who said it somehow': text(
    (index) => `Tom ${word(index)} said in a low in a lowly in a low voice "Yes".\n\n`,
  ),
  'pages with one long style sheet': (size) => ({
    name: 'a.epub',
    bytes: epub({
      documents: Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`${index}.xhtml`, page('<p class="a">Text here.</p>')]),
      ),
      files: { 'OEBPS/s.css': repeated((index) => `.c${index} p { display: none }`, size) },
    }),
  }),
  'styles based on one another': (size) =>
    wordFile({
      body: repeated(
        (index) => `<w:p><w:pPr><w:pStyle w:val="s${index}"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>`,
        size / 2,
      ),
      styles: repeated(
        (index) => `<w:style w:styleId="s${index}"><w:basedOn w:val="s${index + 1}"/></w:style>`,
        size / 2,
      ),
    }),
};

function repeated(piece: (index: number) => string, size: number): string {
  const pieces: string[] = [];
  let length = 0;
  for (let index = 0; length < size; index++) {
    pieces.push(piece(index));
    length += pieces.at(-1)!.length;
  }
  return pieces.join('');
}

/** A number as letters. */
function word(index: number): string {
  return index.toString(26).replace(/\d/g, (digit) => String.fromCharCode(113 + Number(digit)));
}
