/** What a manifest can say of its text: word lists, pauses, lines, Markdown, repeats; from files to steps. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BookReading, loadBook } from '../../src/book/load-book.ts';
import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import type { Draft } from '../../src/plan/draft.ts';
import { draftBook } from '../../src/plan/draft-book.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'script-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const VOICES = `characters:
  narrator: {voice: qwen-tts-vc-n-voice-20250812105009984-838b}
  mara: {voice: qwen-tts-vc-m-voice-20250812105009984-838b`;

async function load(manifest: string, files: Record<string, string> = {}): Promise<BookReading & { printed: string }> {
  for (const [name, content] of Object.entries({ 'book.yaml': manifest, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const reading = alsoInChinese(await loadBook({ manifestPath: join(folder, 'book.yaml') }));
  return { ...reading, printed: formatDiagnostics({ ...reading, color: false }).replaceAll(`${folder}/`, '') };
}

function draft({ book, printed }: Awaited<ReturnType<typeof load>>): Draft {
  if (!book) throw new Error(printed);
  return draftBook({ manifest: book.manifest, chapters: book.chapters, samples: new Map(), realm: 'local' });
}

const keys = ({ chapters }: Draft): string[] => chapters.flatMap(({ segments }) => segments.map(({ key }) => key));
const spoken = ({ chapters }: Draft): string[] => chapters.flatMap(({ segments }) => segments.map(({ text }) => text));

const TEXT = 'The Ukridge boat.\n\n[mara] Ukridge read it.\n\nNothing else.\n';
const withWords = (book: string, mara = ''): string =>
  `book: {title: T${book}}\n${VOICES}${mara}}\nchapters:\n  - {title: One, file: 1.txt}\n`;

it('says words as the lists have them: the character wins over the book, the book over the series file', async () => {
  const files = { '1.txt': TEXT, 'series.yaml': 'Ukridge: SERIES\nboat: BOTE\n' };
  const plain = draft(await load(withWords(''), files));
  const lists = await load(
    withWords(
      ', pronunciationFile: series.yaml, pronunciations: {Ukridge: YOO-kridge}',
      ', pronunciations: {Ukridge: ME, read: red}',
    ),
    files,
  );
  expect(lists.printed).toBe('');
  const read = draft(lists);
  expect(spoken(read)).toEqual(['The YOO-kridge BOTE.', 'ME red it.', 'Nothing else.']);
  expect(read.chapters[0]!.segments.map(({ written }) => written)).toEqual([
    'The Ukridge boat.',
    'Ukridge read it.',
    undefined,
  ]);
  expect(keys(read).map((key, index) => key === keys(plain)[index])).toEqual([false, false, true]);
});

it('warns of entries that are never found, and refuses words that never could be', async () => {
  const { printed } = await load(withWords(', pronunciations: {ukridge: x, boat: y}', ', pronunciations: {sea: see}'), {
    '1.txt': TEXT,
  });
  expect(printed).toMatchInlineSnapshot(`
    "book.yaml:1:35 warning: "ukridge" is never said, so this entry has no effect.
        1 | book: {title: T, pronunciations: {ukridge: x, boat: y}}
          |                                   ^^^^^^^
       fix: Check how the text spells it; only whole words match, and upper and lower case differ.
    book.yaml:4:78 warning: "sea" is never said by "mara", so this entry has no effect.
        4 | …pronunciations: {sea: see}}
          |                   ^^^
       fix: Check how the text spells it; only whole words match, and upper and lower case differ.

    2 warnings"
  `);
  const refused = await load(withWords(', pronunciationFile: s.yaml, pronunciations: {"[a": x, b: "—"}'), {
    '1.txt': TEXT,
    's.yaml': 'a: [1]\n" b": c\n',
  });
  expect(refused.diagnostics.map(({ code, file }) => [code, file.replace(`${folder}/`, '')])).toEqual([
    ['bad-word', 'book.yaml'],
    ['bad-word', 'book.yaml'],
    ['wrong-type', 's.yaml'],
    ['bad-word', 's.yaml'],
  ]);
});

it('sets pauses per book: masters change, takes do not', async () => {
  const book = (pauses: string): string =>
    `book: {title: T}\n${VOICES}}\n${pauses}chapters:\n  - {title: One, file: 1.txt}\n`;
  const files = { '1.txt': 'A.\n\nB. [pause 3s] C.\n\n[mara] D.\n\n***\n\n[mara] E.\n' };
  const usual = draft(await load(book(''), files));
  const own = draft(await load(book('pauses: {paragraph: 1.25, speaker: 0, head: 0.6, tail: 4}\n'), files));
  expect(keys(own)).toEqual(keys(usual));
  expect(own.chapters[0]!.master.key).not.toBe(usual.chapters[0]!.master.key);
  expect(usual.chapters[0]!.master.takes.map(({ pauseAfterMs }) => pauseAfterMs)).toEqual([750, 3000, 500, 2000, 0]);
  expect(own.chapters[0]!.master.takes.map(({ pauseAfterMs }) => pauseAfterMs)).toEqual([1250, 3000, 0, 2000, 0]);
  expect(own.chapters[0]!.master).toMatchObject({ custom: { headSeconds: 0.6, tailSeconds: 4 } });
});

it('refuses pauses that are no seconds', async () => {
  const { printed } = await load(
    `book: {title: T}\n${VOICES}}\npauses: {sentence: 0.5s, scene: 99, sceen: 1}\nchapters:\n  - {title: One, text: A}\n`,
  );
  expect(printed).toMatchInlineSnapshot(`
    "book.yaml:5:20 error: "sentence" must be a number, but this is text.
        5 | pauses: {sentence: 0.5s, scene: 99, sceen: 1}
          |                    ^^^^
       fix: Write seconds without a unit, such as 0.5.
    book.yaml:5:33 error: "scene" is 99; it must be at most 60.
        5 | pauses: {sentence: 0.5s, scene: 99, sceen: 1}
          |                                 ^^
       fix: Write seconds, such as 0.5.
    book.yaml:5:37 error: There is no field "sceen" in "pauses".
        5 | pauses: {sentence: 0.5s, scene: 99, sceen: 1}
          |                                     ^^^^^
       fix: Did you mean "scene"? The fields here are: clause, sentence, paragraph, speaker, scene, head, tail.

    3 errors"
  `);
});

it('varies repeated lines on request only, and an earlier repeat changes one key', async () => {
  const book = (vary: boolean, text: string): string =>
    `book: {title: T, varyRepeats: ${vary}}\n${VOICES}}\nchapters:\n  - {title: One, text: "${text}"}\n`;
  const thrice = 'Yes.\\n\\n[mara] Yes.\\n\\nYes.\\n\\nYes.';
  const reused = keys(draft(await load(book(false, thrice))));
  const varied = keys(draft(await load(book(true, thrice))));
  expect(new Set(reused).size).toBe(2);
  expect(new Set(varied).size).toBe(4);
  expect(varied.slice(0, 2)).toEqual(reused.slice(0, 2));
  const more = keys(draft(await load(book(true, `Yes.\\n\\n${thrice}`))));
  expect(more.filter((key) => !varied.includes(key))).toHaveLength(1);
});

it.each([0, 2, 3])('another take of one repeat (line %i) leaves every other line its own', async (line) => {
  const paragraphs = ['Yes.', '[mara] Yes.', 'Yes.', 'Yes.'];
  for (const vary of [false, true]) {
    const book = (said: readonly string[]): string =>
      `book: {title: T, varyRepeats: ${vary}}\n${VOICES}}\nchapters:\n  - {title: One, text: "${said.join('\\n\\n')}"}\n`;
    const before = keys(draft(await load(book(paragraphs))));
    const after = keys(draft(await load(book(paragraphs.with(line, `[take 2] ${paragraphs[line]}`)))));
    expect(after.map((key, index) => key === before[index])).toEqual(before.map((_, index) => index !== line));
    expect(before).not.toContain(after[line]);
  }
});

it('reads the take of an item, and says at it what is wrong', async () => {
  const book = (take: string, words = 'Who is there?'): string =>
    `book: {title: T}\n${VOICES}}\nchapters:\n  - title: One\n    lines:\n      - Nobody.\n      - mara: ${words}\n        ${take}\n`;
  const retakes = async (text: string): Promise<(number | undefined)[]> =>
    (await load(text)).book!.chapters[0]!.segments.map(({ retake }) => retake);
  expect(await retakes(book('take: 2'))).toEqual([undefined, 2]);
  expect(await retakes(book('take: 1'))).toEqual([undefined, undefined]);
  // Signs alone go with the words before them, as without a take.
  expect(await retakes(book('take: 2', '"Hello.\\n\\n…\\n\\nBye."'))).toEqual([undefined, 2, 2]);
  for (const value of ['0', '100', '2.5', '"2"', 'two', 'true', '[2]', '{a: 2}', '', '~']) {
    const { printed } = await load(book(`take: ${value}`));
    expect(printed, value).toContain('error: A take number must be from 1 to 99.\n');
    expect(printed, value).toContain('\n1 error');
    expect(printed, value).toMatch(/^book\.yaml:10:/);
  }
  for (const words of ['""', '"…"']) expect((await load(book('take: 2', words))).printed).toContain('has no line');
});

it('reads a list of lines, with its mistakes in their places', async () => {
  const book = (lines: string): string =>
    `book: {title: T}\n${VOICES}}\nchapters:\n  - title: One\n    lines:\n${lines}`;
  const good = await load(
    book(
      '      - narrator: |\n          The lamp.\n\n          The night.\n      - mara: Who is there?\n      - "[scene]"\n      - Nobody.\n',
    ),
  );
  expect(good.printed).toBe('');
  expect(
    good.book!.chapters[0]!.segments.map(({ character, text, boundaryAfter }) => [character, text, boundaryAfter]),
  ).toEqual([
    ['narrator', 'The lamp.', 'paragraph'],
    ['narrator', 'The night.', 'speaker'],
    ['mara', 'Who is there?', 'scene'],
    ['narrator', 'Nobody.', 'chapter'],
  ]);
  const bad = await load(
    book('      - marra: Who?\n      - mara: "灯塔 [Mara] no"\n      - 7\n      - {mara: a, narrator: b}\n'),
  );
  expect(bad.printed).toMatchInlineSnapshot(`
    "book.yaml:8:9 error: line 1:1: There is no character called "marra".
        8 |       - marra: Who?
          |         ^^^^^
       fix: Did you mean "mara"? For a plain bracket, write \\[.
    book.yaml:9:19 error: line 1:2: This tag is inside a paragraph and would be read aloud.
        9 |       - mara: "灯塔 [Mara] no"
          |                     ^^^^^^
       fix: Put an empty line before it, or write \\[ for a plain bracket.
    book.yaml:10:9 error: Item 3 of "lines" must be "character: text", but this is the number 7.
       10 |       - 7
          |         ^
       fix: Write "- narrator: The text."; put the text in quotes when it contains ": ".
    book.yaml:11:10 error: This item has two characters.
       11 |       - {mara: a, narrator: b}
          |          ^^^^
       fix: Begin each with "- " to fix their order.

    4 errors"
  `);
});

it('reads a chapter in Markdown by its ending', async () => {
  const { printed, book } = await load(`book: {title: T}\n${VOICES}}\nchapters:\n  - {title: One, file: 1.md}\n`, {
    '1.md': '# One\r\nThe **lamp** went out.\r\n\r\n[mara] _Who?_\r\n\r\n![Lamp](lamp.png)\r\n',
  });
  expect(printed).toMatchInlineSnapshot(`
    "1.md:6:1 warning: This image is not read aloud.
        6 | ![Lamp](lamp.png)
          | ^^^^^^^^^^^^^^^^^
       fix: Remove it, or describe it in a sentence.

    1 warning"
  `);
  expect(book!.chapters[0]!.segments.map(({ text }) => text)).toEqual(['One', 'The lamp went out.', 'Who?']);
  expect(book!.chapters[0]!.coverage).toMatchObject({ excluded: { tag: 6, image: 17 } });
});

it('knows the sections of a chapter in Markdown by its headings, those of nothing that is spoken left out', async () => {
  const { book } = await load(`book: {title: T}\n${VOICES}}\nchapters:\n  - {title: One, file: 1.md}\n`, {
    '1.md': '# One\n\nThe lamp. It went out.\n\n## The *Oar*\n\n[mara] Who?\n\n## ---\n\n### Last\n',
  });
  expect(book!.chapters[0]!.sections).toEqual([
    { title: 'One', firstSegment: 0 },
    { title: 'The Oar', firstSegment: 2 },
    { title: 'Last', firstSegment: 4 },
  ]);
});

it('warns of a chapter beyond two hours and of directions that the model does not take', async () => {
  const { printed } = await load(`book: {title: T}\n${VOICES}}\nchapters:\n  - {title: One, file: 1.txt}\n`, {
    '1.txt': `[mara: softly] Hush.\n\n${'The lamp went out over the sea. '.repeat(4000)}`,
  });
  expect(printed).toMatchInlineSnapshot(`
    "1.txt:1:16 warning: line 1:1: The model qwen-tts-vc-realtime-2025-08-20 does not support directions; those in tags ([name: direction]) have no effect.
        1 | [mara: softly] Hush.
          |                ^
       fix: Express it in the text, or keep them for a later model.
    book.yaml:6:13 warning: The chapter "One" will last about 142 minutes; shops accept up to 120.
        6 |   - {title: One, file: 1.txt}
          |             ^^^
       fix: It will be delivered in parts that end at a scene or paragraph. To choose the places yourself, divide it into several chapters.

    2 warnings"
  `);
});
