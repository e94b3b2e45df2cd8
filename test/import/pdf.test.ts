/** A PDF with text is read if the order of its words is proven; everything else is named, with the page. */
import { describe, expect, it } from 'vitest';
import { readPdfDocument } from '../../src/book/pdf/pdf-document.ts';
import {
  type ImportedManuscript,
  importManuscript,
  type ManuscriptRefusal,
} from '../../src/import/import-manuscript.ts';
import type { PdfDocument } from '../../src/import/pdf/document.ts';
import type { ReadOptions } from '../../src/import/read.ts';
import { pdfLetters } from '../../src/letters/pdf-letters.ts';
import { lines, type PdfParts, type PdfWords, pdf } from './pdf.ts';

async function opened(parts: PdfParts): Promise<PdfDocument> {
  const read = await readPdfDocument(pdf(parts));
  if ('problem' in read) throw new Error(read.problem.message);
  return read.pdf;
}

function importOf(read: PdfDocument, options: ReadOptions = {}): ImportedManuscript | ManuscriptRefusal {
  const bytes = new Uint8Array();
  return importManuscript({ name: 'a.pdf', bytes, pdf: read, options, cast: false, asked: {}, spoken: ['en'] });
}

interface Read {
  /** Texts by title. */
  chapters: Record<string, string>;
  /** By reason, the beginnings of what was left out. */
  leftOut: Record<string, string[]>;
  book: ImportedManuscript['book'];
}

async function imported(parts: PdfParts, options: ReadOptions = {}): Promise<Read> {
  const done = importOf(await opened(parts), options);
  if ('problem' in done) throw new Error(done.problem.message);
  const leftOut: Record<string, string[]> = {};
  for (const { reason, sample } of done.account.leftOut) leftOut[reason] = [...(leftOut[reason] ?? []), sample];
  return { chapters: Object.fromEntries(done.files.map(({ title, text }) => [title, text])), leftOut, book: done.book };
}

async function refusal(parts: PdfParts, options: ReadOptions = {}): Promise<string> {
  const read = await readPdfDocument(pdf(parts));
  const done = 'problem' in read ? read : importOf(read.pdf, options);
  return 'problem' in done ? done.problem.message : 'read';
}

/** Lines as wide as the column, so that none ends early. */
const FULL = 'and the rain went on falling over the roofs of the town all';
const page = (number: number, head: string, body: PdfWords[]): PdfWords[] => [
  { x: 150, y: 580, text: head, size: 8 },
  ...body,
  { x: 195, y: 20, text: String(number), size: 8 },
];

describe('a PDF of one column', () => {
  it('is read by its look: chapters, paragraphs, divided words, ligatures; heads, feet and numbers of pages are left out', async () => {
    const first = lines([
      { text: 'Chapter One', size: 18 },
      '',
      `The ${FULL} the`,
      { text: 'night. The of{ce was closed. It was a re-', font: 'ligatures' },
      'markable place.',
      `   “Who is there?” she said, ${FULL.slice(0, 37)}`,
      'and nobody answered her.',
      `   A third paragraph. It ${FULL.slice(0, 40)}`,
    ]);
    const second = lines(['goes on here.', `   Then ${FULL}`, 'of it.', '', '* * *', '', 'After it.']);
    const third = lines([{ text: 'Chapter Two', size: 18 }, '', `The end ${FULL}`, 'came.']);
    const { chapters, leftOut, book } = await imported({
      pages: [page(1, 'THE LAMP', first), page(2, 'THE LAMP', second), page(3, 'THE LAMP', third)],
      info: { Title: 'The Lamp', Author: 'A. Writer;B. Writer', Producer: 'A Program' },
    });
    expect(chapters).toEqual({
      'Chapter One': [
        'Chapter One',
        `The ${FULL} the night. The office was closed. It was a remarkable place.`,
        `“Who is there?” she said, ${FULL.slice(0, 37)} and nobody answered her.`,
        `A third paragraph. It ${FULL.slice(0, 40)} goes on here.`,
        `Then ${FULL} of it.`,
        '***',
        'After it.\n',
      ].join('\n\n'),
      'Chapter Two': `Chapter Two\n\nThe end ${FULL} came.\n`,
    });
    expect(leftOut).toEqual({
      'header or footer': ['THE LAMP', 'THE LAMP', 'THE LAMP'],
      'page number': ['1', '2', '3'],
    });
    expect(book).toMatchObject({ title: 'The Lamp', author: 'A. Writer, B. Writer', language: 'en' });
  });

  it('has footnotes, which are left out or read at the end of their paragraph; an exponent stays', async () => {
    const night = { text: `It was night, ${FULL.slice(0, 27)}`, x: 50, y: 500 };
    const parts: PdfParts = {
      pages: [
        [
          night,
          { x: 300, y: 504, text: '1', size: 6 },
          { x: 50, y: 488, text: `and 10` },
          { x: 80.7, y: 492, text: '6', size: 6 },
          { x: 88, y: 488, text: 'stars were over the roofs of the town and the' },
          { x: 50, y: 60, text: '1 A note of the author.', size: 7 },
        ],
        lines(['sea was near it.', '', 'Another day came, and it was a long one.']),
      ],
    };
    const text = `It was night, ${FULL.slice(0, 27)} and 10⁶ stars were over the roofs of the town and the sea was near it.`;
    const left = await imported(parts);
    expect(Object.values(left.chapters)).toEqual([`${text}\n\nAnother day came, and it was a long one.\n`]);
    expect(left.leftOut).toEqual({ note: ['1 A note of the author.'], 'note mark': ['1'] });
    expect(Object.values((await imported(parts, { notes: 'end' })).chapters)).toEqual([
      `${text}\n\n1 A note of the author.\n\nAnother day came, and it was a long one.\n`,
    ]);
  });

  it('has bookmarks: they give the chapters, and their levels', async () => {
    const { chapters } = await imported({
      pages: [lines(['The Storm', '', 'It began.']), lines(['Calm', '', 'It ended.', '', 'Calm came late.'])],
      bookmarks: [
        { title: 'The Storm', page: 0 },
        { title: 'Calm', page: 1 },
      ],
    });
    expect(chapters).toEqual({
      'The Storm': 'The Storm\n\nIt began.\n',
      Calm: 'Calm\n\nIt ended.\n\nCalm came late.\n',
    });
  });

  it('has letters that are printed twice to look bold, a large first letter, and words at an angle', async () => {
    const words: PdfWords[] = [
      { x: 50, y: 478, text: 'T', size: 30 },
      { x: 69, y: 500, text: 'he lamp was lit again by the man of' },
      { x: 69, y: 488, text: 'the tower, and everybody on the coast' },
      { x: 50, y: 476, text: 'saw it that night, far out.' },
      { x: 50.3, y: 476, text: 'saw it that night, far out.' },
    ];
    const { chapters, leftOut } = await imported({ pages: [words] });
    const text =
      'The lamp was lit again by the man of the tower, and everybody on the coast saw it that night, far out.';
    expect(Object.values(chapters)).toEqual([`${text}\n`]);
    expect(leftOut).toEqual({ 'text printed twice': ['saw it that night, far out.'] });
  });
});

describe('the order of words', () => {
  const column = (x: number, text: string): PdfWords[] =>
    lines(
      Array.from({ length: 8 }, (_, index) => `${text} line ${index} of it goes`),
      { x },
    );

  it('is proven in two columns that are drawn one after the other', async () => {
    const { chapters } = await imported({ pages: [[...column(50, 'Left'), ...column(220, 'right')]] });
    expect(Object.values(chapters)[0]).toMatch(/^Left line 0.*Left line 7 of it goes right line 0.*right line 7/);
  });

  it.each([
    [
      'columns or a table drawn line by line',
      column(50, 'Left').flatMap((line, index) => [line, column(220, 'right')[index]!]),
      'Page 1 cannot be read for certain: words stand side by side, as in a table or in columns ("Left line 0 of it goes right l").',
    ],
    [
      'lines drawn from the last to the first',
      lines(['One.', 'Two.', 'Three.']).reverse(),
      'Page 1 cannot be read for certain: its words are drawn in another order than they stand in ("Two." after "Three.").',
    ],
    [
      'letters that the file does not name',
      [{ x: 50, y: 500, text: '7KH ODPS', font: 'unknown' as const }],
      'Page 1 cannot be read for certain: the file does not say which letters its signs are ("7KH ODPS").',
    ],
  ])('%s: refused, with the page', async (_name, words, message) => {
    expect(await refusal({ pages: [words, lines(['Fine.'])] })).toBe(message);
  });

  it('lets a person choose the pages that are read', async () => {
    const parts = { pages: [lines(['One.', 'Two.', 'Three.']).reverse(), lines(['It was fine.'])] };
    const { chapters, leftOut } = await imported(parts, { pages: new Set([1]) });
    expect(Object.values(chapters)).toEqual(['It was fine.\n']);
    expect(leftOut).toEqual({ 'page outside of --pages': ['Three. Two. One.'] });
  });

  it('is that of the tags, where every word has one', async () => {
    const { chapters, leftOut } = await imported({
      pages: [
        [
          { x: 50, y: 580, text: 'Draft 7', tag: 'artifact' },
          { x: 50, y: 460, text: 'Second paragraph of it.', tag: 2 },
          { x: 50, y: 500, text: 'First paragraph of it.', tag: 1 },
          { x: 50, y: 540, text: 'The Storm', tag: 0 },
        ],
      ],
      tags: [
        { role: 'H1', page: 0, tag: 0 },
        { role: 'P', page: 0, tag: 1 },
        { role: 'P', page: 0, tag: 2 },
      ],
    });
    expect(chapters).toEqual({ 'The Storm': 'The Storm\n\nFirst paragraph of it.\n\nSecond paragraph of it.\n' });
    expect(leftOut).toEqual({ 'header or footer': ['Draft 7'] });
  });
});

describe('a PDF that cannot be read', () => {
  it.each<[string, PdfParts, RegExp]>([
    ['a scan', { pages: [[], []], pictures: [0, 1] }, /^This PDF is a scan/],
    [
      'with a password',
      {
        pages: [lines(['Text.'])],
        trailer: `/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<${'00'.repeat(32)}>/U<${'00'.repeat(32)}>>>/ID[<00><00>]`,
      },
      /^This PDF is protected by a password/,
    ],
  ])('%s: said', async (_name, parts, message) => {
    expect(await refusal(parts)).toMatch(message);
  });

  it('is refused in any damaged form, and its account balances where it is read', async () => {
    const whole = Buffer.from(pdf({ pages: [lines(['It was a dark night.', 'The end came.'])] }));
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let round = 0; round < 25; round++) {
      const bytes = Buffer.from(whole);
      for (let change = 0; change < 6; change++) bytes[random(bytes.length)] = random(256);
      const read = await readPdfDocument(bytes.subarray(0, round % 3 === 0 ? random(bytes.length) : bytes.length));
      if ('problem' in read) continue;
      const done = importOf(read.pdf);
      if ('problem' in done) expect(done.problem.code).not.toBe('letters-unaccounted');
    }
  });

  it('names the page of a word that the importer would lose', async () => {
    const read = await opened({ pages: [lines(['It was a dark night.', 'The end came.'])] });
    const [source] = pdfLetters(read.pages);
    expect(source).toEqual({ name: '', letters: 'ItwasadarknightTheendcame' });
  });
});
