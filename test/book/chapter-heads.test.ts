/** `chapterHeads:` in a manifest: a line of the narrator before each text, in front of all numbers, offsets and accounts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editOfChapter } from '../../src/book/edit/edit-text.ts';
import { placesOf } from '../../src/book/edit/text-places.ts';
import { type Book, type BookReading, loadBook } from '../../src/book/load-book.ts';
import { compareEditions } from '../../src/plan/compare-editions.ts';
import { findGap } from '../../src/plan/completeness.ts';
import { draftBook } from '../../src/plan/draft-book.ts';
import { editionOf } from '../../src/plan/edition.ts';
import { editionLines, lineIndexes } from '../../src/plan/edition-lines.ts';
import { formatLock, readLock } from '../../src/plan/lock.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heads-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Given {
  title: string;
  text?: string;
  [field: string]: unknown;
}

async function load(more: object, chapters: readonly Given[], language = 'en'): Promise<BookReading> {
  const manifestPath = join(folder, 'book.yaml');
  const written = await Promise.all(
    chapters.map(async ({ text = 'He was early.\n\n[mara] So was she.', ...chapter }, at) => {
      await writeFile(join(folder, `${at}.md`), text);
      return { ...chapter, file: `${at}.md` };
    }),
  );
  const characters = { narrator: { voice: 'v' }, mara: { voice: 'w' } };
  const manifest = { book: { title: 'T', language }, characters, chapters: written, ...more };
  await writeFile(manifestPath, JSON.stringify(manifest));
  return alsoInChinese(await loadBook({ manifestPath }));
}

/** What is spoken as line 0 of each chapter; null: nothing. */
async function headsOf(more: object, chapters: readonly Given[], language?: string) {
  const { book, diagnostics } = await load(more, chapters, language);
  const heads = book?.chapters.map(({ segments }) => segments.find(({ lineIndex }) => lineIndex < 0)?.text ?? null);
  return heads ?? diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

function draftOf({ manifest, chapters }: Book) {
  return draftBook({ manifest, chapters, samples: new Map(), realm: 'dashscope' });
}

function lockOf(book: Book) {
  const { chapters } = draftOf(book);
  const of = { manifest: book.manifest, manifestName: 'b', realm: 'dashscope' as const, simulated: true };
  return editionOf({ ...of, wordsDigest: undefined, chapters });
}

const TWO: readonly Given[] = [{ title: 'The Lamp' }, { title: 'Waterloo Station' }];

describe('the words', () => {
  it.each([
    ['en', 'Waterloo Station', 'Chapter Two. Waterloo Station'],
    ['de', 'Der Bahnhof', 'Kapitel zwei. Der Bahnhof'],
    ['fr', 'La gare', 'Chapitre deux. La gare'],
    ['zh', '车站', '第二章。车站'],
    ['ja', '駅', '第二章。駅'],
  ])('usual in %s', async (language, title, head) => {
    expect((await headsOf({ chapterHeads: true }, [{ title: 'A' }, { title }], language))[1]).toBe(head);
  });

  it('one’s own, for the book and for one chapter', async () => {
    const heads = await headsOf({ chapterHeads: 'No. {number}, {number words}: {title}' }, [
      { title: 'The Lamp' },
      { title: 'The Storm', head: false },
      { title: 'The Oar', head: 'Here begins {title}.' },
      { title: 'The Shore', number: 21 },
      { title: 'Home' },
    ]);
    expect(heads).toEqual([
      'No. 1, one: The Lamp',
      null,
      'Here begins The Oar.',
      'No. 21, twenty-one: The Shore',
      'No. 22, twenty-two: Home',
    ]);
    expect(await headsOf({}, [{ title: 'A', head: true }, { title: 'B' }])).toEqual(['Chapter One. A', null]);
  });

  it('with the number that a title has, once; without one for a prologue, a part and what has none', async () => {
    const heads = await headsOf({ chapterHeads: true }, [
      { title: 'Prologue' },
      { title: 'The Lamp' },
      { title: 'Part Two' },
      { title: 'Chapter 7: The Storm' },
      { title: 'VIII. The Oar' },
      { title: 'Chapter Nine' },
      { title: '12 Angry Men' },
      { title: 'Thanks', number: false },
    ]);
    expect(heads).toEqual([
      'Prologue',
      'Chapter One. The Lamp',
      'Part Two',
      'Chapter Seven. The Storm',
      'Chapter Eight. The Oar',
      'Chapter Nine.',
      'Chapter Ten. 12 Angry Men',
      'Thanks',
    ]);
    expect(await headsOf({ chapterHeads: true }, [{ title: '楔子' }, { title: '第三章 灯塔' }], 'zh')).toEqual([
      '楔子',
      '第三章。灯塔',
    ]);
    const called = [{ title: 'Letter 4' }, { title: 'The Ice' }];
    expect(await headsOf({ chapterHeads: true }, called)).toEqual(['Letter 4', 'Chapter Five. The Ice']);
    expect(await headsOf({ chapterHeads: 'Letter {number words}' }, called)).toEqual(['Letter four', 'Letter five']);
    expect(await headsOf({ chapterHeads: true }, [{ title: '第三回 灯塔' }], 'zh')).toEqual(['第三回 灯塔']);
  });

  it('are not said twice where the text begins with them, which is reported', async () => {
    const chapters = [
      { title: 'The Lamp', text: 'CHAPTER ONE — The lamp!\n\nIt rained.' },
      { title: 'The Storm', text: '## Chapter II\n\nIt rained.' },
      { title: 'The Oar', text: '# The Oar\n\nIt rained.' },
      { title: 'The Shore', text: 'The shore was far away.' },
    ];
    expect(await headsOf({ chapterHeads: true }, chapters)).toEqual([
      null,
      null,
      'Chapter Three.',
      'Chapter Four. The Shore',
    ]);
    const { diagnostics } = await load({ chapterHeads: true }, chapters);
    const message = expect.stringContaining('chapters 1, 2.');
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: 'head-in-text', severity: 'warning', message }));
    expect(await headsOf({ chapterHeads: '{title}' }, [{ title: 'The Oar', text: 'The Oar\n\nIt rained.' }])).toEqual([
      null,
    ]);
  });

  it('that cannot be are refused', async () => {
    expect(await headsOf({ chapterHeads: 'Chapter {nr}' }, TWO)).toEqual([
      'unknown-placeholder: "{nr}" is no placeholder of a chapter head.',
    ]);
    expect(await headsOf({ chapterHeads: 3 }, TWO)).toEqual([
      'wrong-type: "chapterHeads" must be true, false, a text of up to 300 characters, or a group of words, speaker and pause (0 to 60 seconds).',
    ]);
    expect(await headsOf({}, [{ title: 'A', number: 'three' }])).toEqual([
      'wrong-type: "number" must be false, or a whole number from 0 to 99999.',
    ]);
    const characters = { mara: { voice: 'w' } };
    expect(await headsOf({ chapterHeads: true, characters }, [{ title: 'A', text: '[mara] Yes.' }])).toEqual([
      'no-narrator: The chapter heads have no speaker: there is no narrator.',
    ]);
    const own = { chapterHeads: true, engine: 'openai-speech', model: 'some/model' };
    expect((await headsOf(own, TWO, 'nl'))[0]).toMatch(/^head-language: There is no usual chapter head/);
    expect((await headsOf({ ...own, chapterHeads: '{Number words}' }, TWO, 'nl'))[0]).toMatch(/no number words/);
  });
});

describe('a head', () => {
  it('leaves the keys, the numbers and the account of every other line as they are', async () => {
    const [plain, off, on] = [
      (await load({}, TWO)).book!,
      (await load({ chapterHeads: false }, TWO)).book!,
      (await load({ chapterHeads: true }, TWO)).book!,
    ];
    const keys = (book: Book) => draftOf(book).chapters.map(({ segments, master }) => [segments, master]);
    expect(keys(off)).toEqual(keys(plain));
    expect(formatLock(lockOf(off))).toBe(formatLock(lockOf(plain)));
    const [before, after] = [draftOf(plain).chapters[1]!, draftOf(on).chapters[1]!];
    expect(after.lines).toEqual([-1, 0, 1]);
    expect(after.segments.map(({ character, line, text }) => [line, character, text])).toEqual([
      [0, 'narrator', 'Chapter Two. Waterloo Station'],
      [1, 'narrator', 'He was early.'],
      [2, 'mara', 'So was she.'],
    ]);
    expect(after.segments.slice(1).map(({ key, line }) => [key, line])).toEqual(
      before.segments.map(({ key, line }) => [key, line]),
    );
    expect(after.coverage).toEqual(before.coverage);
    expect(after.source?.ranges.flatMap((range) => ('segment' in range ? [range.segment] : []))).toEqual([1, 2]);
    expect(after.source?.ranges.at(-1)?.end).toBe(after.source?.text.length);
  });

  it('is no gap in the proof, and words that are in no text still are one', async () => {
    const book = (await load({ chapterHeads: true }, TWO)).book!;
    const { segments, source, master } = draftOf(book).chapters[0]!;
    const gapOf = (steps: typeof segments) =>
      findGap({
        segments: steps.map((step) => ({ step, need: 'speak' as const, reason: 'new' as const })),
        master: { step: master },
        ...(source && { source }),
      });
    expect(gapOf(segments)).toBeUndefined();
    const [head, ...rest] = segments;
    expect(gapOf([{ ...head!, line: 7 }, ...rest])).toContain('would be spoken, but is not in the text');
  });

  it('is line 0 of a lock and of a comparison; no other line moves', async () => {
    const [plain, on] = [(await load({}, TWO)).book!, (await load({ chapterHeads: true }, TWO)).book!];
    const lock = readLock(Buffer.from(formatLock(lockOf(on)))).edition!;
    expect(lock).toEqual(lockOf(on));
    const [{ segments }] = lock.chapters as [(typeof lock.chapters)[0]];
    expect(segments.map(({ head }) => head)).toEqual([true, undefined, undefined]);
    expect(lineIndexes(segments)).toEqual([-1, 0, 1]);
    expect(editionLines(lock, segments).map(({ line }) => line)).toEqual([0, 1, 2]);
    const { chapters } = compareEditions(lockOf(plain), lock);
    expect(chapters.map(({ lines }) => lines.map(({ change, after }) => [change, after?.number]))).toEqual([
      [['added', '1:0']],
      [['added', '2:0']],
    ]);
  });

  it('can be decided about, and so can the lines behind it', async () => {
    const review = {
      version: 1,
      lines: [
        { at: '2:0', words: 'Chapter Two. Waterloo Station', say: 'Chapter Two: Waterloo.', pause: 2 },
        { at: '2:1', words: 'He was early.', say: 'He was too early.' },
      ],
    };
    await writeFile(join(folder, 'book.yaml.review'), `${JSON.stringify(review)}\n...\n`);
    const { book } = await load({ chapterHeads: true }, [{ title: 'The Lamp', text: 'Fog.' }, TWO[1]!]);
    await rm(join(folder, 'book.yaml.review'));
    expect(book!.review?.decisions.map(({ at }) => at)).toEqual(['2:0', '2:1']);
    expect(book!.chapters[1]!.segments).toMatchObject([
      { text: 'Chapter Two: Waterloo.', written: 'Chapter Two. Waterloo Station', lineIndex: -1, pauseAfterMs: 2000 },
      { text: 'He was too early.', written: 'He was early.', lineIndex: 0 },
      { text: 'So was she.', lineIndex: 1 },
    ]);
  });

  it('has its place at the title; the words of line 1 are edited where they are', async () => {
    const { book } = await load({ chapterHeads: true }, TWO);
    const chapter = book!.chapters[0]!;
    const [head, first] = chapter.segments as [(typeof chapter.segments)[0], (typeof chapter.segments)[0]];
    const place = placesOf(book!, undefined);
    expect(place({ chapter, segment: head, offset: 0 })).toMatchObject({ number: '1:0', file: book!.manifestPath });
    expect(place({ chapter, segment: first, offset: 3 })).toMatchObject({ number: '1:1', line: 1, column: 4 });
    const edit = editOfChapter(book!, { chapter, line: 0, words: 'He was late.' });
    expect(edit).toMatchObject({ insert: 'late' });
    expect(chapter.source!.text.slice(edit!.start, edit!.end)).toBe('early');
  });

  it('is in the section of the heading behind it, and in no retail sample', async () => {
    const text = '# The Lamp\n\nIt rained.\n\n# Later\n\nIt stopped.';
    const { book } = await load({ chapterHeads: true, retailSample: true }, [{ title: 'The Lamp', text }]);
    const { segments, sections } = book!.chapters[0]!;
    expect(segments[0]!.text).toBe('Chapter One.');
    expect(sections).toEqual([
      { title: 'The Lamp', firstSegment: 0 },
      { title: 'Later', firstSegment: 3 },
    ]);
    expect(book!.sample).toMatchObject({ firstSegment: 2 });
  });
});

describe('a head with a speaker and a pause of its own', () => {
  const heads = { speaker: 'Mara', pause: 1.5 };
  const said = (book: Book) =>
    book.chapters.map(({ segments: [first] }) => [first!.character, first!.text, first!.pauseAfterMs]);

  it('has those of the book, unless the chapter says something else', async () => {
    const chapters = [...TWO, { title: 'The Oar', head: { speaker: 'narrator', words: 'Last: {title}', pause: 0 } }];
    expect(said((await load({ chapterHeads: heads }, chapters)).book!)).toEqual([
      ['mara', 'Chapter One. The Lamp', 1500],
      ['mara', 'Chapter Two. Waterloo Station', 1500],
      ['narrator', 'Last: The Oar', 0],
    ]);
  });

  it('changes no key when neither is set, and only the chapter when the pause is', async () => {
    const keysOf = (book: Book) =>
      draftOf(book).chapters.map(({ master, segments }) => [master.key, ...segments.map(({ key }) => key)]);
    const plain = keysOf((await load({ chapterHeads: true }, TWO)).book!);
    expect(keysOf((await load({ chapterHeads: { words: true } }, TWO)).book!)).toEqual(plain);
    const paused = keysOf((await load({ chapterHeads: { pause: 3 } }, TWO)).book!);
    expect(paused.map(([, ...takes]) => takes)).toEqual(plain.map(([, ...takes]) => takes));
    expect(paused[0]![0]).not.toBe(plain[0]![0]);
  });

  it.each([
    [{ speaker: 'Nora' }, 'unknown-speaker: There is no character "Nora".'],
    [{ pause: -1 }, 'out-of-range: "pause" is -1; it must be at least 0.'],
    [{ voice: 'mara' }, 'unknown-field: There is no field "voice" in "chapterHeads".'],
  ])('is refused with the reason: %j', async (group, message) => {
    const [first, ...more] = (await headsOf({ chapterHeads: group }, TWO)) as string[];
    expect(first).toMatch(message);
    expect(more).toEqual([]);
  });

  it('needs no narrator', async () => {
    const characters = { mara: { voice: 'v' } };
    const given = [{ title: 'A', text: '[mara] Yes.' }];
    expect(await headsOf({ chapterHeads: heads, characters }, given)).toEqual(['Chapter One. A']);
  });
});
