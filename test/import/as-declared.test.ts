/** Page markers, encodings and names: what is valid is read, as the file declares it. */
import { strToU8, zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { imported } from './account.ts';
import { docx, epub } from './epub.ts';

const one = (body: string): { text: string; leftOut: string[] } => {
  const { chapters, leftOut } = imported('a.epub', epub({ documents: { '1.xhtml': body } }));
  return { text: Object.values(chapters).join('|'), leftOut };
};

it.each([
  [
    'a class around a chapter',
    '<div class="page-break"><h2>Two</h2><p>Anna rested.</p></div>',
    'Two\n\nAnna rested.\n',
  ],
  ['a type on a paragraph', '<p epub:type="pagebreak">Anna rested.</p>', 'Anna rested.\n'],
  ['a heading that is a number', '<h2 class="pagebreak">3</h2><p>Anna.</p>', '3\n\nAnna.\n'],
  ['a page that is one division', '<div class="page" id="page1"><h1>1</h1><p>Anna.</p></div>', '1\n\nAnna.\n'],
  ['an ID of a paragraph', '<p id="p12">1984</p><p>Anna.</p>', '1984\n\nAnna.\n'],
  ['a role and a sentence', '<span role="doc-pagebreak">Anna rested.</span>', 'Anna rested.\n'],
])('keeps real text that is marked as a page break: %s', (_name, body, text) => {
  expect(one(body)).toEqual({ text, leftOut: [] });
});

it.each([
  '<span class="pageno">13</span>',
  '<span class="pgnum">[13]</span>',
  '<a class="page" id="x">Page 13</a>',
  '<span epub:type="pagebreak" id="p13">13</span>',
  '<span epub:type="pagebreak" aria-label="Page 13."/>',
  '<span id="page_13">[13]</span>',
  '<span class="pagenum"><a id="Page_13">[Pg 13]</a></span>',
  '<pagenum>13</pagenum>',
])('drops a page number inside a sentence: %s', (marker) => {
  const { text, leftOut } = one(`<p>Anna climbed the ${marker} steps and res${marker}ted.</p>`);
  expect(text).toBe('Anna climbed the steps and rested.\n');
  expect(leftOut[0]).toMatch(/^Left out: 2 page numbers, \d+ letters \(first in OEBPS\/1\.xhtml: ".*13.*"\)\.$/);
});

const page = (declaration: string, body: string): string =>
  `${declaration}<html><head/><body><p>${body}</p></body></html>`;
const xml = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>`;
const utf16 = (text: string, isBig = false): Uint8Array => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};
/** Bytes by hand: Node encodes none of these. */
const withBytes = (declaration: string, bytes: number[]): Uint8Array =>
  Buffer.concat([
    strToU8(page(declaration, '').replace('</p></body></html>', '')),
    Uint8Array.from(bytes),
    strToU8('</p></body></html>'),
  ]);

it.each<[string, Uint8Array, string]>([
  ['ISO-8859-1', withBytes(xml('ISO-8859-1'), [0xe9, 0x74, 0xe9]), 'été'],
  ['windows-1252', withBytes(xml('windows-1252'), [0x93, 0x8c, 0x75, 0x66, 0x94, 0x20, 0x92]), '“Œuf” ’'],
  ['windows-1251', withBytes(xml('windows-1251'), [0xc4, 0xe0]), 'Да'],
  ['GBK', withBytes(xml('gbk'), [0xb5, 0xc6, 0xcb, 0xfe]), '灯塔'],
  ['Big5', withBytes('<meta http-equiv="Content-Type" content="text/html; charset=big5"/>', [0xbf, 0x4f]), '燈'],
  ['Shift_JIS', withBytes(xml('Shift_JIS'), [0x93, 0x94]), '灯'],
  ['EUC-KR', withBytes('<meta charset="euc-kr"/>', [0xb5, 0xee]), '등'],
  [
    'code page 949, the name of which is EUC-KR',
    withBytes('<meta charset="euc-kr"/>', [0x8c, 0x63, 0x20, 0xc6, 0x52, 0xb5, 0xee, 0x81, 0x41, 0x20, 0xa2, 0xe6]),
    '똠 힣등갂 €',
  ],
  ['UTF-16 LE', utf16(page(xml('UTF-16'), 'Été 灯')), 'Été 灯'],
  ['UTF-16 BE', utf16(page(xml('UTF-16'), 'Été 灯'), true), 'Été 灯'],
  ['UTF-16 without a mark', utf16(page(xml('UTF-16'), 'Été')).slice(2), 'Été'],
  ['a name that nobody knows', strToU8(page(xml('x-unknown'), 'Été')), 'Été'],
])('reads a page in %s', (_name, bytes, text) => {
  const read = imported('a.epub', epub({ documents: { '1.xhtml': '' }, files: { 'OEBPS/1.xhtml': bytes } }));
  expect(Object.values(read.chapters)).toEqual([`${text}\n`]);
});

it('reads a text in UTF-16, which its mark declares', () => {
  expect(Object.values(imported('a.txt', utf16('Été.\n')).chapters)).toEqual(['Été.\n']);
});

it('refuses what it can not decode, with the place', () => {
  const bytes = epub({
    documents: { '1.xhtml': '' },
    files: { 'OEBPS/1.xhtml': withBytes(xml('utf-8'), [0x41, 0xe9, 0x42]) },
  });
  expect(() => imported('a.epub', bytes)).toThrow(
    'not-decoded: Some characters cannot be read (OEBPS/1.xhtml: "A\ufffdB").',
  );
  // Not one letter of it can be decoded, and nothing declares windows-1251.
  const cyrillic = Buffer.concat([
    Buffer.from('<html><body><p>'),
    Buffer.from([0xcc, 0xe0, 0xff, 0xea]),
    Buffer.from('</p>'),
  ]);
  expect(() => imported('a.html', cyrillic)).toThrow('not-decoded: Some characters cannot be read');
});

const CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>';

/** An EPUB written by hand: what is in its package, and its files. */
function byHand(opf: string, files: Record<string, string>): Uint8Array {
  const all = { 'META-INF/container.xml': CONTAINER, 'OEBPS/content.opf': opf, ...files };
  return zipSync(Object.fromEntries(Object.entries(all).map(([name, text]) => [name, strToU8(text)])));
}

it('reads a package with another prefix for each namespace', () => {
  const opf =
    '<ns0:package xmlns:ns0="http://www.idpf.org/2007/opf" xmlns:ns1="http://purl.org/dc/elements/1.1/"><ns0:metadata>' +
    '<ns1:title>The Lamp</ns1:title><ns1:language>de</ns1:language></ns0:metadata><ns0:manifest>' +
    '<ns0:item id=" a " href="1.xhtml" media-type="application/xhtml+xml"/></ns0:manifest>' +
    '<ns0:spine><ns0:itemref idref="a"/></ns0:spine></ns0:package>';
  const html =
    '<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns:o="http://www.idpf.org/2007/ops"><h:body><h:h1>One</h:h1>' +
    '<h:p>Text<h:span o:type="pagebreak">7</h:span>.</h:p></h:body></h:html>';
  const { book, chapters } = imported('a.epub', byHand(opf, { 'OEBPS/1.xhtml': html }));
  expect([book.title, book.language, chapters]).toEqual(['The Lamp', 'de', { One: 'One\n\nText.\n' }]);
});

const listing = (names: string[], more = ''): string =>
  `<package><metadata/><manifest>${names.map((name, index) => `<item id="d${index}" href="${name}" media-type="application/xhtml+xml"/>`).join('')}${more}</manifest>` +
  `<spine>${names.map((_, index) => `<itemref idref="d${index}"/>`).join('')}</spine></package>`;

it('finds files whose names differ in case or Unicode form, also from the table of contents', () => {
  const ncx =
    '<ncx><navMap><navPoint><navLabel><text>Eins</text></navLabel><content src="TEXT/%C3%A9.xhtml"/></navPoint></navMap></ncx>';
  const opf = listing(['text/e\u0301.xhtml'], '<item id="n" href="Toc.ncx" media-type="application/x-dtbncx+xml"/>');
  const bytes = byHand(opf, {
    'OEBPS/Text/\u00e9.xhtml': '<html><body><p>Text.</p></body></html>',
    'OEBPS/toc.ncx': ncx,
  });
  expect(imported('a.epub', bytes).chapters).toEqual({ Eins: 'Text.\n' });
});

it('takes a missing page for an error', () => {
  expect(() => imported('a.epub', byHand(listing(['1.xhtml', '2.xhtml']), { 'OEBPS/1.xhtml': '<p>A</p>' }))).toThrow(
    'page-missing: The reading order lists "OEBPS/2.xhtml", but this file is missing: a chapter would be lost.',
  );
});

it('reads one page that holds the contents, front matter, chapters and notes', () => {
  const link = (id: string, type = ''): string =>
    `<li><a href="nav.xhtml#${id}" ${type && `epub:type="${type}"`}>${id}</a></li>`;
  const html =
    `<html><body><nav epub:type="toc"><ol>${link('one')}${link('two')}${link('notes')}</ol></nav>` +
    `<nav epub:type="landmarks"><ol>${link('front', 'frontmatter')}${link('one', 'bodymatter')}${link('notes', 'backmatter')}</ol></nav>` +
    '<section epub:type="frontmatter" id="front"><p>For my aunt.</p></section>' +
    '<section epub:type="frontmatter"><section epub:type="prologue"><p>Before.</p></section></section>' +
    '<section id="one"><h2>One</h2><p>A lamp.</p></section><section id="two"><h2>Two</h2><p>A storm.</p></section>' +
    '<section epub:type="backmatter"><section epub:type="rearnotes"><h2 id="notes">Notes</h2><p>A note.</p></section></section></body></html>';
  const opf = listing(['nav.xhtml']).replace('media-type', 'properties="nav" media-type');
  const { chapters, leftOut } = imported('a.epub', byHand(opf, { 'OEBPS/nav.xhtml': html }));
  expect(Object.values(chapters)).toEqual(['Before.\n', 'One\n\nA lamp.\n', 'Two\n\nA storm.\n']);
  expect(leftOut).toHaveLength(3);
  expect(leftOut).toContain('Left out: 1 part marked as frontmatter, 9 letters (OEBPS/nav.xhtml: "For my aunt.").');
});

it('reads the main part of a Word file, whatever its name, with styles that are based on a heading', () => {
  const rels = (target: string): string =>
    `<Relationships><Relationship Type="http://x/officeDocument" Target="${target}"/></Relationships>`;
  const style = (id: string, name: string, more: string): string =>
    `<w:style w:styleId="${id}"><w:name w:val="${name}"/>${more}</w:style>`;
  const files = {
    '_rels/.rels': rels('/word/document2.xml'),
    'word/_rels/document2.xml.rels':
      '<Relationships><Relationship Type="http://x/styles" Target="look.xml"/><Relationship Type="http://x/header" Target="header1.xml"/></Relationships>',
    'word/look.xml': `<w:styles>${style('a', 'Mine', '<w:basedOn w:val="b"/>')}${style('b', 'Base', '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>')}</w:styles>`,
    'word/header1.xml': '<w:hdr><w:p><w:r><w:t>The Lamp, page 7</w:t></w:r></w:p></w:hdr>',
    'word/document2.xml':
      '<x:document xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><x:body><x:p><x:pPr><x:pStyle x:val="a"/></x:pPr>' +
      '<x:r><x:t>One</x:t></x:r></x:p><x:p><x:r><x:t>Text </x:t></x:r><x:r><x:pict><x:txbxContent><x:p><x:r><x:t>Box.</x:t></x:r></x:p></x:txbxContent></x:pict></x:r><x:r><x:t>goes on.</x:t></x:r></x:p></x:body></x:document>',
  };
  const { chapters, leftOut } = imported('a.docx', docx('', files));
  expect(chapters).toEqual({ One: 'One\n\nText goes on.\n\nBox.\n' });
  expect(leftOut).toContain('Left out: 1 header, 12 letters (word/header1.xml: "The Lamp, page 7").');
});
