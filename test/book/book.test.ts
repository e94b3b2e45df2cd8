import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BookReading, loadBook } from '../../src/book/load-book.ts';
import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import { PNG } from '../import/epub.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'book-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files below the book's folder. */
function write(files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'book', name)), { recursive: true });
    writeFileSync(join(folder, 'book', name), content);
  }
}

/** The head of a WAV file is enough to be told for one. */
function wav(seed: number): Buffer {
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(200_000, seed)]);
}

const GOOD = `book: {title: T, cover: cover.png}
characters:
  narrator: {sample: voices/narrator.wav}
  mara: {sample: voices/mara.mp3, aliases: [Mara Quill]}
chapters:
  - title: One
    file: chapters/01.txt
  - title: Two
    text: |
      [Mara Quill] Who is there?
`;

const FILES = {
  'book.yaml': GOOD,
  'voices/narrator.wav': wav(1),
  'voices/mara.mp3': Buffer.from('ID3\u0004\0\0\0\0\0\0', 'latin1'),
  'chapters/01.txt': '\ufeffThe lamp went out.\r\n\r\n***\r\n\r\nNight.',
  'cover.png': Buffer.from(PNG),
};

async function load(options: Partial<Parameters<typeof loadBook>[0]> = {}): Promise<BookReading> {
  return alsoInChinese(await loadBook({ manifestPath: join(folder, 'book', 'book.yaml'), ...options }));
}

/** What the author would see, with the temporary folder's name taken out. */
function printed(reading: BookReading): string {
  return formatDiagnostics({ ...reading, color: false }).replaceAll(`${folder}/`, '');
}

it('loads a book with everything that it names', async () => {
  write(FILES);
  const reading = await load();
  expect(printed(reading)).toBe('');
  const book = reading.book!;
  expect(book.folder).toBe(join(folder, 'book'));
  expect(book.chapters.map(({ number, title, spokenCharacters }) => [number, title, spokenCharacters])).toEqual([
    [1, 'One', 24],
    [2, 'Two', 13],
  ]);
  expect(book.chapters[0]!.segments).toEqual([
    {
      character: 'narrator',
      text: 'The lamp went out.',
      lineIndex: 0,
      lineOffset: 0,
      start: 0,
      end: 18,
      boundaryAfter: 'scene',
    },
    {
      character: 'narrator',
      text: 'Night.',
      lineIndex: 1,
      lineOffset: 0,
      start: 29,
      end: 35,
      boundaryAfter: 'chapter',
    },
  ]);
  const narrator = book.samples.get('narrator')!;
  const digest = createHash('sha256').update(wav(1)).digest('hex');
  expect(narrator.asset).toEqual({ digest, mediaType: 'audio/wav', byteLength: 200_016 });
  expect(Buffer.compare(await narrator.read(), wav(1))).toBe(0);
  expect(book.samples.get('mara')!.asset.mediaType).toBe('audio/mpeg');
  expect(book.cover!.asset.mediaType).toBe('image/png');
});

it('notices a file that changes between loading and reading', async () => {
  write(FILES);
  const { book } = await load();
  write({ 'voices/narrator.wav': wav(2) });
  await expect(book!.samples.get('narrator')!.read()).rejects.toMatchObject({
    code: 'input-unreadable',
    retry: 'never',
  });
});

it('reports the mistakes of all files together', async () => {
  write({
    'book.yaml': `book: {title: T, cover: cover.svg, titel: x}
characters:
  narrator: {sample: voices/narator.wav}
  mara: {sample: voices/list.m3u8}
  tom: {sampel: x}
  ann: {sample: voices}
chapters:
  - title: One
    file: chapters/1.txt
  - title: Two
    file: chapters/02.txt
  - title: Three
    file: chapters/03.txt
  - title: Four
    text: |
      灯塔 😀

      [tom] Fine.

      [marra] Who is there?
  - title: Five
    file: chapters/05.txt
  - title: Six
    file: nowhere/06.txt
`,
    'cover.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'voices/narrator.wav': wav(1),
    'voices/list.m3u8': '#EXTM3U\nfile:///etc/passwd\n',
    'chapters/01.txt': 'x',
    'chapters/02.txt': 'Fine.\r\n\r\n\t灯塔 [mara]\r\n\r\n[mraa] No.',
    'chapters/03.txt': Buffer.from('Caf\u00e9', 'latin1'),
    'chapters/05.txt': '\n***\n\n',
  });
  expect(printed(await load())).toMatchInlineSnapshot(`
    "book/book.yaml:1:25 error: "cover.svg" is not a PNG or JPEG image.
        1 | book: {title: T, cover: cover.svg, titel: x}
          |                         ^^^^^^^^^
       fix: Save the cover as PNG or JPEG.
    book/book.yaml:1:36 error: There is no field "titel" in "book".
        1 | book: {title: T, cover: cover.svg, titel: x}
          |                                    ^^^^^
       fix: Did you mean "title"? The fields here are: title, author, narrator, year, genre, language, cover, pronunciations, pronunciationFile, varyRepeats, subtitle, series, description, publisher, isbn, rights, date.
    book/book.yaml:3:22 error: There is no file "voices/narator.wav".
        3 |   narrator: {sample: voices/narator.wav}
          |                      ^^^^^^^^^^^^^^^^^^
       fix: Did you mean "voices/narrator.wav"?
    book/book.yaml:4:18 error: "voices/list.m3u8" is not a recording.
        4 |   mara: {sample: voices/list.m3u8}
          |                  ^^^^^^^^^^^^^^^^
       fix: Use a WAV, MP3, M4A, FLAC or OGG recording itself, not a playlist or a link to one.
    book/book.yaml:5:9 error: There is no field "sampel" in "tom".
        5 |   tom: {sampel: x}
          |         ^^^^^^
       fix: Did you mean "sample"? The fields here are: sample, transcript, voice, model, aliases, pronunciations, consent.
    book/book.yaml:5:17 error: There is no file "x".
        5 |   tom: {sampel: x}
          |                 ^
       fix: Check the name, or put the file in the folder.
    book/book.yaml:6:17 error: "voices" is a folder, not a file.
        6 |   ann: {sample: voices}
          |                 ^^^^^^
       fix: Write the path of a file.
    book/book.yaml:9:11 error: There is no file "chapters/1.txt".
        9 |     file: chapters/1.txt
          |           ^^^^^^^^^^^^^^
       fix: Did you mean "chapters/01.txt"?
    book/book.yaml:20:8 error: line 4:3: There is no character called "marra".
       20 |       [marra] Who is there?
          |        ^^^^^
       fix: Did you mean "mara"? For a plain bracket, write \\[.
    book/book.yaml:21:12 error: The chapter "Five" has nothing to speak.
       21 |   - title: Five
          |            ^^^^
       fix: Write its text, or remove the chapter.
    book/book.yaml:24:11 error: There is no file "nowhere/06.txt".
       24 |     file: nowhere/06.txt
          |           ^^^^^^^^^^^^^^
       fix: There is no folder "nowhere" either; check the path.
    book/chapters/02.txt:3:5 error: line 2:2: This tag is inside a paragraph and would be read aloud.
        3 |     灯塔 [mara]
          |          ^^^^^^
       fix: Put an empty line before it, or write \\[ for a plain bracket.
    book/chapters/02.txt:5:2 error: line 2:3: There is no character called "mraa".
        5 | [mraa] No.
          |  ^^^^
       fix: Did you mean "mara"? For a plain bracket, write \\[.
    book/chapters/03.txt error: This file is not UTF-8: byte 3 is 0xE9 (line 1).
       fix: Save it as UTF-8 (in most editors: "Save with encoding", UTF-8).

    14 errors"
  `);
});

it('tells one recording of many characters once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const characters = names.map((name) => `  ${name}: {sample: voices/mara.mp3}\n`).join('');
  const lines = names.map((name) => `[${name}] Yes.`).join('\\n\\n');
  write({
    ...FILES,
    'book.yaml': `${GOOD.replace('chapters:', `${characters}chapters:`)}  - {title: Three, text: "${lines}"}\n`,
  });
  const { diagnostics } = await load();
  expect(diagnostics.map(({ message }) => message)).toEqual([
    '7 characters have this recording and will sound the same: "mara", "a", "b", "c" and 3 more.',
  ]);
});

it('warns of characters who never speak and of shared samples', async () => {
  const characters = `  tom: {sample: voices/tom.wav}\n  ann: {sample: https://samples.test/ann.wav}\n`;
  write({
    ...FILES,
    'book.yaml': GOOD.replace('voices/mara.mp3', 'voices/copy.wav').replace('chapters:', `${characters}chapters:`),
    'voices/copy.wav': wav(1),
    'voices/tom.wav': wav(3),
  });
  const reading = await load({ download: () => Promise.reject(new Error('nobody needs it')) });
  expect([...reading.book!.samples.keys()]).toEqual(['narrator', 'mara']);
  expect(printed(reading)).toMatchInlineSnapshot(`
    "book/book.yaml:4:18 warning: This is the same recording as that of "narrator"; the two will sound the same.
        4 |   mara: {sample: voices/copy.wav, aliases: [Mara Quill]}
          |                  ^^^^^^^^^^^^^^^
       fix: Record another voice, or make one an alias of the other.
    book/book.yaml:5:3 warning: "tom" never speaks.
        5 |   tom: {sample: voices/tom.wav}
          |   ^^^
       fix: Remove the character, or check the tags in the texts.
    book/book.yaml:6:3 warning: "ann" never speaks.
        6 |   ann: {sample: https://samples.test/ann.wav}
          |   ^^^
       fix: Remove the character, or check the tags in the texts.

    3 warnings"
  `);
});

it('fetches samples from https addresses through the downloader', async () => {
  write({ ...FILES, 'book.yaml': GOOD.replace('voices/mara.mp3', 'https://samples.test/mara.wav') });
  const { book } = await load({ download: async () => ({ bytes: wav(4) }) });
  expect(book!.samples.get('mara')!.asset.mediaType).toBe('audio/wav');
  const fix = 'Check the path.';
  const refused = await load({
    download: async () => ({
      problem: { code: 'download-failed', message: 'The server answered with status 404.', fix },
    }),
  });
  expect(refused.diagnostics).toMatchObject([{ code: 'download-failed', start: { line: 4, column: 18 } }]);
  const page = await load({ download: async () => ({ bytes: Buffer.from('<html>') }) });
  expect(page.diagnostics).toMatchObject([{ code: 'not-audio' }]);
});

it('reads nothing outside its folder, through links neither', async () => {
  write(FILES);
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  rmSync(join(folder, 'book/chapters/01.txt'));
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'book/chapters/01.txt'));
  const reading = await load();
  expect(reading.diagnostics.map(({ code }) => code)).toEqual(['path-outside']);
  expect(JSON.stringify([reading.diagnostics, ...reading.sources])).not.toContain('secret');
  expect((await load({ roots: [folder] })).diagnostics).toEqual([]);

  write({ 'book.yaml': GOOD.replace('chapters/01.txt', '../secret.txt') });
  expect((await load()).diagnostics.map(({ code }) => code)).toEqual(['path-outside']);
  expect((await load({ roots: [join(folder, 'book/voices')] })).diagnostics.map(({ code }) => code)).toEqual([
    'path-outside',
  ]);
  expect((await load({ roots: [folder] })).diagnostics).toEqual([]);
});

it('does not wait for a pipe, and names what is no file', async () => {
  write({ ...FILES, 'book.yaml': GOOD.replace('voices/mara.mp3', 'pipe').replace('cover.png', 'loop') });
  execFileSync('mkfifo', [join(folder, 'book/pipe')]);
  symlinkSync('loop', join(folder, 'book/loop'));
  expect((await load()).diagnostics.map(({ code }) => code).sort()).toEqual(['bad-path', 'not-a-file']);
});

it('bounds what it reads', async () => {
  write(FILES);
  truncateSync(join(folder, 'book/chapters/01.txt'), 8 * 1024 * 1024 + 1);
  truncateSync(join(folder, 'book/voices/narrator.wav'), 51 * 1024 * 1024);
  truncateSync(join(folder, 'book/cover.png'), 21 * 1024 * 1024);
  expect((await load()).diagnostics.map(({ code }) => code)).toEqual([
    'file-too-large',
    'file-too-large',
    'file-too-large',
  ]);
  expect((await load()).diagnostics.map(({ fix }) => fix)).toContain(
    'Divide it into several chapters; `pipeline import` does so with a whole book.',
  );
  truncateSync(join(folder, 'book/book.yaml'), 50 * 1024 * 1024);
  expect((await load()).diagnostics.map(({ message }) => message)).toEqual([
    'This manifest has 50.0 MB; the maximum is 4 MB.',
  ]);
});

it('bounds all chapters together', async () => {
  const chapters = Array.from({ length: 9 }, (_, i) => `  - {title: C${i}, file: long.txt}`).join('\n');
  write({
    ...FILES,
    'book.yaml': `${GOOD.split('chapters:')[0]}chapters:\n${chapters}\n`,
    'long.txt': Buffer.alloc(8 * 1024 * 1024, 'a\n\n'),
  });
  expect((await load()).diagnostics.map(({ code }) => code)).toEqual(['book-too-long']);
});

it('says of a document and of a path in typographic quotation marks what to do', async () => {
  write({
    ...FILES,
    'book.yaml': GOOD.replace('voices/mara.mp3', '“voices/mara.mp3”'),
  });
  const found = [];
  for (const bytes of ['PK\u0003\u0004\0', '%PDF-1.7 \xe2', '{\\rtf1\\ansi Hello.}']) {
    write({ 'chapters/01.txt': Buffer.from(bytes, 'latin1') });
    found.push((await load()).diagnostics);
  }
  const import_ = '`pipeline import` makes chapters of a document; or save it as plain text.';
  const refused = found.map((all) => all.find(({ code }) => code === 'binary-file'));
  expect(refused.map((one) => [one?.message, one?.fix])).toEqual([
    ['This is a Word document, an EPUB or another archive, not a text file.', import_],
    ['This is a PDF, not a text file.', import_],
    ['This is an RTF document, not a text file.', 'Save it as plain text, or as .docx for `pipeline import`.'],
  ]);
  expect(found[0]?.find(({ code }) => code === 'file-not-found')).toMatchObject({
    fix: 'These quotation marks are part of the path: write "voices/mara.mp3", in plain ones or in none.',
  });
});

it('says what is wrong with the manifest file itself', async () => {
  write({ 'boook.yaml': GOOD });
  expect(printed(await load())).toMatchInlineSnapshot(`
    "book/book.yaml error: There is no file "book.yaml".
       fix: Did you mean "boook.yaml"?

    1 error"
  `);
  expect((await load({ manifestPath: folder })).diagnostics.map(({ code }) => code)).toEqual(['not-a-file']);
  expect((await load({ manifestPath: join(folder, 'a/b/c.yaml') })).diagnostics).toMatchObject([
    { code: 'file-not-found', fix: 'There is no folder "b" either; check the path.' },
  ]);
});

it.skipIf(process.getuid?.() === 0)('names a file that may not be read', async () => {
  write(FILES);
  chmodSync(join(folder, 'book/chapters/01.txt'), 0);
  expect((await load()).diagnostics.map(({ code }) => code)).toEqual(['file-not-readable']);
});

it('ends when it is interrupted', async () => {
  write(FILES);
  await expect(load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
});

it('takes a cover for what it is, not for its name, and refuses half of one', async () => {
  write({ ...FILES, 'cover.jpg': Buffer.from(PNG), 'book.yaml': GOOD.replace('cover.png', 'cover.jpg') });
  expect((await load()).book?.cover?.asset.mediaType).toBe('image/png');
  write({ 'cover.jpg': Buffer.from(PNG).subarray(0, 50) });
  expect(printed(await load())).toContain(
    'The image "cover.jpg" is truncated.\n    1 | book: {title: T, cover: cover.jpg}\n',
  );
  truncateSync(join(folder, 'book/cover.jpg'), 80 * 1024 * 1024);
  expect((await load()).diagnostics.map(({ code }) => code)).toEqual(['file-too-large']);
});

it('speaks credits as they are written, brackets and all, and says when a sample begins nowhere', async () => {
  const more = `credits: {opening: true, closing: 'The [END].', speaker: Mara Quill}\nretailSample: {from: the moon, seconds: 60}\n`;
  write({ ...FILES, 'book.yaml': GOOD.replace('title: T,', "title: '[Untitled]', author: A. N. Other,") + more });
  const { diagnostics } = await load();
  expect(diagnostics.map(({ code }) => code)).toEqual(['sample-not-found']);
  write({ 'book.yaml': GOOD.replace('title: T,', "title: '[Untitled]',") + more.replace('the moon', 'night') });
  const { book } = await load();
  expect(book?.sample).toEqual({ chapter: 1, firstSegment: 1, seconds: 60 });
  expect(book?.chapters.map(({ number, role, segments }) => [number, role, segments.map(({ text }) => text)])).toEqual([
    [0, 'opening-credits', ['[Untitled].', 'Narrated by a synthetic voice.']],
    [1, undefined, ['The lamp went out.', 'Night.']],
    [2, undefined, ['Who is there?']],
    [3, 'closing-credits', ['The [END].']],
  ]);
  expect(book?.chapters[0]?.segments[0]?.character).toBe('mara');
  // Names of files and tags are in the book's language, as the words that are spoken.
  write({ 'book.yaml': GOOD.replace('title: T,', 'title: T, language: zh,') + more.replace('the moon', 'night') });
  const titles = (await load()).book?.chapters.filter(({ role }) => role !== undefined).map(({ title }) => title);
  expect(titles).toEqual(['片头', '片尾']);
});
