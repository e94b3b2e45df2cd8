/** The commands about single lines: lines, play, retake, choose, say. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateReviewFile } from '../../src/book/review-file.ts';
import { type ChooseFlags, chooseCommand } from '../../src/cli/choose/choose.ts';
import { costCommand } from '../../src/cli/cost/cost.ts';
import { type LinesFlags, linesCommand } from '../../src/cli/lines/lines.ts';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { type PlayFlags, playCommand } from '../../src/cli/play/play.ts';
import { type RetakeFlags, retakeCommand } from '../../src/cli/retake/retake.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { sayCommand } from '../../src/cli/say/say.ts';
import type { LineName } from '../../src/script/lines/line-name.ts';
import { bookFolder, called, quickCommands } from './in-process.ts';

const TEXTS = [
  'The boat came in.\n\n[mara] Ahoy, the light!\n\nNobody answered.\n\n[mara] Yes.',
  'The wind had turned.\n\n[mara] Yes.\n\nThey listened.',
];
let book: Awaited<ReturnType<typeof bookFolder>>;

quickCommands();
beforeAll(async () => {
  book = await bookFolder(TEXTS);
});
afterAll(() => book.destroy());

const lines = (flags: Partial<LinesFlags> = {}) =>
  called(() => linesCommand(book.manifest, { ...book.flags, ...flags }));
const play = (line: LineName, { out, ...flags }: Partial<PlayFlags> = {}) =>
  called(() => playCommand(book.manifest, line, { ...book.flags, out: out ?? book.path('play.wav'), ...flags }));
const retake = (line: LineName, flags: Partial<RetakeFlags> = {}) =>
  called(() => retakeCommand(book.manifest, line, { ...book.flags, ...flags }));
const choose = (name: LineName, take: number | undefined, flags: Partial<ChooseFlags> = {}) =>
  called(() => chooseCommand({ manifest: book.manifest, name, take }, { ...book.flags, ...flags }));
const planned = async () => (await called(() => planCommand(book.manifest, book.flags))).events.at(-1);
const say = (character: string, words: string) =>
  called(() => sayCommand(book.manifest, character, words, { ...book.flags, out: book.path('say.wav') }));

describe('pipeline lines', () => {
  it('names every line before anything is spoken', async () => {
    const { code, events } = await lines();
    expect(code).toBe(0);
    expect(events).toHaveLength(1);
    expect(events[0].lines.map(({ number, character, verdict }: never) => [number, character, verdict])).toEqual([
      ['1:1', 'narrator', 'none'],
      ['1:2', 'mara', 'none'],
      ['1:3', 'narrator', 'none'],
      ['1:4', 'mara', 'none'],
      ['2:1', 'narrator', 'none'],
      ['2:2', 'mara', 'none'],
      ['2:3', 'narrator', 'none'],
    ]);
  });

  it('says which take each has, how long it is, and where it begins', async () => {
    const made = await called(() => runCommand(book.manifest, { ...book.flags, lock: false }));
    expect(made.code).toBe(0);
    const { events } = await lines({ grep: 'LIGHT' });
    expect(events[0].lines).toMatchObject([
      { number: '1:2', text: 'Ahoy, the light!', takes: 1, numbers: [1], chosen: 1, inStore: true, verdict: 'good' },
    ]);
    const [line] = events[0].lines;
    expect(line.durationSeconds).toBeGreaterThan(0.3);
    expect(line.startSeconds).toBeGreaterThan(0.5);
    const shown = await lines({ chapter: [2], json: false });
    expect(shown.stdout).toContain('2:2');
    expect(shown.stdout).not.toContain('1:2');
    expect(shown.stdout).toContain('3 lines');
    expect((await lines({ suspects: true, json: false })).stdout).toBe('No line is in doubt.\n');
  });

  it('refuses a chapter that the book lacks', async () => {
    expect(await lines({ chapter: [9] })).toMatchObject({ code: 2, stderr: expect.stringContaining('no chapter 9') });
  });
});

describe('pipeline play', () => {
  it('writes a line with two seconds around it, and its place in that', async () => {
    const { code, events } = await play({ chapter: 1, line: 2 }, { out: book.path('line.wav') });
    expect(code).toBe(0);
    const [{ file, seconds, startSeconds, endSeconds }] = events;
    const wav = await readFile(file);
    expect(wav.subarray(0, 4).toString()).toBe('RIFF');
    expect((wav.length - 44) / 2 / 24_000).toBeCloseTo(seconds, 2);
    expect(startSeconds).toBeCloseTo(2, 1);
    expect(seconds - endSeconds).toBeCloseTo(2, 1);
    expect(peak(wav)).toBeGreaterThan(3_000);
  });

  it('says what there is when there is no such line or take', async () => {
    const unknown = await play({ chapter: 1, line: 37 });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('There is no line 1:37. Chapter 1 has 4 lines; the nearest is 1:4, mara: “Yes.”');
    const take = await play({ chapter: 1, line: 2 }, { take: 9 });
    expect(take.code).toBe(1);
    expect(take.stderr).toContain('1:2 has no take 9; the store has take 1.');
    const text = await play({ chapter: 1, line: 2 }, { out: book.path('1.txt') });
    expect(text.stderr).toContain('--out must be a name that ends in .wav');
  });
});

describe('pipeline retake', () => {
  it('speaks further takes of one line, keeps all, chooses none, and is in the ledger as a re-take', async () => {
    const { code, events } = await retake({ chapter: 1, line: 2 }, { takes: 2 });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({
      number: '1:2',
      chosen: 1,
      takes: [
        { number: 2, verdict: 'good' },
        { number: 3, verdict: 'good' },
      ],
      calls: { enroll: 0, synthesize: 2 },
      failures: [],
    });
    expect((await lines({ grep: 'Ahoy' })).events[0].lines).toMatchObject([
      { takes: 3, numbers: [1, 2, 3], chosen: 1 },
    ]);
    const heard = new Set<string>();
    for (const take of [1, 2, 3]) {
      await play({ chapter: 1, line: 2 }, { take, out: book.path('take.wav') });
      heard.add((await readFile(book.path('take.wav'))).toString('base64'));
    }
    expect(heard.size).toBe(3);
    const spent = await called(() => costCommand(book.manifest, book.flags));
    expect(spent.events.at(-1).byReason['re-take']).toBeGreaterThan(0);
    // A run uses the takes that it used before.
    const run = await called(() => runCommand(book.manifest, { ...book.flags, lock: false }));
    expect(run.events.at(-1).calls).toEqual({ enroll: 0, list: 0, synthesize: 0 });
  });

  it('of a text with [take 2], is the take that a run then has for nothing', async () => {
    const [text, other] = await Promise.all([readFile(book.path('1.txt'), 'utf8'), lines({ grep: 'Ahoy' })]);
    await writeFile(book.path('1.txt'), text.replace('[mara] Ahoy', '[take 2] [mara] Ahoy'));
    expect((await lines({ grep: 'Ahoy' })).events[0].lines[0]).toMatchObject({
      ...{ takes: 3, chosen: 2, inStore: true },
      number: other.events[0].lines[0].number,
    });
    await writeFile(book.path('1.txt'), text);
  });

  it('speaks another spelling as takes of their own', async () => {
    const { code, events } = await retake({ chapter: 1, line: 3 }, { say: 'Nobody aanswered.' });
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ say: 'Nobody aanswered.', takes: [{ number: 1 }], text: 'Nobody answered.' });
    expect((await lines({ grep: 'Nobody' })).events[0].lines[0].takes).toBe(1);
  });

  it('asks before it pays, and refuses what would cost too much, in both cases before anything is sent', async () => {
    const before = (await lines({ grep: 'wind' })).events[0].lines;
    const tooDear = await retake({ chapter: 2, line: 1 }, { budget: '0.0001' });
    expect(tooDear).toMatchObject({ code: 4, stderr: expect.stringContaining('Nothing was sent') });
    for (const say of ['…', 'word '.repeat(500)]) expect((await retake({ chapter: 2, line: 1 }, { say })).code).toBe(2);
    expect((await lines({ grep: 'wind' })).events[0].lines).toEqual(before);
  });
});

describe('pipeline choose', () => {
  const review = () => readFile(`${book.manifest}.review`, 'utf8');

  it('writes the choice into the review file; the book then uses the take, and pays nothing', async () => {
    const { code, events } = await choose({ chapter: 1, line: 2 }, 2);
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ number: '1:2', take: 2, before: 1, uses: 2, file: `${book.manifest}.review` });
    expect(await review()).toMatch(/words: "Ahoy, the light!"\n\s+take: 2\n/);
    expect((await lines({ grep: 'Ahoy' })).events[0].lines[0]).toMatchObject({ takes: 3, chosen: 2, inStore: true });
    expect((await planned()).segments).toMatchObject({ synthesize: 0 });
  });

  it('of another spelling goes with its words', async () => {
    const line = { chapter: 1, line: 3 };
    expect((await choose(line, 1, { say: 'Nobody aanswered.' })).events[0]).toMatchObject({ take: 1, uses: 1 });
    expect(await review()).toContain('say: "Nobody aanswered."');
    expect((await planned()).segments).toMatchObject({ synthesize: 0 });
    expect((await lines({ grep: 'Nobody answered' })).events[0].lines).toMatchObject([
      { number: '1:3', inStore: true },
    ]);
  });

  it('can be taken back, and leaves what else was decided', async () => {
    await updateReviewFile(book.manifest, ({ lines: decided, ...rest }) => ({
      ...rest,
      lines: decided.map((one) => (one.at === '1:3' ? { ...one, pause: 1.5 } : one)),
    }));
    for (const line of [2, 3]) expect((await choose({ chapter: 1, line }, undefined, { back: true })).code).toBe(0);
    expect(await review()).not.toContain('words: "Ahoy');
    expect(await review()).toMatch(/words: "Nobody answered\."\n\s+pause: 1\.5\n/);
    expect((await lines({ grep: 'Ahoy' })).events[0].lines[0]).toMatchObject({ chosen: 1 });
    const nothing = await choose({ chapter: 2, line: 1 }, undefined, { back: true, json: false });
    expect(nothing.stdout).toContain('nothing was chosen');
  });

  it('says so when the text wins, and refuses a take that nobody spoke', async () => {
    const text = await readFile(book.path('1.txt'), 'utf8');
    await writeFile(book.path('1.txt'), text.replace('[mara] Ahoy', '[take 3] [mara] Ahoy'));
    expect((await choose({ chapter: 1, line: 2 }, 2)).events[0]).toMatchObject({ take: 2, uses: 3 });
    await choose({ chapter: 1, line: 2 }, undefined, { back: true });
    await writeFile(book.path('1.txt'), text);
    const missing = await choose({ chapter: 2, line: 2 }, 5);
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('2:2 has no take 5: the store has take 1'),
    });
    expect((await choose({ chapter: 1, line: 2 }, 2, { back: true })).code).toBe(2);
  });
});

describe('pipeline say', () => {
  it('speaks a name, once', async () => {
    const first = await say('Mara', 'Ukridge');
    expect(first.events[0]).toMatchObject({ character: 'mara', line: null, calls: { synthesize: 1 } });
    expect((await readFile(book.path('say.wav'))).length).toBeGreaterThan(10_000);
    expect((await say('mara', ' Ukridge ')).events[0]).toMatchObject({ calls: { synthesize: 0 } });
  });

  it("of a line's words is that line's take", async () => {
    expect((await say('mara', 'Ahoy, the light!')).events[0]).toMatchObject({ line: '1:2', calls: { synthesize: 0 } });
  });

  it('says who there is', async () => {
    const { code, stderr } = await say('narator', 'Yes.');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Nobody in the book is called "narator". Did you mean narrator? Characters: narrator, mara.',
    );
  });
});

function peak(wav: Buffer): number {
  let most = 0;
  for (let at = 44; at + 1 < wav.length; at += 2) most = Math.max(most, Math.abs(wav.readInt16LE(at)));
  return most;
}
