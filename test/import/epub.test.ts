import { describe, expect, it } from 'vitest';
import type { ImportedBook } from '../../src/import/imported.ts';
import { leftOutNotes } from '../../src/import/left-out.ts';
import { readManuscript } from '../../src/import/read.ts';
import { chapterText } from '../../src/import/write/book-text.ts';
import { epub, PNG } from './epub.ts';

function book(bytes: Uint8Array, keepMatter = false): ImportedBook {
  const reading = readManuscript({ name: 'a.epub', bytes, keepMatter });
  if ('problem' in reading) throw new Error(reading.problem.message);
  return reading.book;
}

function texts({ chapters }: ImportedBook): Record<string, string> {
  return Object.fromEntries(chapters.map(({ title, blocks }) => [title, chapterText(blocks)]));
}

const leftOut = ({ omissions = [] }: ImportedBook): string[] =>
  leftOutNotes(omissions.map((one) => ({ ...one, letters: one.end - one.start })));

it('reads an EPUB 3 with its titles, in the order of the spine, names percent-encoded', () => {
  const read = book(
    epub({
      documents: {
        'b one.xhtml': '<h1>I</h1><p>First <i>text</i>,<br/>next&nbsp;line.</p><p>Second&#8201;one.</p>',
        'a&2.xhtml': '<p>Two.</p>',
      },
      contents: '<li><a href="b%20one.xhtml">I: <b>Begin</b></a></li><li><a href="a%262.xhtml">II</a></li>',
    }),
  );
  expect(read).toMatchObject({ title: 'The Test', author: 'A. Writer', language: 'en' });
  expect(texts(read)).toEqual({ 'I: Begin': 'I\n\nFirst text,\nnext line.\n\nSecond one.\n', II: 'Two.\n' });
});

it('reads an EPUB 2: ncx, several chapters in one document, one chapter over two documents', () => {
  const point = (title: string, src: string): string =>
    `<navPoint><navLabel><text>${title}</text></navLabel><content src="${src}"/></navPoint>`;
  const read = book(
    epub({
      version: 2,
      documents: {
        'one.html': '<h2 id="a">A</h2><p>aa</p><div><a id="b"/><h2>B</h2></div><p>bb</p>',
        'two.html': '<p>goes on</p><h2 id="c">C</h2><p>cc</p>',
      },
      contents: point('A', 'one.html#a') + point('B', 'one.html#b') + point('C', 'two.html#c'),
    }),
  );
  expect(texts(read)).toEqual({ A: 'A\n\naa\n', B: 'B\n\nbb\n\ngoes on\n', C: 'C\n\ncc\n' });
});

it('parts parts into chapters and tells equal titles apart', () => {
  const chapter = (n: number): string => `<li><a href="${n}.xhtml">Chapter 1</a></li>`;
  const read = book(
    epub({
      documents: {
        'p1.xhtml': '<h1>Part One</h1>',
        '1.xhtml': '<p>a</p>',
        'p2.xhtml': '<h1>Part Two</h1>',
        '2.xhtml': '<p>b</p>',
      },
      contents: `<li><a href="p1.xhtml">Part One</a><ol>${chapter(1)}</ol></li><li><a href="p2.xhtml">Part Two</a><ol>${chapter(2)}</ol></li>`,
    }),
  );
  expect(texts(read)).toEqual({ 'Part One: Chapter 1': 'Part One\n\na\n', 'Part Two: Chapter 1': 'Part Two\n\nb\n' });
});

it('leaves out front and back matter by type, guide or title, and says so', () => {
  const parts = {
    documents: {
      'd.xhtml': '<p>To Bill.</p>',
      'c.xhtml': '<p>Rights.</p>',
      'i.xhtml': '<p>Contents list</p>',
      'p.xhtml': '<p>Before.</p>',
      '1.xhtml': '<p>Story.</p>',
    },
    bodyAttributes: { 'd.xhtml': 'epub:type="frontmatter"', 'p.xhtml': 'epub:type="frontmatter prologue"' },
    guide: '<reference type="copyright-page" href="c.xhtml"/>',
    contents:
      '<li><a href="i.xhtml">Contents</a></li><li><a href="p.xhtml">Prologue</a></li><li><a href="1.xhtml">One</a></li>',
  };
  const read = book(epub(parts));
  expect(texts(read)).toEqual({ Prologue: 'Before.\n', One: 'Story.\n' });
  expect(leftOut(read)).toEqual([
    'Left out: "OEBPS/d.xhtml" (marked as frontmatter; 6 letters).',
    'Left out: "OEBPS/c.xhtml" (marked as copyright-page; 6 letters).',
    'Left out: "Contents" (because of its title; 12 letters).',
  ]);
  expect(book(epub(parts), true).chapters.map(({ blocks }) => blocks[0]!.text)).toContain('Before.');
});

it('drops note marks, notes, page numbers, ruby and pictures, and keeps what only looks like them', () => {
  const read = book(
    epub({
      documents: {
        '1.xhtml':
          '<p>A<a epub:type="noteref" href="#n1">1</a> b<sup><a href="#n2">2</a></sup> x<sup>2</sup> <a href="2.xhtml">17</a>.<span epub:type="pagebreak" id="p9">9</span></p>' +
          '<p><ruby>灯<rt>とう</rt></ruby>台</p><aside epub:type="footnote" id="n1"><p>A note.</p></aside><img src="a.png" alt="A"/><hr/><p>End.</p>',
      },
    }),
  );
  expect(Object.values(texts(read))).toEqual(['A b x² 17.\n\n灯台\n\n***\n\nEnd.\n']);
  expect(leftOut(read)).toEqual([
    'Left out: 2 note marks, 2 letters (first in OEBPS/1.xhtml: "1").',
    'Left out: 1 page number, 1 letter (OEBPS/1.xhtml: "9").',
    'Left out: 1 ruby reading, 2 letters (OEBPS/1.xhtml: "とう").',
    'Left out: 1 note, 5 letters (OEBPS/1.xhtml: "A note.").',
    'Left out: 1 image, 1 letter (OEBPS/1.xhtml: "A").',
  ]);
});

it('escapes brackets, so that nothing printed is taken for a tag', () => {
  const read = book(
    epub({ documents: { '1.xhtml': '<p>[Mara] went 【x】.</p><p>［take 2］ again</p><p>* * *</p><p>B</p>' } }),
  );
  expect(Object.values(texts(read))).toEqual(['\\[Mara] went \\【x】.\n\n\\［take 2］ again\n\n***\n\nB\n']);
});

it('carries the cover over', () => {
  const coverItem = '<item id="cover" href="c.png" media-type="image/png"/>';
  const one = { documents: { '1.xhtml': '<p>A</p>' }, coverItem };
  expect(book(epub({ ...one, files: { 'OEBPS/c.png': PNG } })).cover).toEqual({ bytes: PNG, extension: 'png' });
  const svg = `<svg><image xlink:href="data:image/png;base64,${Buffer.from(PNG).toString('base64')}"/></svg>`;
  const drawn = book(epub({ ...one, files: { 'OEBPS/c.png': svg } }));
  expect(Buffer.from(drawn.cover!.bytes)).toEqual(Buffer.from(PNG));
  expect(drawn.notes.join()).toContain('only the image in it was used');
});

it.each([
  [
    'DRM',
    epub({
      documents: { '1.xhtml': '<p>A</p>' },
      files: {
        'META-INF/Encryption.xml':
          '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>',
      },
    }),
    'drm',
  ],
  ['no text', epub({ documents: { '1.xhtml': '<img src="a.png"/>' } }), 'no-text'],
  ['deep markup', epub({ documents: { '1.xhtml': '<div>'.repeat(5000) } }), 'markup-refused'],
  ['half a file', epub({ documents: { '1.xhtml': '<p>A</p>' } }).slice(0, 400), 'archive-damaged'],
  ['an empty file', new Uint8Array(), 'empty-file'],
  ['a PDF', new TextEncoder().encode('%PDF-1.7 ...'), 'unknown-format'],
])('refuses %s with a reason', (_name, bytes, code) => {
  expect(readManuscript({ name: 'a', bytes })).toMatchObject({
    problem: { code, message: expect.any(String), fix: expect.any(String) },
  });
});

describe('an EPUB of which a part is encrypted', () => {
  const encrypted = (algorithm: string, file?: string) =>
    readManuscript({
      name: 'a.epub',
      bytes: epub({
        documents: { '1.xhtml': '<p>A</p>' },
        files: {
          'META-INF/encryption.xml': `<encryption><enc:EncryptedData><enc:EncryptionMethod Algorithm="${algorithm}"/>${file === undefined ? '' : `<enc:CipherData><enc:CipherReference URI="${file}"/></enc:CipherData>`}</enc:EncryptedData></encryption>`,
        },
      }),
    });
  const AES = 'http://www.w3.org/2001/04/xmlenc#aes128-cbc';

  it.each([
    ['a font that is obfuscated', ' http://www.idpf.org/2008/embedding ', undefined],
    ['a font', AES, 'OEBPS/fonts/a.otf'],
    ['a picture', AES, 'OEBPS/images/cover.JPG'],
  ])('is read if that is %s', (_what, algorithm, file) => {
    expect(encrypted(algorithm, file)).toMatchObject({ book: { chapters: [expect.anything()] } });
  });

  it.each(['OEBPS/1.xhtml', 'OEBPS/1.svg', 'OEBPS/s.css'])('is refused if that is %s', (file) => {
    expect(encrypted(AES, file)).toMatchObject({ problem: { code: 'drm' } });
  });
});

it('never unpacks a bomb: what it claims is beyond the bounds', () => {
  const bytes = epub({
    documents: { '1.xhtml': '<p>A</p>' },
    files: { 'OEBPS/big': new Uint8Array(70 * 1024 * 1024) },
  });
  expect(bytes.length).toBeLessThan(200_000);
  expect(readManuscript({ name: 'a', bytes })).toMatchObject({ problem: { code: 'archive-too-large' } });
});

it('does not load entities from outside', () => {
  const bytes = epub({
    documents: { '1.xhtml': '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>A &e; b</p>' },
  });
  expect(Object.values(texts(book(bytes))).join()).not.toContain('root:');
});
