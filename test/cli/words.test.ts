/** `pipeline words`: what to settle, what is settled, and the list for other programs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { wordsCommand } from '../../src/cli/words/words.ts';
import { called } from './in-process.ts';

let folder: string;
let book: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'words-'));
  book = join(folder, 'book.yaml');
  await writeBook('pronunciations: { Beale: Beel, Chase: { reviewed: true } }');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeBook(list: string): Promise<void> {
  const text = 'text: "And Ukridge met Beale, and Ukridge met Chase."';
  await writeFile(
    book,
    `book: { title: T, ${list} }\ncharacters: { narrator: { voice: v } }\nchapters: [{ title: A, ${text} }]\n`,
  );
}

it('lists the open ones first, for people and programs', async () => {
  const { code, stdout } = await called(() => wordsCommand(book, {}));
  expect(code).toBe(0);
  expect(stdout).toContain('3 names and uncommon words: 1 open, 1 in a word list, 1 reviewed.');
  expect(stdout).toMatch(/Ukridge +2 +name +open +first 1:1 \(.*book\.yaml:3\)/);
  expect(stdout).not.toContain('listed: Beel');
  const all = await called(() => wordsCommand(book, { all: true }));
  expect(all.stdout).toContain('listed: Beel');
  const { events } = await called(() => wordsCommand(book, { json: true }));
  expect(events[0]).toMatchObject({ type: 'words', title: 'T', wordList: 2 });
  expect(events[0].words[0]).toMatchObject({ word: 'Ukridge', count: 2, state: 'open', number: '1:1', line: 3 });
});

it('lists the names in the title of a chapter, and not what counts it', async () => {
  const texts = ['Part Two', 'Chapter Three: Brackenfold Halt', 'She came.'].join('\\n\\n');
  const prologue = 'Prologue\\n\\nThey met Prologue.';
  await writeFile(
    book,
    `book: { title: T }\ncharacters: { narrator: { voice: v } }\nchapterHeads: "Chapter {Number words}. {title}"\nchapters:\n  - { title: A, text: "${texts}" }\n  - { title: Ashby, text: "${prologue}" }\n`,
  );
  const { events } = await called(() => wordsCommand(book, { json: true }));
  const found = events[0].words.map(({ word, number }: { word: string; number: string }) => `${word} ${number}`);
  expect(found).toEqual(['Ashby 2:0', 'Brackenfold 1:2', 'Halt 1:2', 'Prologue 2:2']);
});

it('a reviewed word changes nothing that is spoken, and no digest', async () => {
  const digest = async (list: string) => {
    await writeBook(list);
    return (await loadBook({ manifestPath: book })).book!.wordsDigest;
  };
  const plain = await digest('pronunciations: { Beale: Beel }');
  expect(await digest('pronunciations: { Beale: { say: Beel }, Chase: { reviewed: true } }')).toBe(plain);
  expect(await digest('pronunciations: { Beale: { say: Beel, anyCase: true } }')).not.toBe(plain);
});

it('the exported lexicon is a pronunciationFile, and is never written over', async () => {
  await writeBook('pronunciations: { Beale: Beel, Ukridge: { say: YOO, anyCase: true } }');
  const list = join(folder, 'series.pls');
  expect((await called(() => wordsCommand(book, { export: list }))).code).toBe(0);
  expect(await readFile(list, 'utf8')).toContain('<alias>Beel</alias>');
  expect((await called(() => wordsCommand(book, { export: list }))).code).toBe(2);
  await writeBook('pronunciationFile: series.pls');
  const { book: again, diagnostics } = await loadBook({ manifestPath: book });
  expect(diagnostics).toEqual([]);
  expect(again!.chapters[0]!.segments[0]!.text).toBe('And YOO met Beel, and YOO met Chase.');
});

it('an export of the book’s list and its file has each word once; a folder that is missing is told', async () => {
  await writeFile(join(folder, 'file.yaml'), 'Beale: Bale\nChase: Chayss\n');
  await writeBook('pronunciations: { Beale: Beel }, pronunciationFile: file.yaml');
  const list = join(folder, 'both.yaml');
  const { stdout } = await called(() => wordsCommand(book, { export: list }));
  expect(stdout).toContain(': 2 words.');
  expect(await readFile(list, 'utf8')).toBe('"Beale": "Beel"\n"Chase": "Chayss"\n');
  const { code, stderr } = await called(() => wordsCommand(book, { export: join(folder, 'none', 'x.pls') }));
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Cannot write .*x\.pls \(ENOENT\)/);
});
