/** A book that asks for an M4B and no chapter files: each chapter is heard in the book file, and that is all of it. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunFlags, runCommand } from '../../src/cli/run/run.ts';
import { statusCommand } from '../../src/cli/status/status.ts';
import { bookFolder, called, quickCommands } from './in-process.ts';

let book: Awaited<ReturnType<typeof bookFolder>>;

quickCommands();
beforeAll(async () => {
  book = await bookFolder(['The boat came in.', 'The wind had turned.'], { formats: 'm4b' });
});
afterAll(() => book.destroy());

const run = (flags: Partial<RunFlags> = {}) => called(() => runCommand(book.manifest, { ...book.flags, ...flags }));
const delivered = async (name: string) => JSON.parse(await readFile(book.path('out', 'A Small Book', name), 'utf8'));
const page = () => readFile(book.path('out', 'A Small Book', 'report.html'), 'utf8');

it('a part of it is made, and the next run of the whole book binds it', async () => {
  const part = await run({ chapter: [2], json: false });
  expect(part).toMatchObject({ code: 0 });
  expect(part.stdout).toContain('made; a run of the whole book');
  expect(part.stdout).not.toContain('not delivered');
  expect(await delivered('report.json')).toMatchObject({
    complete: false,
    partial: { chapters: [2] },
    chapters: [{ index: 2, files: [], inBook: true, verdict: 'pass' }],
  });
  expect(await page()).toContain('The next run of the whole book puts it into the M4B.');
  expect(await page()).not.toContain('could not be finished');
  const status = await called(() => statusCommand(undefined, { store: book.flags.store }));
  expect(status.stdout).toContain('chapters 1/1');
});

it('the whole book is complete, and the command succeeds', async () => {
  const whole = await run();
  expect(whole).toMatchObject({ code: 0 });
  expect(whole.events.at(-1)).toMatchObject({
    type: 'run.finished',
    ok: true,
    chapters: [
      { index: 1, files: [], inBook: true, verdict: 'pass' },
      { index: 2, files: [], inBook: true, verdict: 'pass' },
    ],
    book: { verdict: 'pass' },
  });
  expect(await delivered('completeness.json')).toMatchObject({
    complete: true,
    chapters: [{ delivered: true }, { delivered: true }],
    book: { name: 'A Small Book.m4b' },
  });
  expect(await page()).not.toContain('ot delivered');
  const again = await run({ json: false });
  expect(again).toMatchObject({ code: 0 });
  expect(again.stdout).toContain('in the M4B');
  const status = await called(() => statusCommand(undefined, { store: book.flags.store }));
  expect(status.stdout).toContain('chapters 2/2');
});

it('with files of its own a chapter is not called a part of the book file', async () => {
  const text = await readFile(book.manifest, 'utf8');
  await writeFile(book.manifest, text.replace('[m4b]', '[mp3, m4b]'));
  const { code, events } = await run();
  expect(code).toBe(0);
  const [chapter] = events.at(-1).chapters;
  expect(chapter.files).toHaveLength(1);
  expect(chapter).not.toHaveProperty('inBook');
});
