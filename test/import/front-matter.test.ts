/** What stands before the text of a Markdown or text file is about the book, and no part of it. */
import { expect, it } from 'vitest';
import { isMatterTitle } from '../../src/import/matter/matter-types.ts';
import { imported } from './account.ts';

const TEXT = 'The harbour lay quiet under the morning fog and nobody was about.';
const chapters = (head = '') => `\n${head}Chapter 1\n\n${TEXT}\n\n${head}Chapter 2\n\n${TEXT}\n`;

const read = (name: string, text: string) => {
  const { book, chapters, leftOut } = imported(name, text);
  return { title: book.title, author: book.author, chapters: Object.keys(chapters), leftOut: leftOut.join(' '), book };
};

it.each([
  ['TOML', '+++\ntitle = "The Salt Road"\nauthor = "N. Example"\ndate = 2019-05-01T00:00:00Z\n[params]\nx = 1\n+++\n'],
  ['TOML, damaged', '+++\r\ntitle = The Salt Road\r\nauthor = "N. Example"\r\n+++\r\n'],
  ['YAML', '---\ntitle: The Salt Road\nauthor: N. Example\n---\n'],
  ['YAML that does not parse', '---\ntitle: "The Salt Road\nauthor: N. Example\n...\n'],
  ['JSON in fences', ';;;\n{"title": "The Salt Road", "authors": ["N. Example"]}\n;;;\n'],
  ['JSON', '{\n  "title": "The Salt Road",\n  "author": {\n    "name": "N. Example"\n  },\n  "draft": true\n}\n'],
  ['lines of fields', 'Title: The Salt Road\nAuthor: N. Example\n'],
  ['lines of fields, Chinese', '书名：The Salt Road\n作者：N. Example\n字数：120000\n'],
])('is left out of both kinds of files, with what it says: %s', (_, front) => {
  for (const [name, head] of [
    ['a.md', '# '],
    ['a.txt', ''],
  ] as const) {
    const of = read(name, front + chapters(head));
    expect(of, name).toMatchObject({ title: 'The Salt Road', author: 'N. Example' });
    expect(of.chapters, name).toEqual(['Chapter 1', 'Chapter 2']);
    expect(of.leftOut, name).toMatch(/^Left out: 1 front matter, \d+ letters/);
  }
});

it("leaves Pandoc's title block out, which was read, and a date, language and ISBN that are no texts are taken", () => {
  const block = read('a.md', `% The Salt Road\n% N. Example; B. Second\n% 2019\n${chapters('# ')}`);
  expect(block).toMatchObject({ title: 'The Salt Road', author: 'N. Example, B. Second' });
  expect(block.leftOut).toContain('1 front matter');
  const fields = '+++\ntitle = "A"\nisbn = 9780306406157\ndate = 2019-05-01\nlanguage = "en-GB"\n+++\n';
  expect(imported('a.md', fields + chapters('# ')).book).toMatchObject({
    language: 'en-GB',
    publication: { isbn: '9780306406157', date: '2019-05-01' },
  });
});

it('knows header, headings and markup of Org mode and AsciiDoc, and tells', () => {
  const org = read(
    'a.txt',
    `#+TITLE: The Salt Road\n#+AUTHOR: N. Example\n\n* The Lamp\n:PROPERTIES:\n:ID: x\n:END:\n${TEXT}\n\n* The Storm\n\n#+BEGIN_QUOTE\n${TEXT}\n#+END_QUOTE\n`,
  );
  const asciiDoc = read(
    'a.adoc',
    `= The Salt Road: A Tale\nN. Example <n@example.org>\nv1.0, 2020-01-02\n:toc:\n\n== The Lamp\n\n${TEXT}\n\n[quote]\n____\n${TEXT}\n____\n\n== The Storm\n\n${TEXT}\n`,
  );
  for (const [of, name] of [
    [org, 'Org mode'],
    [asciiDoc, 'AsciiDoc'],
  ] as const) {
    expect(of).toMatchObject({ title: 'The Salt Road', author: 'N. Example', chapters: ['The Lamp', 'The Storm'] });
    expect(of.leftOut).toMatch(/1 front matter.*\d lines of markup/);
    expect(of.book.notes.join()).toContain(`the markup of ${name}`);
  }
  expect(asciiDoc.book.publication).toMatchObject({ subtitle: 'A Tale', date: '2020-01-02' });
});

it('leaves the whole header of Project Gutenberg out, also where it begins with fields', () => {
  const start = '*** START OF THE PROJECT GUTENBERG EBOOK A ***';
  const of = read(
    'a.txt',
    `Title: The Salt Road\nAuthor: N. Example\n\nProduced by B. Second\n\n${start}\n${chapters()}`,
  );
  expect(of).toMatchObject({ title: 'The Salt Road', chapters: ['Chapter 1', 'Chapter 2'] });
  expect(of.leftOut).toContain('header of Project Gutenberg');
});

it('keeps what only looks like it', () => {
  for (const text of [
    `---\nTo: my mother\n---\n${chapters()}`,
    `+++\n${TEXT}\n+++\n${chapters()}`,
    `{ "He came," she said }\n${chapters()}`,
    `Title: a word that I hate.\n${chapters()}`,
    `= The Lamp\n\n${TEXT}\n${chapters()}`,
    `By: the sea\nDate: unknown\n${chapters()}`,
  ])
    expect(read('a.txt', text).leftOut, text).toBe('');
});

it('takes linear time for signs that begin it and never end it', () => {
  for (const sign of ['+++\n', ';;;\n', '{"a":\n', '{"a":{\n}\n', '---\na:\n', '#+A: b\n', '% a\n ', ':a:\n'])
    for (const name of ['a.md', 'a.txt']) {
      const before = process.cpuUsage();
      read(name, `${sign.repeat(4_000)}\n\nChapter 1\n\n${TEXT}\n`);
      expect(process.cpuUsage(before).user / 1000, sign).toBeLessThan(3_000);
    }
});

it('knows a dedication in Russian by its title', () => {
  expect(isMatterTitle('Посвящение')).toBe(true);
  expect(isMatterTitle('Посвящение в рыцари')).toBe(false);
});
