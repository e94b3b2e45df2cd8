/** Manuscripts that a program has broken: whatever is lost is told with its place, or the file is refused. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { imported } from './account.ts';
import { docx, epub, odt } from './epub.ts';

const page = (body: string): string => `<html><head><title>T</title></head>\n<body>\n<p>The lamp.</p>\n${body}`;

it.each([
  ['a comment', '<!-- Two.</p><p>Three.</p>', 'text in a comment that is never closed', 'Two'],
  ['a script', '<script><p>Two.</p><p>Three.</p>', 'text in a <script> that is never closed', 'Two'],
  ['a style sheet', '<style><p>Two.</p>', 'text in a <style> that is never closed', 'Two'],
  ['a title', '<title>Two.<p>Three.</p>', 'text in a <title> that is never closed', 'Two'],
  ['a tag', '<p class="a>Two.</p><p>Three.</p>', 'text in a tag that is never closed', 'Two'],
])('tells what %s swallows that nothing closes, with its line', (_name, body, reason, word) => {
  for (const [name, bytes, where] of [
    ['a.html', page(body), 'line 4'],
    ['a.epub', epub({ documents: { 'a.xhtml': `\n\n<p>The lamp.</p>\n${body}` } }), 'OEBPS/a.xhtml, line 4'],
  ] as const) {
    const { chapters, account, leftOut } = imported(name, bytes);
    expect(Object.values(chapters).join('')).toBe('The lamp.\n');
    const [lost] = account.leftOut.filter((one) => one.reason === reason);
    expect(lost, `${name}: ${leftOut.join('\n')}`).toMatchObject({ where });
    expect(lost!.sample).toContain(word);
    expect(lost!.letters).toBeGreaterThan(3);
    expect(leftOut.join('\n')).toContain(where);
  }
});

it('says nothing of an end that loses no words', () => {
  for (const end of ['<!-- -->', '<!--', '</bo', '<![CDATA[]]>', '<script></script>', '<a href=x"y>.</a>', '1 < 2'])
    expect(imported('a.html', page(end)).account.leftOut, end).toEqual([]);
});

it.each([
  ['words in it', '<head>Two. <p>Three.</p></head><p>Four.</p>', 'The lamp.\n\nTwo.\n\nThree.\n\nFour.\n'],
  ['no end', '<head><meta name="a"><p>Two.</p><p>Three.</p>', 'The lamp.\n\nTwo.\n\nThree.\n'],
  ['a list of its own', '<head><noscript><img alt="x"></noscript></head><p>Two.</p>', 'The lamp.\n\nTwo.\n'],
])('reads a body that has a head with %s', (_name, body, text) => {
  expect(Object.values(imported('a.html', page(body)).chapters)).toEqual([text]);
  expect(
    Object.values(imported('a.epub', epub({ documents: { 'a.xhtml': `<p>The lamp.</p>${body}` } })).chapters),
  ).toEqual([text]);
});

const OFFICE = [
  ['a.odt', odt('<text:p>Hello &amp; all.</text:p>\n<text:p>Second <text:span>word</text:span>.</text:p>')],
  ['a.docx', docx('<w:p><w:r><w:t>Hello &amp; all.</w:t></w:r></w:p>\n<w:p><w:r><w:t>Second word.</w:t></w:r></w:p>')],
] as const;

it.each(OFFICE)('refuses %s of which words are missing, with the line and the way on', (name, bytes) => {
  for (const [change, message] of [
    [(xml: string) => xml.slice(0, xml.indexOf('word')), 'it is cut off at line 2'],
    [(xml: string) => xml.replace('Second', '<!-- Second'), 'from line 2 on, everything is in a comment'],
    [(xml: string) => xml.replace('Second', '<![CDATA[ Second'), 'line 2 begins CDATA that is never closed'],
    [(xml: string) => xml.replace('Second', '<a b="c>Second'), 'from line 2 on, everything is in a tag'],
  ] as const)
    expect(() => imported(name, edited(bytes, change)), message).toThrow(message);
});

it.each(OFFICE)('reads %s whose XML is wrong where no word can be missing', (name, bytes) => {
  for (const change of [
    (xml: string) => xml.replace('&amp;', '&'),
    (xml: string) => xml.replace('</text:span>', '</text:a>').replace('</w:t></w:r></w:p>\n', '</w:x></w:r></w:p>\n'),
    (xml: string) => xml.replace('<text:span>', '<text:span a="1" a="2">').replace('<w:t>S', '<w:t a="1" a="2">S'),
  ])
    expect(Object.values(imported(name, edited(bytes, change)).chapters)).toEqual(['Hello & all.\n\nSecond word.\n']);
});

it('refuses a package of an EPUB that is cut off: its chapters would be lost', () => {
  const bytes = epub({ documents: { '1.xhtml': '<p>The lamp.</p>', '2.xhtml': '<p>Two.</p>' } });
  const cut = edited(bytes, (opf) => opf.slice(0, opf.indexOf('<itemref idref="d1"')), 'OEBPS/content.opf');
  expect(() => imported('a.epub', cut)).toThrow('markup-damaged: This file is damaged: in "OEBPS/content.opf"');
});

/** The archive with its text changed. */
function edited(bytes: Uint8Array, change: (xml: string) => string, part?: string): Uint8Array {
  const files = unzipSync(bytes);
  const name = part ?? ['content.xml', 'word/document.xml'].find((one) => files[one])!;
  return zipSync({ ...files, [name]: strToU8(change(strFromU8(files[name]!))) });
}

it('reads a text with more things to leave out than a call has arguments', () => {
  const many = 130_000;
  expect(imported('a.txt', `第一章\n\n${'灯《ひ》は'.repeat(many)}`).account.letters.leftOut).toBe(many);
}, 60_000);
