/** HTML, OpenDocument and subtitles are read as text alone; every other format is named, with the way on. */
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readManuscript } from '../../src/import/read.ts';
import { imported } from './account.ts';
import { docx, epub, odt } from './epub.ts';

describe('a web page', () => {
  it('is read by its headings: no tag, style rule or script is text', () => {
    const { book, chapters, account } = imported(
      'a.txt',
      `<!-- saved --><!DOCTYPE html><html lang="de"><head><title>Der Turm</title><meta name="author" content="A. Autor">
<style>p { color: red }</style><script>var lamp = 1 < 2;</script></head><body>
<h1>Eins</h1><p>Erster <b>Satz</b>.<p>Zweiter&nbsp;Satz.<p hidden>Nie.</p><h1>Zwei</h1><div>Dritter<br>Satz.</div></body></html>`,
    );
    expect(book).toMatchObject({ title: 'Der Turm', author: 'A. Autor', language: 'de' });
    expect(chapters).toEqual({
      Eins: 'Eins\n\nErster Satz.\n\nZweiter Satz.\n',
      Zwei: 'Zwei\n\nDritter\nSatz.\n',
    });
    expect(account.leftOut.map(({ reason }) => reason)).toEqual(['hidden text']);
  });

  it.each([
    ['without html, head and body', '<title>T</title><style>p {}</style><h1>One</h1><p>Text.</p>', 'One\n\nText.\n'],
    ['a piece of one', '<p>Text <i>here</i>.</p>\n<p>More.</p>', 'Text here.\n\nMore.\n'],
    ['in an encoding of its own', Buffer.from('<html><meta charset="iso-8859-1"><p>\xe9t\xe9</p>', 'latin1'), 'été\n'],
    ['as UTF-16', Buffer.from('\ufeff<html><body><p>灯塔</p>', 'utf16le'), '灯塔\n'],
  ])('%s', (_name, page, text) => {
    expect(Object.values(imported('page', page).chapters)).toEqual([text]);
  });

  it('in a Markdown file is part of its text', () => {
    expect(Object.values(imported('a.md', '<p align="center">Hello</p>\n\nText.\n').chapters)[0]).toContain('Text.');
  });
});

describe('an OpenDocument text', () => {
  const p = (text: string, style = 'Standard'): string => `<text:p text:style-name="${style}">${text}</text:p>`;
  const body = [
    '<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>',
    p('The Lamp', 'Title'),
    '<text:table-of-content><text:index-body><text:p>One 1</text:p></text:index-body></text:table-of-content>',
    '<text:h text:outline-level="1">One</text:h>',
    p(
      'He<text:s text:c="2"/>said<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note.</text:p></text:note-body></text:note> no.<office:annotation><text:p>Check!</text:p></office:annotation>',
    ),
    p('Line<text:line-break/>two<text:span text:style-name="H">secret</text:span>'),
    p('* * *'),
    p('Two', 'P7'),
    p('End, page <text:page-number>12</text:page-number>.'),
  ].join('');
  const styles =
    '<style:style style:name="P7" style:parent-style-name="Heading_20_1"/><style:style style:name="H"><style:text-properties text:display="none"/></style:style>';
  const files = {
    'meta.xml':
      '<SPACES xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Lamp</dc:title><meta:initial-creator>A. Writer</meta:initial-creator><dc:creator>An Editor</dc:creator><dc:language>en-GB</dc:language><meta:user-defined meta:name="ISBN">978-0-306-40615-7</meta:user-defined></office:document>',
    'styles.xml':
      '<SPACES><office:master-styles><style:header><text:p>The Lamp, draft 3</text:p></style:header></office:master-styles></office:document>',
  };

  it('is read by its headings, as it is printed; everything else is listed', () => {
    const { book, chapters, leftOut } = imported('a.odt', odt(body, files, styles));
    expect(book).toMatchObject({ title: 'The Lamp', author: 'A. Writer', language: 'en-GB' });
    expect(book.publication).toEqual({ isbn: '9780306406157' });
    expect(chapters).toEqual({ One: 'One\n\nHe said no.\n\nLine\ntwo\n', Two: 'Two\n\nEnd, page .\n' });
    for (const reason of ['deleted text', 'line of the title page', 'table of contents', 'note', 'comment', 'hidden'])
      expect(leftOut.join('\n')).toContain(reason);
    expect(leftOut.join('\n')).toContain('header or footer, 13 letters');
  });

  it('reads its notes at the end of their paragraphs on request', () => {
    const { chapters } = imported('a.odt', odt(body, files, styles), { notes: 'end' });
    expect(chapters['One']).toBe('One\n\nHe said no.\n\nA note.\n\nLine\ntwo\n');
  });

  it('with other prefixes is read the same', () => {
    const content = strToU8(
      `<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><o:text><t:h t:outline-level="1">One</t:h><t:p>Text.</t:p></o:text></o:body></o:document-content>`,
    );
    const bytes = zipSync({ 'content.xml': content });
    expect(imported('a.odt', bytes).chapters).toEqual({ One: 'One\n\nText.\n' });
  });
});

describe('subtitles', () => {
  it('of WebVTT are read with their speakers; times, tags, styles and comments are not', () => {
    const { book, chapters, leftOut } = imported(
      'a.txt',
      `WEBVTT - The Storm
Kind: captions

STYLE
::cue(.yellow) { color: yellow }

NOTE a comment
over two lines

intro
00:00:01.000 --> 00:00:03.000 align:start position:0%
<v Mara Quill>Who is <i>there</i>,

00:03.500 --> 00:05.000
<v Mara Quill>at this hour?</v>
<v.loud Tom>Me and the <00:00:04.000>cat.

00:06.000 --> 00:07.000
[door slams]

00:08.000 --> 00:09.000
- Come in.
- Thanks.
`,
    );
    expect(book.title).toBe('The Storm');
    expect(Object.values(chapters)).toEqual([
      '[Mara Quill] Who is there,\nat this hour?\n\n[Tom] Me and the cat.\n\n[?] Come in.\n\n[?] Thanks.\n',
    ]);
    for (const reason of ['time codes', 'style rules', 'comments', 'names of a speaker', 'description of a sound'])
      expect(leftOut.join('\n')).toContain(reason);
  });

  it('of SubRip are read with their speakers, also without blank lines', () => {
    const { chapters } = imported(
      'a.srt',
      `1\r
00:00:01,000 --> 00:00:03,000 X1:1\r
<i>MARA:</i> Who is there,\r
<font color="#ffff00">at this hour?</font>\r
2\r
00:00:04,000 --> 00:00:05,000\r
{\\an8}TOM: Me. WARNING: 3 <4.\r
\r
3\r
00:00:06,000 --> 00:00:07,000\r
NARRATOR: It was 10:30.\r
\r
4\r
00:00:08,000 --> 00:00:09,000\r
(LAUGHS)\r
♪ La la la ♪\r
`,
    );
    expect(Object.values(chapters)).toEqual([
      '[Mara] Who is there,\nat this hour?\n\n[Tom] Me. WARNING: 3 <4.\n\nIt was 10:30.\n\n[?] La la la\n',
    ]);
  });

  it('that name more speakers than a manifest may have say so: who says least is marked', () => {
    const cues = Array.from({ length: 230 }, (_, index) => {
      const lines = index < 199 ? 2 : 1;
      return `00:00:01.000 --> 00:00:02.000\n<v Speaker ${index}>Well.\n\n`.repeat(lines);
    });
    const { book, chapters } = imported('a.vtt', `WEBVTT\n\n${cues.join('')}`);
    const text = Object.values(chapters)[0]!;
    expect([text.match(/^\[Speaker/gm)?.length, text.match(/^\[\?\]/gm)?.length]).toEqual([398, 31]);
    expect(book.notes.join('\n')).toMatch(/names 230 speakers.*the 199 who say most.*other 31 are marked \[\?\]/);
  });

  it('that name nobody have no marks; a word with a colon is no speaker', () => {
    const cue = (index: number, text: string): string =>
      `${index}\n00:00:0${index},000 --> 00:00:0${index},900\n${text}\n\n`;
    const text = cue(1, 'One thing: the lamp') + cue(2, 'went out.') + cue(3, 'Nobody came.');
    expect(Object.values(imported('a.srt', text).chapters)).toEqual([
      'One thing: the lamp\nwent out.\n\nNobody came.\n',
    ]);
  });
});

/** A Kindle book whose first record says how it is encrypted. */
function kindle(encryption: number): Uint8Array {
  const bytes = Buffer.alloc(140);
  bytes.write('BOOKMOBI', 60);
  bytes.writeUInt32BE(100, 78);
  bytes.writeUInt16BE(encryption, 112);
  return bytes;
}

const zip = (...names: string[]): Uint8Array => zipSync(Object.fromEntries(names.map((name) => [name, strToU8('x')])));
/** The first file of an archive is marked as encrypted in the archive's list. */
function locked(bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  out.writeUInt16LE(1, out.indexOf('PK\u0001\u0002') + 8);
  return out;
}

it.each([
  ['a Kindle book', kindle(0), /Kindle book\. .*EPUB/],
  ['a Kindle book with DRM', kindle(2), /Kindle book is protected by DRM/],
  ['a newer Kindle book', strToU8('CONT\u0002\0rest'), /Kindle book \(KFX\)/],
  ['a newer Kindle book, packed', zip('book.kfx', 'book.sdr/assets/metadata.kfx'), /Kindle book \(KFX\)/],
  ['RTF', '{\\rtf1\\ansi Text.}', /RTF document\. Save it as \.docx/],
  ['a piece of RTF', '{\\pard \\ql Text.\\par}', /RTF document/],
  ['FictionBook', '<?xml version="1.0"?><fb:FictionBook xmlns:fb="x"/>', /FictionBook/],
  ['packed FictionBook', zip('book.fb2'), /packed FictionBook/],
  ['PDF', '%PDF-1.7\n/Font', /PDF, which has pages/],
  ['PDF behind other bytes', '\u0000\u0001%PDF-1.4\n/Font', /PDF, which has pages/],
  ['a scan', '%PDF-1.7\n/Subtype /Image', /scan: its pages are pictures/],
  ['PDF with a password', '%PDF-1.7\n/Font trailer << /Encrypt 5 0 R >>', /PDF is protected by a password/],
  ['an archive with a password', locked(zip('a.txt')), /archive is protected by a password/],
  [
    'ODT with a password',
    odt('', { 'META-INF/manifest.xml': '<manifest:encryption-data/>' }),
    /document is protected by a password/,
  ],
  [
    'a spreadsheet',
    zipSync({ mimetype: strToU8('application/vnd.oasis.opendocument.spreadsheet'), 'content.xml': strToU8('<a/>') }),
    /spreadsheet/,
  ],
  ['a Pages document', zip('Index/Document.iwa'), /Pages document.*Word or EPUB/],
  ['a comic', zip('1.jpg', '2.jpg', '3.jpg', 'ComicInfo.xml'), /comic/],
  ['a packed book', zip('x/book.epub'), /Unpack it and import the book inside/],
  [
    'a ticket for DRM',
    '<fulfillmentToken xmlns="http://ns.adobe.com/adept"/>',
    /ticket for a book that is protected by DRM/,
  ],
  [
    'a license for DRM',
    '{"encryption": {"profile": "http://readium.org/lcp/basic-profile"}}',
    /license for a book that is protected by DRM/,
  ],
  ['SubStation', '[Script Info]\nTitle: x', /SubStation subtitles.*\.srt/],
  ['lyrics', '[00:12.00]La\n[00:15.30]la', /lyrics with times/],
  ['TTML', '<tt xmlns="http://www.w3.org/ns/ttml"><p begin="1s">x</p></tt>', /subtitles \(TTML\)/],
  ['LaTeX', '\\documentclass{book}\n\\begin{document}x', /LaTeX/],
])('names %s by what it is, with the way on', (_name, bytes, told) => {
  const reading = readManuscript({
    name: 'book.txt',
    bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes,
  });
  const problem = 'problem' in reading ? reading.problem : undefined;
  expect(`${problem?.message} ${problem?.fix}`).toMatch(told);
});

it('reads each format under any name', () => {
  const texts = ['a.epub', 'a.docx', 'a.odt', 'a.html', 'a.srt', 'a.txt'].map((name) => {
    const bytes = {
      'a.epub': epub({ documents: { 'a.xhtml': '<p>Text here.</p>' } }),
      'a.docx': docx('<w:p><w:r><w:t>Text here.</w:t></w:r></w:p>'),
      'a.odt': odt('<text:p>Text here.</text:p>'),
      'a.html': strToU8('<html><p>Text here.</p></html>'),
      'a.srt': strToU8('1\n00:00:01,000 --> 00:00:02,000\nText here.\n'),
      'a.txt': strToU8('Text here.'),
    }[name]!;
    return Object.values(imported('manuscript.pdf', bytes).chapters)[0];
  });
  expect(new Set(texts)).toEqual(new Set(['Text here.\n']));
});

describe('broken HTML', () => {
  const around = (middle: string): string =>
    `<html><body><p>It was a dark and stormy night.</p>${middle}<p>Then the morning came over the roofs.</p></body></html>`;
  const [FIRST, LAST] = ['It was a dark and stormy night.', 'Then the morning came over the roofs.'];

  it.each([
    ['CDATA that nothing closes, up to the next >', '<![CDATA[ gone <p>Here.</p>', [FIRST, 'Here.', LAST]],
    ['CDATA', '<p><![CDATA[ a > b ]]></p>', [FIRST, 'a > b', LAST]],
    ['an end tag with a > in quotes', '<b>Here.</b x="1>2">', [FIRST, 'Here.', LAST]],
    ['what is written as text only', '<xmp><p>Here.</p></xmp>', [FIRST, '<p>Here.</p>', LAST]],
    ['a frame, which is left out', '<iframe><p>Gone.</p></iframe>', [FIRST, LAST]],
  ])('is read as browsers read it: %s', (_name, middle, paragraphs) => {
    const [text] = Object.values(imported('a.html', around(middle)).chapters);
    expect(text!.trim().split('\n\n')).toEqual(paragraphs);
  });

  it('that ends within a field is read up to there, and accounted for', () => {
    const { chapters, leftOut } = imported('a.html', around('<textarea><p>Gone.</p>'));
    expect(Object.values(chapters)).toEqual([`${FIRST}\n`]);
    expect(leftOut.join()).toContain('form field');
  });
});
