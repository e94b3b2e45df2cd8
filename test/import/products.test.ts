/** Manuscripts that are small, and were read for minutes: products of two of their sizes. */
import { expect, it } from 'vitest';
import { readManuscript } from '../../src/import/read.ts';
import { distinctTitles } from '../../src/import/write/manifest-text.ts';
import { epub } from './epub.ts';

const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

function chapters(name: string, bytes: Uint8Array): { titles: string[]; notes: string[] } {
  const read = readManuscript({ name, bytes });
  if ('problem' in read) throw new Error(read.problem.message);
  return { titles: read.book.chapters.map(({ title }) => title), notes: read.book.notes };
}

it('an EPUB that lists one page 400 times is read once', () => {
  const again = '<itemref idref="d0"/>'.repeat(399);
  const bytes = epub({
    documents: { 'a.xhtml': many(2_000, (i) => `<p>Paragraph ${i}.</p>`) },
    guide: `</guide></package><spine>${again}</spine><guide>`,
  });
  const { titles, notes } = chapters('a.epub', bytes);
  expect(titles).toHaveLength(1);
  expect(notes).toContain('The book lists "OEBPS/a.xhtml" several times; it is read once.');
});

it('an EPUB of 3,000 pages is unpacked page by page', { timeout: 60_000 }, () => {
  const documents = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`p${i}.xhtml`, `<p>Page ${i}.</p>`]));
  const contents = many(3_000, (i) => `<li><a href="p${i}.xhtml">One title</a></li>`);
  const { titles } = chapters('a.epub', epub({ documents, contents }));
  expect(titles).toHaveLength(3_000);
  expect(new Set(distinctTitles(titles)).size).toBe(3_000);
});

it.each([
  ['a page of spaces', () => epub({ documents: { 'a.xhtml': `<p>a${'<b> </b>'.repeat(60_000)}b</p>` } }), 'a.epub', 1],
  [
    'headings of two levels',
    () => Buffer.from(many(10_000, () => '# a\n\nx\n\n') + many(10_000, () => '## b\n\nx\n\n')),
    'a.md',
    10_000,
  ],
] as const)('%s', { timeout: 60_000 }, (_name, bytes, file, count) => {
  expect(chapters(file, bytes()).titles).toHaveLength(count);
});
