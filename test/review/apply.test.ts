/** Decisions of a review file in a book: each has the effect of the tag or the field that an author would write. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BookReading, loadBook } from '../../src/book/load-book.ts';
import { updateReviewFile } from '../../src/book/review-file.ts';
import { formatLock } from '../../src/plan/lock.ts';
import { formatReview } from '../../src/review/format.ts';
import type { Decision, LineDecision } from '../../src/review/review.ts';
import { draftRun } from '../../src/run/plan.ts';
import { editionOfDraft } from '../../src/run/prove.ts';
import { anchorOf, type KnownLine } from '../../src/script/lines/line-identity.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { bundleBook, unbundleBook } from '../../src/submissions/book-bundle.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

const VOICE = 'qwen-tts-vc-a-voice-20250812105009984-838b';
const TEXT = [
  'The harbor slept under a grey fog that morning.',
  '[mara] Who is there?',
  'Nobody answered her for a long while.',
  '[mara: softly] I can hear you breathing, Ukridge.',
  '[take 2] A rope creaked somewhere in the dark water.',
  'Then the lamp went out and she was alone.',
];

let folder: string;
let book: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'review-apply-'));
  book = join(folder, 'book.yaml');
  await write();
});
afterEach(() => rm(folder, { recursive: true }));

async function write(text: readonly string[] = TEXT, title = 'The Harbor', more = ''): Promise<void> {
  const lines = [
    `book: { title: "${title}", pronunciations: { Ukridge: YOO-kridge } }`,
    'characters:',
    `  narrator: { voice: ${VOICE} }`,
    `  mara: { voice: ${VOICE}, aliases: [M] }`,
    `  tom: { voice: ${VOICE} }`,
    ...(more === '' ? [] : [more]),
    'chapters:',
    '  - { title: One, file: one.txt }',
    '  - { title: Two, text: "The second chapter was short and quiet." }',
    '',
  ];
  await writeFile(book, lines.join('\n'));
  await writeFile(join(folder, 'one.txt'), text.join('\n\n'));
}

/** The lines of the book as the text has them. */
async function known(): Promise<KnownLine[]> {
  await rm(`${book}.review`, { force: true });
  const { book: loaded } = await loadBook({ manifestPath: book });
  return loaded!.chapters.flatMap(({ number, title, segments }) => {
    const lines: KnownLine[] = [];
    for (const { character, text, written = text, lineIndex } of segments) {
      const last = lines.at(-1);
      if (last?.line === lineIndex + 1) last.words += ` ${written}`;
      else lines.push({ chapter: number, line: lineIndex + 1, character, words: written, chapterTitle: title });
    }
    return lines;
  });
}

/** Decides about lines of the first chapter, by their numbers, and loads the book. */
async function decide(decisions: Record<number, Partial<Decision>>): Promise<BookReading> {
  const lines = await known();
  await updateReviewFile(book, (review) => ({
    ...review,
    lines: Object.entries(decisions).map(([line, fields]) => ({
      ...anchorOf(
        lines,
        lines.findIndex((one) => one.chapter === 1 && one.line === Number(line)),
      ),
      ...fields,
    })),
  }));
  return alsoInChinese(await loadBook({ manifestPath: book }));
}

const parts = (reading: BookReading) => ({ book: reading.book!, account: { id: '', realm: 'local' as const } });
const lockOf = (reading: BookReading): string => formatLock(editionOfDraft(parts(reading), draftRun(parts(reading))));
const keys = (reading: BookReading): string[] => draftRun(parts(reading)).chapters.map(({ master }) => master.key);
/** Of the book itself, whatever is decided. */
const OF_THE_BOOK = ['direction-ignored', 'character-never-speaks', 'unused-word'];
const codes = (reading: BookReading): string[] =>
  alsoInChinese(reading)
    .diagnostics.filter(({ code }) => !OF_THE_BOOK.includes(code))
    .map(({ code, severity }) => `${severity} ${code}`);

describe('a decision has the keys of the same words in the text', () => {
  const asText = (line: number, text: string): string[] => TEXT.map((old, at) => (at === line - 1 ? text : old));

  it.each<[string, number, LineDecision, string[]]>([
    ['take', 1, { take: 3 }, asText(1, `[take 3] ${TEXT[0]}`)],
    ['take 1', 1, { take: 1 }, TEXT],
    ['direction', 2, { direction: 'shouting' }, asText(2, '[mara: shouting] Who is there?')],
    ['speaker', 3, { speaker: 'TOM' }, asText(3, `[tom] ${TEXT[2]}`)],
    ['alias', 3, { speaker: 'm' }, asText(3, `[mara] ${TEXT[2]}`)],
    ['pause', 3, { pause: 1.25 }, asText(3, `${TEXT[2]} [pause 1250ms]`)],
    ['no pause', 3, { pause: 0 }, asText(3, `${TEXT[2]} [pause 0s]`)],
  ])('%s', async (_name, line, decision, text) => {
    const decided = await decide({ [line]: decision });
    expect(codes(decided)).toEqual([]);
    await rm(`${book}.review`);
    await write(text);
    expect(keys(decided)).toEqual(keys(await loadBook({ manifestPath: book })));
  });

  it('recording, which is looked for like one that the text names', async () => {
    const missing = await decide({ 3: { recording: 'pickups/three.wav', take: 4 } });
    expect(missing.book).toBeUndefined();
    expect(codes(missing)).toEqual(['error file-not-found']);
    expect(missing.diagnostics.find(({ code }) => code === 'file-not-found')?.file).toBe(`${book}.review`);
    await mkdir(join(folder, 'pickups'));
    await writeFile(join(folder, 'pickups/three.wav'), 'RIFF\u0004\0\0\0WAVE');
    const decided = await loadBook({ manifestPath: book });
    expect(decided.book?.review?.decisions).toMatchObject([{ at: '1:3', recording: 'pickups/three.wav' }]);
    await rm(`${book}.review`);
    await write(asText(3, `[audio: pickups/three.wav] ${TEXT[2]}`));
    expect(keys(decided)).toEqual(keys(await loadBook({ manifestPath: book })));
  });

  it('another spelling, as a pronunciation gives it; the source and the written words stay', async () => {
    const decided = await decide({ 6: { say: 'Then the  lamp went out, and she was alone.' } });
    const segment = decided.book!.chapters[0]!.segments.find(({ lineIndex }) => lineIndex === 5)!;
    expect(segment.text).toBe('Then the lamp went out, and she was alone.');
    expect(segment.written).toBe(TEXT[5]);
    const before = await known().then(() => loadBook({ manifestPath: book }));
    expect(decided.book!.chapters[0]!.coverage).toEqual(before.book!.chapters[0]!.coverage);
    const { start, end } = before.book!.chapters[0]!.segments.find(({ lineIndex }) => lineIndex === 5)!;
    expect([segment.start, segment.end]).toEqual([start, end]);
  });
});

it('speaks another spelling exactly, without pronunciations', async () => {
  const decided = await decide({ 4: { say: 'I can hear you breathing, Ukridge.' } });
  expect(decided.book!.chapters[0]!.segments[3]!.text).toBe('I can hear you breathing, Ukridge.');
});

it('cuts a long spelling into segments that cover the source once, in order', async () => {
  const long = Array.from({ length: 60 }, (_, at) => `Sentence number ${at} is spoken here.`).join(' ');
  await write([long, 'The end of it.']);
  const say = long.replaceAll('number', 'numm-ber of all the numbers');
  const decided = await decide({ 1: { say } });
  expect(codes(decided)).toEqual([]);
  const segments = decided.book!.chapters[0]!.segments.filter(({ lineIndex }) => lineIndex === 0);
  expect(segments.length).toBeGreaterThan(1);
  expect(segments.map(({ text }) => text).join(' ')).toBe(say);
  expect(segments.map(({ written }) => written).join(' ')).toBe(long);
});

it('comments and approvals are in no key and no lock', async () => {
  const before = await known().then(() => loadBook({ manifestPath: book }));
  const decided = await decide({ 1: { comments: [{ text: 'Too fast.' }], approved: { by: 'Ann' } } });
  expect(decided.book!.review).toEqual({ file: 'book.yaml.review', decisions: [], orphans: 0 });
  expect(lockOf(decided)).toBe(lockOf(before));
  expect(keys(decided)).toEqual(keys(before));
});

describe('what wins', () => {
  it('the text’s take and recording win over a decision, and that is reported', async () => {
    const decided = await decide({ 5: { take: 3 } });
    expect(codes(decided)).toEqual(['warning review-text-wins']);
    expect(decided.diagnostics.find(({ code }) => code === 'review-text-wins')?.message).toBe(
      'The text of 1:5 has [take 2], so "take: 3" has no effect.',
    );
    expect(decided.book!.chapters[0]!.segments[4]!.retake).toBe(2);
    await write(TEXT.map((line) => line.replace('[take 2]', '[take 1]')));
    expect(codes(await decide({ 5: { take: 3 } }))).toEqual(['warning review-text-wins']);
    expect(codes(await decide({ 5: { take: 1 } }))).toEqual([]);
  });

  it('reports a pause after the last line of a chapter, and a speaker that there is not', async () => {
    expect(codes(await decide({ 6: { pause: 2 } }))).toEqual(['warning idle-pause']);
    const { diagnostics, book: refused } = await decide({ 6: { speaker: 'mra' } });
    expect(refused).toBeUndefined();
    expect(diagnostics.map(({ message, fix }) => `${message} ${fix}`)).toContain(
      'There is no character called "mra". Did you mean "mara"?',
    );
  });
});

describe('a line that is gone', () => {
  it('is reported and stays in the file; nothing else gets its decision', async () => {
    await decide({ 3: { take: 4 } });
    await write(TEXT.filter((_, at) => at !== 2));
    const reading = await loadBook({ manifestPath: book });
    expect(codes(reading)).toEqual(['warning review-orphan']);
    expect(reading.book!.review).toMatchObject({ decisions: [], orphans: 1 });
    expect(reading.book!.chapters[0]!.segments.map(({ retake }) => retake)).not.toContain(4);
    const kept = await updateReviewFile(book, (review) => review);
    expect(kept.lines.map(({ take }) => take)).toEqual([4]);
  });

  it('follows its line when others come before it', async () => {
    await decide({ 3: { take: 4 } });
    await write(['A new beginning that nobody expected.', ...TEXT]);
    const reading = await loadBook({ manifestPath: book });
    expect(reading.book!.review!.decisions).toMatchObject([{ at: '1:4', take: 4 }]);
  });

  it('keeps its pause when its words are edited, and not what was decided about the words', async () => {
    await decide({ 1: { take: 4, say: 'The harbour slept.', pause: 2 } });
    await write([TEXT[0]!.replace('grey', 'pale grey'), ...TEXT.slice(1)]);
    const reading = await loadBook({ manifestPath: book });
    expect(codes(reading)).toEqual(['warning review-words-changed', 'warning review-words-changed']);
    expect(reading.book!.review!.decisions).toMatchObject([{ at: '1:1', pause: 2 }]);
    expect(reading.book!.chapters[0]!.segments[0]).toMatchObject({ pauseAfterMs: 2000 });
    expect(reading.book!.chapters[0]!.segments[0]!.retake).toBeUndefined();
    await write();
    expect((await loadBook({ manifestPath: book })).book!.review!.decisions).toMatchObject([{ take: 4, pause: 2 }]);
  });

  it('is found by its words alone when a person wrote the decision', async () => {
    await writeFile(
      `${book}.review`,
      `version: 1\nlines:\n- {words: "${TEXT[2]}", take: 5}\n- {words: Nothing here., take: 2}\n...\n`,
    );
    const reading = await loadBook({ manifestPath: book });
    expect(reading.book!.review!.decisions).toMatchObject([{ at: '1:3', take: 5 }]);
    expect(codes(reading)).toEqual(['warning review-orphan']);
  });
});

describe('a file that is wrong', () => {
  it('of another book is refused, and one of a book with a new title is not', async () => {
    await decide({ 1: { take: 2 }, 3: { pause: 1 } });
    await write(TEXT, 'Another Title');
    expect(codes(await loadBook({ manifestPath: book }))).toEqual([]);
    await write(['Nothing that was there before.', 'Not one word.'], 'Another Title');
    const reading = await loadBook({ manifestPath: book });
    expect(reading.book).toBeUndefined();
    expect(reading.diagnostics.map(({ message }) => message)).toContain(
      'This is the review file of “The Harbor”, not of “Another Title”: 2 of its 2 lines are not in this book.',
    );
  });

  it('stops the book with its place, beside the errors of the manifest', async () => {
    await write(TEXT, 'The Harbor', 'frobnicate: 1');
    await writeFile(`${book}.review`, formatReview({ chapters: [], lines: [] }).replace('lines:', 'lines: 3'));
    const reading = await loadBook({ manifestPath: book });
    expect(reading.book).toBeUndefined();
    expect(codes(reading).sort()).toEqual(['error review-wrong-value', 'error unknown-field']);
  });
});

it('goes to detached workers with the book, decisions and recordings included', async () => {
  await writeFile(join(folder, 'three.wav'), 'RIFF\u0004\0\0\0WAVE');
  const decided = await decide({ 1: { take: 2, say: 'The harbour slept.' }, 3: { recording: 'three.wav' } });
  const store = await openDiskStore(join(folder, 'store'));
  const unpacked = await unbundleBook(store, await bundleBook(store, decided.book!));
  expect(unpacked.review).toEqual(decided.book!.review);
  expect(keys({ ...decided, book: unpacked })).toEqual(keys(decided));
});

it('decides about credits by their numbers 0 and the one after the last chapter', async () => {
  await write(TEXT, 'The Harbor', 'credits: { opening: true, closing: true }');
  const lines = await known();
  const closing = lines.findIndex(({ chapter }) => chapter === 3);
  await updateReviewFile(book, () => ({
    chapters: [],
    lines: [
      { ...anchorOf(lines, 0), take: 2 },
      { ...anchorOf(lines, closing), take: 3 },
    ],
  }));
  const { book: loaded } = await loadBook({ manifestPath: book });
  expect(loaded!.review!.decisions.map(({ at, take }) => [at, take])).toEqual([
    ['0:1', 2],
    ['3:1', 3],
  ]);
  expect(loaded!.chapters[0]!.segments[0]!.retake).toBe(2);
});
