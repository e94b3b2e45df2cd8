/** How a book was published: optional fields of `book`, read and checked, and in no key. */
import { describe, expect, it } from 'vitest';
import { isbnOf } from '../../src/manifest/fields/isbn.ts';
import { parseManifest } from '../../src/manifest/parse.ts';

const manifest = (book: string): string => `book:
  title: T
${book.replaceAll(/^(?=.)/gm, '  ')}
characters: {narrator: {sample: a.wav}}
chapters: [{title: One, file: 1.txt}]
`;
const read = (book: string) => parseManifest({ file: 'b.yaml', bytes: Buffer.from(manifest(book)) });
const errors = (book: string): string[] =>
  read(book).diagnostics.map(({ start, message }) => `${start?.line}:${start?.column} ${message}`);

describe('publication fields', () => {
  it('are read, numbers as they are written', () => {
    const { manifest, diagnostics } = read(`subtitle: Or, the Sea
series: {name: Lighthouses, number: 2}
description: |
  A keeper.
  And a storm.
publisher: Quay & Sons
isbn: 9780306406157
rights: © 2019 A. Writer
date: 2019-05`);
    expect(diagnostics).toEqual([]);
    expect(manifest).toMatchObject({
      subtitle: 'Or, the Sea',
      series: { name: 'Lighthouses', number: '2' },
      description: 'A keeper.\nAnd a storm.',
      publisher: 'Quay & Sons',
      isbn: '9780306406157',
      rights: '© 2019 A. Writer',
      date: '2019-05',
    });
    expect(read('isbn: 0306406152\ndate: 1897').manifest).toMatchObject({ isbn: '0306406152', date: '1897' });
  });

  it('are absent where the manifest has none, so that a stored manifest stays equal', () => {
    const fields = Object.keys(read('language: en').manifest!);
    for (const field of ['subtitle', 'series', 'description', 'publisher', 'isbn', 'rights', 'date'])
      expect(fields).not.toContain(field);
  });

  it('are refused with their place when they are wrong', () => {
    expect(errors('isbn: 978-0-306-40615-8')[0]).toMatch(/^3:9 This is no ISBN/);
    for (const two of [
      '[9780306406157, 9783161484100]',
      '978-0-306-40615-7, 978-3-16-148410-0',
      '9780306406157 9783161484100',
    ])
      expect(errors(`isbn: ${two}`), two).toEqual([
        '3:9 These are 2 ISBNs. Each edition has its own: write the one of the audiobook.',
      ]);
    expect(errors('isbn: 9780306406157\nisbn: 9783161484100')[0]).toMatch(/^4:3 .*"isbn"/);
    expect(errors(`subtitle: ${'x'.repeat(5000)}`)[0]).toBe('3:13 "subtitle" is longer than 300 characters.');
    expect(errors('date: 2019-02-30')[0]).toMatch(/^3:9 This is not a valid date/);
    expect(errors('series: {number: 2}')[0]).toBe('3:3 "series" has no "name".');
    expect(errors('series: {nam: A}')[0]).toBe('3:12 There is no field "nam" in "series".');
    expect(errors('publisher: "a\\u0007b"')[0]).toMatch(/^3:14 This contains a control character/);
  });
});

it.each([
  ['978-0-306-40615-7', '9780306406157'],
  ['ISBN 978 0 306 40615 7', '9780306406157'],
  ['urn:isbn:9780306406157', '9780306406157'],
  ['0-8044-2957-X', '080442957X'],
  ['306406152', '0306406152'],
  ['9780306406158', undefined],
  ['1234567890123', undefined],
  ['', undefined],
])('%s as an ISBN is %s', (text, isbn) => expect(isbnOf(text)).toBe(isbn));
