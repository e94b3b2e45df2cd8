/** `run --chapter` and `plan --chapter`: some chapters of a book, and the rest of it as it was. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { historyCommand } from '../../src/cli/history/history.ts';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { type RunFlags, runCommand } from '../../src/cli/run/run.ts';
import { statusCommand } from '../../src/cli/status/status.ts';
import { bookFolder, called, quickCommands } from './in-process.ts';

const NOTHING = { enroll: 0, list: 0, synthesize: 0 };
let book: Awaited<ReturnType<typeof bookFolder>>;

quickCommands();
beforeAll(async () => {
  const texts = ['The boat came in.\n\n[mara] Ahoy!', 'The wind had turned.\n\nThe boat came in.', 'Nobody answered.'];
  book = await bookFolder(texts, { formats: 'mp3, m4b' });
});
afterAll(() => book.destroy());

const run = (flags: Partial<RunFlags> = {}) =>
  called(() => runCommand(book.manifest, { ...book.flags, lock: true, ...flags }));
const report = async () => JSON.parse(await readFile(book.path('out', 'A Small Book', 'report.json'), 'utf8'));
const files = () => readdir(book.path('out', 'A Small Book'));
const hasLock = () =>
  stat(book.path('book.lock')).then(
    () => true,
    () => false,
  );

it('speaks, masters and delivers only these chapters; a later run makes the rest', async () => {
  const planned = await called(() => planCommand(book.manifest, { ...book.flags, chapter: [2, 3] }));
  expect(planned.events.at(-1)).toMatchObject({
    partial: { chapters: [2, 3], of: 3 },
    // The repeated line is spoken here, although the chapter of its first place is left out.
    segments: { total: 3, synthesize: 3 },
    voices: { enroll: 1, reuse: 1 },
    book: null,
  });
  const first = await run({ chapter: [2] });
  expect(first).toMatchObject({ code: 0 });
  expect(first.events.at(-1)).toMatchObject({
    ok: true,
    partial: { chapters: [2], of: 3 },
    calls: { enroll: 1, synthesize: 2 },
    chapters: [{ index: 2, verdict: 'pass' }],
    book: null,
  });
  expect(await files()).toEqual([
    '02 - Part 2.mp3',
    'completeness.json',
    'disclosure.json',
    'report.html',
    'report.json',
  ]);
  expect(await report()).toMatchObject({ complete: false, partial: { chapters: [2], of: 3 }, kept: [] });
  expect(await hasLock()).toBe(false);
  const status = await called(() => statusCommand(undefined, { store: book.flags.store }));
  expect(status.stdout).toContain('chapters 1/1 · only chapter 2 of 3');
  const history = await called(() => historyCommand('A Small Book', { store: book.flags.store }));
  expect(history.stderr).toContain('has no delivered edition of "A Small Book"');

  const whole = await run();
  expect(whole.events.at(-1)).toMatchObject({ ok: true, calls: { enroll: 1, synthesize: 2 }, segments: { total: 5 } });
  expect(whole.events.at(-1).partial).toBeUndefined();
  expect(await hasLock()).toBe(true);
});

it('of a finished book removes nothing, writes no lock and no M4B, and pays nothing', async () => {
  const [before, lock] = [await files(), await readFile(book.path('book.lock'), 'utf8')];
  const part = await run({ chapter: [3] });
  expect(part.events.at(-1)).toMatchObject({ ok: true, calls: NOTHING, chapters: [{ index: 3 }], book: null });
  expect(await files()).toEqual(before);
  expect(await readFile(book.path('book.lock'), 'utf8')).toBe(lock);
  expect((await report()).kept).toContain('01 - Part 1.mp3');

  const whole = await run();
  expect(whole.events.at(-1)).toMatchObject({ ok: true, calls: NOTHING });
  expect(await report()).toMatchObject({ complete: true, kept: [] });
  expect(await files()).toEqual(before);
});

it('refuses chapters that the book lacks, and what does not go together', async () => {
  const unknown = await run({ chapter: [2, 4, 5] });
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('There is no chapter 4–5. The book has chapters 1–3. Nothing was done.');
  for (const flags of [{ locked: true }, { detach: true }]) {
    const refused = await run({ chapter: [1], ...flags });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('do not go together');
  }
});
