import { expect, it } from 'vitest';
import { imported } from './account.ts';
import { epub } from './epub.ts';

const P = '<p>The harbour lay quiet under the morning fog and nobody was about.</p>';
const entry = (title: string, href: string): string => `<li><a href="${href}">${title}</a></li>`;

function titles(documents: Record<string, string>, contents: string): string[] {
  return imported('a.epub', epub({ documents, contents })).book.chapters.map(({ title }) => title);
}

it('takes the documents that begin with a heading where the contents have one entry', () => {
  const documents = Object.fromEntries([1, 2, 3, 4].map((one) => [`c${one}.xhtml`, `<h2>Chapter ${one}</h2>${P}`]));
  expect(titles(documents, entry('Start', 'c1.xhtml'))).toEqual(['Chapter 1', 'Chapter 2', 'Chapter 3', 'Chapter 4']);
});

it('takes them where the contents have only parts', () => {
  const documents = {
    'p1.xhtml': '<h1>Part One</h1>',
    'c1.xhtml': `<h2>The Lamp</h2>${P}`,
    'c2.xhtml': `<h2>The Storm</h2>${P}`,
    'c3.xhtml': `<h1>Part Two</h1><h2>A Boat</h2>${P}`,
    'c4.xhtml': `<h2>Home</h2>${P}`,
  };
  const contents = entry('Part One', 'p1.xhtml') + entry('Part Two', 'c3.xhtml');
  expect(titles(documents, contents)).toEqual(['The Lamp', 'The Storm', 'Part Two: A Boat', 'Home']);
});

it('takes numbered headings in one document, and leaves the sections of one chapter alone', () => {
  const numbered = [1, 2, 3].map((one) => `<h2>Chapter ${one}</h2>${P}`).join('');
  expect(titles({ 'a.xhtml': numbered }, entry('Start', 'a.xhtml'))).toEqual(['Chapter 1', 'Chapter 2', 'Chapter 3']);
  const sections = `<h1>A Story</h1>${P}<h2>Morning</h2>${P}<h2>Evening</h2>${P}`;
  expect(titles({ 'a.xhtml': sections }, entry('A Story', 'a.xhtml'))).toEqual(['A Story']);
});

it('keeps a document that a longer table of contents does not name in its chapter', () => {
  const documents = { 'a.xhtml': `<h1>One</h1>${P}`, 'b.xhtml': `<h2>Later</h2>${P}`, 'c.xhtml': `<h1>Two</h1>${P}` };
  expect(titles(documents, entry('One', 'a.xhtml') + entry('Two', 'c.xhtml'))).toEqual(['One', 'Two']);
});

it('divides Markdown at chapters below parts, and at what stands beside the parts', () => {
  const text =
    '# Prologue\n\nA.\n\n# Part One: The Coast {.unnumbered}\n\n## The Lamp {#lamp}\n\nB {.c}.\n\n## The Storm\n\nC.\n\n# Part Two {-}\n\n## A Boat\n\nD.\n\n# Epilogue\n\nE.\n';
  const { book, leftOut } = imported('a.md', text);
  expect(book.chapters.map(({ title }) => title)).toEqual(['Prologue', 'The Lamp', 'The Storm', 'A Boat', 'Epilogue']);
  expect(book.chapters[1]!.blocks.map((block) => block.text)).toEqual(['Part One: The Coast', 'The Lamp', 'B {.c}.']);
  expect(leftOut.join()).toContain('unnumbered');
});
