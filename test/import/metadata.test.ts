/** Title, authors by role, series, ISBN and the like, from each format, into the manifest. */
import { describe, expect, it } from 'vitest';
import { manifestText } from '../../src/import/write/manifest-text.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { imported } from './account.ts';
import { docx, epub } from './epub.ts';

/** An EPUB with these metadata instead of the usual ones. */
function book(metadata: string, version: 2 | 3 = 3): Uint8Array {
  const opf = `<package version="${version}.0" xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">${metadata}</metadata><manifest><item id="d0" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="d0"/></spine></package>`;
  return epub({ documents: { 'a.xhtml': '<h1>One</h1><p>Text.</p>' }, files: { 'OEBPS/content.opf': opf } });
}

const factsOf = (name: string, bytes: Uint8Array | string) => {
  const { title, author, language, publication } = imported(name, bytes).book;
  return { title, author, language, ...publication };
};

describe('an EPUB', () => {
  it('2 says them by attributes, and by names of calibre', () => {
    const facts = factsOf(
      'a.epub',
      book(
        `<dc:title>The Salt Road</dc:title><dc:creator opf:role="edt">E. Ditor</dc:creator><dc:creator opf:role="aut">N. Example</dc:creator>
<dc:creator opf:role="aut">B. Second</dc:creator><dc:creator opf:role="bkp">calibre (6.1)</dc:creator><dc:language>pl</dc:language>
<dc:publisher>Quay &amp; Sons</dc:publisher><dc:identifier opf:scheme="uuid">9780306406158</dc:identifier>
<dc:identifier opf:scheme="ISBN">978-0-306-40615-7</dc:identifier><dc:rights>© 2019 N. Example</dc:rights>
<dc:date opf:event="modification">2024-01-01</dc:date><dc:date opf:event="publication">2019-05-01T00:00:00+00:00</dc:date>
<dc:description>&lt;p&gt;A keeper.&lt;/p&gt;&lt;p&gt;A &lt;i&gt;storm&lt;/i&gt; &amp;amp; more.&lt;/p&gt;</dc:description>
<meta name="calibre:series" content="Lighthouses"/><meta name="calibre:series_index" content="2.0"/>`,
        2,
      ),
    );
    expect(facts).toEqual({
      ...{ title: 'The Salt Road', author: 'N. Example, B. Second', language: 'pl', publisher: 'Quay & Sons' },
      ...{ isbn: '9780306406157', rights: '© 2019 N. Example', date: '2019-05-01' },
      ...{ description: 'A keeper.\nA storm & more.', series: { name: 'Lighthouses', number: '2' } },
    });
  });

  it('3 says them by refinements, in the order of display', () => {
    const facts = factsOf(
      'a.epub',
      book(
        `<dc:title id="s">A Tale of Two Lamps</dc:title><meta refines="#s" property="title-type">subtitle</meta><meta refines="#s" property="display-seq">2</meta>
<dc:title id="m">The Salt Road</dc:title><meta refines="#m" property="title-type">main</meta><meta refines="#m" property="display-seq">1</meta>
<dc:creator id="i">P. Inker</dc:creator><meta refines="#i" property="role" scheme="marc:relators">ill</meta>
<dc:creator id="b">B. Second</dc:creator><meta refines="#b" property="role">aut</meta><meta refines="#b" property="display-seq">2</meta>
<dc:creator id="a">N. Example</dc:creator><meta refines="#a" property="role">aut</meta><meta refines="#a" property="display-seq">1</meta>
<dc:identifier>urn:isbn:0306406152</dc:identifier><dc:date>2019-05</dc:date><dc:language>en-GB</dc:language>
<meta property="belongs-to-collection" id="set">A Shop's List</meta><meta refines="#set" property="collection-type">set</meta>
<meta property="belongs-to-collection" id="c">Lighthouses</meta><meta refines="#c" property="collection-type">series</meta><meta refines="#c" property="group-position">2.5</meta>`,
      ),
    );
    expect(facts).toEqual({
      ...{
        title: 'The Salt Road',
        subtitle: 'A Tale of Two Lamps',
        author: 'N. Example, B. Second',
        language: 'en-GB',
      },
      ...{ isbn: '0306406152', date: '2019-05', series: { name: 'Lighthouses', number: '2.5' } },
    });
  });

  it.each([
    ['an editor alone is no author', '<dc:creator opf:role="edt">E.</dc:creator>', {}],
    [
      'a role may be an address, and one of several',
      '<dc:creator id="a">N. Example</dc:creator><meta refines="#a" property="role">ill</meta><meta refines="#a" property="role">http://id.loc.gov/vocabulary/relators/aut</meta>' +
        '<dc:creator id="b">E. Ditor</dc:creator><meta refines="#b" property="role">http://id.loc.gov/vocabulary/relators/edt</meta>',
      { author: 'N. Example' },
    ],
    ['a name has no markup', '<dc:creator>A &amp;amp; &lt;i&gt;B&lt;/i&gt;</dc:creator>', { author: 'A & B' }],
    ['a person without a role is', '<dc:creator>N. Example</dc:creator>', { author: 'N. Example' }],
    ['a program is none', '<dc:creator>calibre (7.0)</dc:creator>', {}],
    ['a wrong ISBN is none', '<dc:identifier opf:scheme="ISBN">978-0-306-40615-8</dc:identifier>', {}],
    ['a date without a year is none', '<dc:date>0101-01-01</dc:date>', {}],
    ['an impossible day is a year', '<dc:date>2019-02-31</dc:date>', { date: '2019' }],
    ['"Untitled" is no title', '<dc:title>Untitled</dc:title>', {}],
  ])('%s', (_name, metadata, facts) => {
    expect(factsOf('a.epub', book(metadata))).toEqual({ title: '', author: undefined, language: undefined, ...facts });
  });
});

it('a Word document says them in its properties, where programs sign, too', () => {
  const core = (creator: string, description: string): string =>
    `<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>T</dc:title><dc:creator>${creator}</dc:creator><dc:description>${description}</dc:description></cp:coreProperties>`;
  const custom =
    '<Properties><property name="Publisher"><vt:lpwstr>Quay</vt:lpwstr></property><property name="ISBN-13"><vt:lpwstr>9780306406157</vt:lpwstr></property></Properties>';
  const body = '<w:p><w:r><w:t>Text.</w:t></w:r></w:p>';
  const files = { 'docProps/core.xml': core('A. One;B. Two', 'A storm.'), 'docProps/custom.xml': custom };
  expect(factsOf('a.docx', docx(body, files))).toEqual({
    ...{ title: 'T', author: 'A. One, B. Two', language: undefined, description: 'A storm.' },
    ...{ publisher: 'Quay', isbn: '9780306406157' },
  });
  const program = { 'docProps/core.xml': core('python-docx', 'generated by python-docx') };
  expect(factsOf('a.docx', docx(body, program))).toEqual({ title: 'T', author: undefined, language: undefined });
});

it('Markdown says them in its front matter, as Pandoc reads it; the text of Project Gutenberg in its header', () => {
  const front = `---
title: [{type: main, text: The Salt Road}, {type: subtitle, text: A Tale}]
author: [N. Example, {name: B. Second}]
creator: [{role: editor, text: E. Ditor}]
lang: de
identifier: [{scheme: ISBN, text: 978-0-306-40615-7}]
belongs-to-collection: Lighthouses
group-position: 2
date: 2019-05-01
rights: "© 2019: all of them"
---

# One

Text.
`;
  expect(factsOf('a.md', front)).toEqual({
    ...{ title: 'The Salt Road', subtitle: 'A Tale', author: 'N. Example, B. Second', language: 'de' },
    ...{ isbn: '9780306406157', series: { name: 'Lighthouses', number: '2' }, date: '2019-05-01' },
    rights: '© 2019: all of them',
  });
  expect(factsOf('a.md', '---\ntitle: [broken\n---\n\nText.\n').title).toBe('');
  expect(factsOf('a.md', '% The Road\n% A. One; B. Two\n\nText.\n')).toMatchObject({
    title: 'The Road',
    author: 'A. One, B. Two',
  });
  const gutenberg =
    'Title: The Salt Road\n        A Tale\n\nAuthor: N. Example\n\nLanguage: German\n\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\nText.\n';
  expect(factsOf('a.txt', gutenberg)).toEqual({ title: 'The Salt Road A Tale', author: 'N. Example', language: 'de' });
});

it('a web page says them in its head', () => {
  const page =
    '<html lang="fr"><head><title>Shop: T</title><meta name="DC.title" content="T"><meta name="dcterms.creator" content="A"><meta name="author" content="Shop"><meta property="book:isbn" content="9780306406157"><meta name="description" content="D"></head><p>Text.</p>';
  expect(factsOf('a.html', page)).toEqual({
    ...{ title: 'T', author: 'A', language: 'fr', isbn: '9780306406157', description: 'D' },
  });
});

it('the manifest that is written is read as the same, whatever stands in them', () => {
  const publication = {
    ...{ subtitle: 'yes', description: 'Line: one\n# two "three"', publisher: '- x', isbn: '030640615X' },
    ...{ rights: "© 'a' \\ {b}", date: '2019', series: { name: 'A: b, {c}', number: '2.5' } },
  };
  const of = { title: 'T', language: 'en', model: 'qwen3-tts-vc-realtime-2026-01-15', schema: 's.json', publication };
  const text = manifestText({
    ...of,
    characters: [{ name: 'narrator', sample: 'a.wav' }],
    chapters: [{ title: 'One', file: '1.txt' }],
  });
  const { manifest, diagnostics } = parseManifest({ file: 'b.yaml', bytes: Buffer.from(text.replace('X', '2')) });
  expect(diagnostics).toEqual([]);
  expect(manifest).toMatchObject({ ...publication, isbn: '0306406152' });
});
