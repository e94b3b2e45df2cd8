/** A library as Audiobookshelf reads it: one edition of the sound a folder, and nobody else's files touched. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Book } from '../../src/book/load-book.ts';
import { putIntoLibrary } from '../../src/deliver/audiobookshelf.ts';
import type { RunFinishedEvent } from '../../src/events.ts';

let folder: string;
let library: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  library = join(folder, 'library');
  await mkdir(library);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const png = Buffer.from('\u0089PNG cover', 'latin1');
const bookOf = (title: string, more: object = {}): Pick<Book, 'manifest' | 'cover'> =>
  ({
    manifest: { title, author: 'Anna Lee', year: 1999, language: 'en', ...more },
    cover: { asset: {}, read: async () => png },
  }) as never;

/** A run that has delivered these files, each with its name as its content. */
const finishedWith = async (chapters: string[][], book?: string): Promise<RunFinishedEvent> => {
  const out = join(folder, 'done');
  await mkdir(out, { recursive: true });
  const write = async (name: string): Promise<string> => {
    await writeFile(join(out, name), name);
    return join(out, name);
  };
  return {
    chapters: await Promise.all(
      chapters.map(async (names, index) => ({
        index,
        files: await Promise.all(names.map(write)),
        ...(names.join().includes('Sample') && { role: 'retail-sample' }),
      })),
    ),
    book: book === undefined ? null : { files: [await write(book)] },
  } as never;
};

it('puts a book into Author/Year - Title, with cover and metadata, and is safe to repeat', async () => {
  const finished = await finishedWith([['01.mp3', '01.m4a'], ['02.mp3', '02.m4a'], ['Sample.mp3']]);
  const put = () => putIntoLibrary({ library, book: bookOf('The Harbour', { narrator: 'Ben' }), finished });
  const at = await put();
  expect(at).toBe(join(library, 'Anna Lee', '1999 - The Harbour'));
  expect(await put()).toBe(at);
  expect((await readdir(at)).sort()).toEqual(['.narration.json', '01.mp3', '02.mp3', 'cover.png', 'metadata.json']);
  expect(await readFile(join(at, 'cover.png'))).toEqual(png);
  expect(JSON.parse(await readFile(join(at, 'metadata.json'), 'utf8'))).toMatchObject({
    title: 'The Harbour',
    authors: ['Anna Lee'],
    narrators: ['Ben'],
    publishedYear: '1999',
    language: 'en',
  });
});

it('takes the M4B alone when there is one, and takes the earlier edition away', async () => {
  const book = bookOf('The Harbour');
  const at = await putIntoLibrary({ library, book, finished: await finishedWith([['01.mp3']]) });
  await writeFile(join(at, 'notes of a listener.txt'), 'mine');
  await putIntoLibrary({ library, book, finished: await finishedWith([['01.mp3']], 'The Harbour.m4b') });
  expect((await readdir(at)).filter((name) => !name.startsWith('.')).sort()).toEqual([
    'The Harbour.m4b',
    'cover.png',
    'metadata.json',
    'notes of a listener.txt',
  ]);
});

it("leaves a person's corrections and other people's folders alone", async () => {
  const finished = await finishedWith([['01.mp3']]);
  await mkdir(join(library, 'Anna Lee', '1999 - The Harbour'), { recursive: true });
  await writeFile(join(library, 'Anna Lee', '1999 - The Harbour', '01.mp3'), 'bought');
  const at = await putIntoLibrary({ library, book: bookOf('The Harbour'), finished });
  expect(at).toBe(join(library, 'Anna Lee', '1999 - The Harbour (2)'));
  expect(await readFile(join(library, 'Anna Lee', '1999 - The Harbour', '01.mp3'), 'utf8')).toBe('bought');
  await writeFile(join(at, 'metadata.json'), '{"title":"Corrected"}');
  for (let time = 0; time < 2; time++) await putIntoLibrary({ library, book: bookOf('The Harbour'), finished });
  expect(await readFile(join(at, 'metadata.json'), 'utf8')).toBe('{"title":"Corrected"}');
});

it('knows a folder that a crash has left half filled, and says when the library can not be written', async () => {
  const finished = await finishedWith([['01.mp3'], ['02.mp3']]);
  await rm(join(folder, 'done', '02.mp3'));
  const put = () => putIntoLibrary({ library, book: bookOf('A'), finished });
  await expect(put()).rejects.toThrow();
  await writeFile(join(folder, 'done', '02.mp3'), '02.mp3');
  expect(await put()).toBe(join(library, 'Anna Lee', '1999 - A'));
  await writeFile(join(library, 'Ben'), 'a file');
  const of = { library, book: bookOf('B', { author: 'Ben' }), finished };
  await expect(putIntoLibrary(of)).rejects.toMatchObject({ code: 'store-unwritable' });
});

it('gives two books of one name, put there at the same moment, and two stores, a folder each', async () => {
  const finished = await finishedWith([['01.mp3']]);
  const put = (title: string, store: string) => putIntoLibrary({ library, book: bookOf(title), finished, store });
  const folders = await Promise.all([put('Night/Day', 'one'), put('Night:Day', 'one'), put('Night/Day', 'two')]);
  expect(new Set(folders).size).toBe(3);
  expect(await Promise.all([put('Night/Day', 'one'), put('Night:Day', 'one'), put('Night/Day', 'two')])).toEqual(
    folders,
  );
});
