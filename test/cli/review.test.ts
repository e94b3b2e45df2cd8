/** What comes from the review file is shown: by `check`, `plan`, `diff`, and by `run --locked`, which refuses a changed choice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { historyCommand } from '../../src/cli/history/history.ts';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { editionToReproduce } from '../../src/cli/run/locked-edition.ts';
import { formatLock } from '../../src/plan/lock.ts';
import { formatReview } from '../../src/review/format.ts';
import type { Decision } from '../../src/review/review.ts';
import { draftRun } from '../../src/run/plan.ts';
import { editionOfDraft } from '../../src/run/prove.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { putEdition } from '../../src/store/editions.ts';
import { called } from './in-process.ts';
import { makeRig, type Rig, writeBook } from './rig.ts';

const account = { id: 'a', realm: 'local' as const };
const BASE = { id: '', at: '2:3' };
let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig);
  await writeLock();
});
afterAll(() => rig.destroy());

/** The book as it is now; its review file is as decided here. */
async function decided(...lines: Partial<Decision>[]) {
  const decisions = lines.map((line): Decision => ({ ...BASE, words: 'They listened.', ...line }));
  await rig.write('book.yaml.review', formatReview({ chapters: [], lines: decisions }));
  return (await loadBook({ manifestPath: rig.path('book.yaml') })).book!;
}

async function writeLock(): Promise<void> {
  const { book } = await loadBook({ manifestPath: rig.path('book.yaml') });
  await rig.write(
    'book.lock',
    formatLock(editionOfDraft({ book: book!, account }, draftRun({ book: book!, account }))),
  );
}

it('check, plan and diff say what comes from the review file', async () => {
  await decided({ take: 3 }, { words: 'Gone.', take: 2 }, { words: 'Listen!', at: '2:2', pause: 1.5, say: 'Lissen!' });
  const check = await rig.run(['check', 'book.yaml']);
  expect(check.code).toBe(0);
  const told = [
    '  from book.yaml.review: 2 lines as decided; 1 other line is gone',
    '    2:2 spoken as “Lissen!”, pause 1.5 s',
    '    2:3 take 3',
  ].join('\n');
  expect(check.stdout).toContain(told);
  expect(check.stderr).toMatch(
    /book\.yaml\.review:\d+:\d+ warning: The line of this decision \(2:3 then: “Gone\.”\) is no longer in/,
  );
  const plan = await rig.run(['plan', 'book.yaml', '--simulate', '--json']);
  expect(JSON.parse(plan.stdout)).toMatchObject({
    type: 'plan',
    review: {
      file: 'book.yaml.review',
      decisions: [
        { at: '2:2', pause: 1.5, say: 'Lissen!' },
        { at: '2:3', take: 3 },
      ],
      orphans: 1,
    },
  });
  const diff = await rig.run(['diff', 'book.lock', 'book.yaml']);
  expect(diff.stdout).toMatch(/narrator: take 1 → 3 \(2:3 in book\.yaml\.review\)/);
  expect(diff.stdout).toMatch(/mara: word list, pause 500 → 1500 ms \(2:2 in book\.yaml\.review\)/);
});

it('run --locked refuses a changed choice by the line’s number, and nothing else about a review file', async () => {
  const store = await openDiskStore(rig.path('locked-store'));
  const refusal = async (...lines: Partial<Decision>[]): Promise<string> => {
    const book = await decided(...lines);
    return editionToReproduce({ book, store, account }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  };
  expect(await refusal({ take: 2 })).toMatch(
    /The book differs from book\.lock:\n[\s\S]*narrator: take 1 → 2 \(2:3 in book\.yaml\.review\)[\s\S]*Nothing was done and nothing was sent/,
  );
  // The store is empty, so the book itself is what the lock has.
  expect(await refusal({ comments: [{ text: 'Good.' }], approved: {} })).toMatch(
    /^The store in .* cannot reproduce book\.lock/,
  );
});

it('plan --verbose lists every decision; without, it counts those after the fifth', async () => {
  const texts = Array.from({ length: 7 }, (_, at) => `Bell ${at + 1} rang.`);
  await rig.write('bells.txt', `${texts.join('\n\n[mara] Hark!\n\n')}\n\n[mara] Hark!\n`);
  await rig.write('bells.yaml', (await rig.read('book.yaml')).toString().replace('two.txt', 'bells.txt'));
  const lines = texts.map((words, at): Decision => ({ ...BASE, at: `2:${2 * at + 1}`, words, pause: at }));
  await rig.write('bells.yaml.review', formatReview({ chapters: [], lines }));
  const planned = async (verbose: boolean): Promise<string[]> => {
    const flags = { simulate: true, store: rig.path('no-store'), verbose };
    const { stdout } = await called(() => planCommand(rig.path('bells.yaml'), flags));
    return stdout.split('\n').filter((line) => / {4}(2:\d+ pause|and \d+ more)/.test(line));
  };
  const all = texts.map((_, at) => `    2:${2 * at + 1} pause ${at} s`);
  expect(await planned(true)).toEqual(all);
  expect(await planned(false)).toEqual([...all.slice(0, 5), '    and 2 more lines']);
});

it('history counts the lines that the review file changed, and a comment makes no edition', async () => {
  const store = await openDiskStore(rig.path('history-store'));
  const facts = { title: 'A Small Book', author: 'Somebody', realm: 'local' as const, model: 'm', simulated: true };
  const sums = {
    chapters: 2,
    segments: 5,
    durationSeconds: 9,
    cost: null,
    billedCharacters: 0,
    madeAt: '2026-11-29T00:00Z',
  };
  const hark = { words: 'Listen!', at: '2:2', pause: 2 };
  for (const lines of [
    [],
    [hark],
    [{ ...hark, comments: [{ text: 'Longer.' }], approved: {} }],
    [{ ...hark, say: 'Lissen!' }, { take: 2 }],
  ]) {
    const book = await decided(...lines);
    const lock = formatLock(editionOfDraft({ book, account }, draftRun({ book, account })));
    await putEdition(store, { ...facts, ...sums, lock }, { hasLock: false, isNew: true });
  }
  const flags = { store: rig.path('history-store'), simulate: true, json: true };
  const { events, code } = await called(() => historyCommand('A Small Book', flags));
  expect(code).toBe(0);
  const editions = events.at(-1).editions as { number: number; changes: Record<string, number> | null }[];
  expect(editions.map(({ number, changes }) => [number, changes?.['changed']])).toEqual([
    [1, undefined],
    [2, 1],
    [3, 2],
  ]);
});
