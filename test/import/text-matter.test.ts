/** Front and back matter in files without types: text, Markdown, Word, OpenDocument and HTML. */
import { expect, it } from 'vitest';
import { imported } from './account.ts';
import { odt } from './epub.ts';

const PAGES: readonly (readonly [title: string, ...texts: string[]])[] = [
  ['Praise for The Salt Road', '“A lamp of a book.” — The Harbour News'],
  ['Also by N. Example', 'The Tin Lighthouse', 'A Winter on the Rock'],
  ['Copyright', 'Copyright © 2019 N. Example. All rights reserved.', 'ISBN 978-0-306-40615-7'],
  ['Dedication', 'For my mother.'],
  ['Chapter 1', 'The lamp went out, and nobody came to light it again.', 'She waited for a long time.'],
  ['Chapter 2', 'In the morning the sea was calm, and the boat was gone.', 'Nobody spoke of it.'],
  ['Acknowledgments', 'My thanks to all keepers of lights.'],
  ['About the Author', 'N. Example lives by the sea.'],
  ['An Excerpt from The Tin Lighthouse', 'Read the first chapter of the next book.'],
  ['Chapter 1', 'It was the last winter of the light.'],
];
const READ = ['Chapter 1', 'Chapter 2'];

const WRITERS: Record<string, () => Uint8Array | string> = {
  'a.txt': () => PAGES.map((page) => page.join('\n\n')).join('\n\n\n'),
  'a.md': () => PAGES.map(([title, ...texts]) => [`# ${title}`, ...texts].join('\n\n')).join('\n\n'),
  'a.html': () =>
    `<html><body>${PAGES.map(([title, ...texts]) => `<h1>${title}</h1>${texts.map((text) => `<p>${text}</p>`).join('')}`).join('')}`,
  'a.odt': () =>
    odt(
      PAGES.map(
        ([title, ...texts]) =>
          `<text:h text:outline-level="1">${title}</text:h>${texts.map((text) => `<text:p>${text}</text:p>`).join('')}`,
      ).join(''),
    ),
};

it.each(Object.keys(WRITERS))('of %s is left out and listed; --keep-matter keeps it', (name) => {
  const manuscript = WRITERS[name]!();
  const { book, leftOut } = imported(name, manuscript);
  expect(book.chapters.map(({ title }) => title)).toEqual(READ);
  for (const [title] of PAGES.filter(([one]) => !READ.includes(one)))
    expect(leftOut.join('\n')).toContain(`Left out: "${title}" (`);
  const kept = imported(name, manuscript, { keepMatter: true });
  expect(kept.book.chapters).toHaveLength(PAGES.length);
});

it('a copyright page without a title, before the first chapter of a text, is left out', () => {
  const text = `THE SALT ROAD\n\nby N. Example\n\nCopyright © 2019 N. Example. All rights reserved.\n\nISBN 978-0-306-40615-7\n\n\nChapter 1\n\nThe lamp went out.\n\nChapter 2\n\nNobody came.\n`;
  const { book, leftOut } = imported('a.txt', text);
  expect(book.chapters.map(({ title }) => title)).toEqual(READ);
  expect(leftOut.join('\n')).toContain('looks like a copyright page');
});

it('a story that speaks of notes, thanks and rights is read', () => {
  const text =
    'Chapter 1\n\nNotes lay on the table.\n\n“All rights reserved,” he said, and laughed.\n\nPraise for the keeper was rare.\n\nChapter 2\n\nDedication was all that he had.\n\nPreface\n\nI wrote this at sea.\n';
  const { book } = imported('a.txt', text);
  expect(book.chapters.map(({ title }) => title)).toEqual(['Chapter 1', 'Chapter 2', 'Preface']);
  expect(imported('a.md', '# Index\n\nAll of it.\n').book.chapters).toHaveLength(1);
});

it.each([
  [
    'fr',
    ['Droits d’auteur', 'Du même auteur'],
    'Chapitre',
    ['Remerciements', 'À propos de l’auteur'],
    'Table des matières',
  ],
  ['it', ['Diritti d’autore', 'Dedica'], 'Capitolo', ['Ringraziamenti', 'Sull’autore'], 'Indice'],
  ['es', ['Derechos de autor', 'Dedicatoria'], 'Capítulo', ['Agradecimientos', 'Acerca del autor'], 'Índice'],
  ['pt', ['Direitos autorais', 'Dedicatória'], 'Capítulo', ['Agradecimentos', 'Sobre a autora'], 'Índice'],
  ['de', ['Urheberrecht', 'Widmung'], 'Kapitel', ['Danksagung', 'Stichwortverzeichnis'], 'Inhalt'],
  ['ja', ['著作権表示', '献辞'], '第', ['謝辞', '著者紹介'], '目次'],
  ['ko', ['판권', '헌사'], '제', ['감사의 말', '지은이 소개'], '차례'],
] as const)('in %s, also before a table of contents at the end', (_, front, word, back, contents) => {
  const heads = [1, 2].map(
    (number) => ({ 第: `第${number}章`, 제: `제${number}장` })[word as string] ?? `${word} ${number}`,
  );
  const page = (title: string): string => `${title}\n\nAnna, 1.\n\n`;
  const chapters = heads.map(
    (head) => `${head}\n\n${'The lamp went out, and nobody came to light it. '.repeat(4)}\n\n`,
  );
  const list = `${contents}\n\n${heads.join('\n')}\n`;
  const { book, leftOut } = imported('a.txt', [...front.map(page), ...chapters, ...back.map(page), list].join(''));
  expect(book.chapters.map(({ title }) => title)).toEqual(heads);
  for (const title of [...front, ...back]) expect(leftOut.join('\n')).toContain(`Left out: "${title}" (`);
  expect(JSON.stringify(book.chapters)).not.toContain(contents);
});
