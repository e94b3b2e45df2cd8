/** `pipeline proposals`: what the studio shows and does, on the command line, beside an open studio. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proposalsCommand } from '../../src/cli/proposals/proposals.ts';
import { settleCommand, showCommand, undoCommand } from '../../src/cli/proposals/settle.ts';
import { type OpenedStudio, studioOf } from '../studio/rig.ts';
import { bookFolder, called } from './in-process.ts';

const TEXT = 'One.\n\n[mara] Two.\n\n[?] “Three.”\n';
let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;

beforeAll(async () => {
  book = await bookFolder([TEXT, 'Other.']);
  await mkdir(book.path('.pipeline-watch'));
  studio = await studioOf(book.manifest, book.flags);
});
afterAll(async () => {
  expect(studio.faults).toEqual([]);
  await studio.close();
  await book.destroy();
});

async function propose(number: string, words: string): Promise<void> {
  const { version: of, lines } = await studio.get(`/studio/api/chapters/${number.split(':')[0]}`);
  const { id } = lines.find((line: { number: string }) => line.number === number);
  await studio.post(`/studio/api/lines/${number}/words`, { id, words, of, preview: false, by: 'Ada' });
}
const list = async (place = book.folder) =>
  (await called(() => proposalsCommand(place, book.flags))).events[0].proposals;
const text = () => readFile(book.path('1.txt'), 'utf8');

it('lists what the studio lists, shows one, accepts it, takes that back, and puts it aside', async () => {
  await propose('1:2', 'Twice.');
  await propose('2:1', 'Another.');
  const found = await list();
  const { proposals } = await studio.get('/studio/api/proposals');
  expect(found.map(({ difference }: { difference: string }) => difference)).toEqual(
    proposals.map(({ difference }: { difference: string }) => difference),
  );
  expect(await list(book.manifest)).toEqual(found);
  const flags = { ...book.flags, json: false };
  const shown = await called(() => proposalsCommand(book.folder, flags));
  expect(shown.stdout).toMatch(/1\.txt +1:2 .*Ada[^\n]*\n +- \[mara\] Two\.\n +\+ \[mara\] Twice\./);
  const difference = await called(() => showCommand(book.folder, '1:2', flags));
  expect(difference.stdout).toContain('\n-[mara] Two.\n+[mara] Twice.\n');

  const { id } = found.find(({ line }: { line: string }) => line === '1:2');
  const settle = (how: 'take' | 'aside', ...ids: string[]) =>
    called(() => settleCommand(book.folder, { ids, how }, book.flags));
  expect(await settle('take', id.slice(0, 8))).toMatchObject({ code: 0, events: [{ id, did: 'accepted' }] });
  expect(await text()).toBe(`${TEXT.replace('Two.', 'Twice.')}\n`);
  expect(await settle('take', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no proposal') });
  expect(await called(() => undoCommand(book.manifest, book.flags))).toMatchObject({ code: 0 });
  expect(await text()).toBe(`${TEXT}\n`);
  expect(await list()).toEqual(found);

  await appendFile(book.path('1.txt'), 'Added by hand.\n');
  await writeFile(book.path('2.txt'), 'Something else.\n');
  const both = await settle('take', '1:2', '2:1');
  expect(both.code).toBe(1);
  expect(both.events).toMatchObject([{ did: 'accepted' }, { did: null, problem: 'proposal-unfitting' }]);
  expect(await text()).toBe(`${TEXT.replace('Two.', 'Twice.')}\nAdded by hand.\n`);
  expect(await settle('aside', '2:1')).toMatchObject({ code: 0, events: [{ did: 'put aside' }] });
  expect(await list()).toEqual([]);
  // Both by turns; what an open studio does not know cannot harm.
  for (const back of ['2:1', '1:2']) {
    expect((await called(() => undoCommand(book.manifest, book.flags))).code).toBe(0);
    expect((await list())[0]).toMatchObject({ line: expect.any(String) });
    expect((await list()).map(({ line }: { line: string }) => line)).toContain(back);
  }
  expect(await called(() => undoCommand(book.manifest, book.flags))).toMatchObject({ code: 2 });
});

it('names a way out of every mistake', async () => {
  const other = await bookFolder(['Alone.']);
  try {
    const at = (place: string) => called(() => proposalsCommand(place, { ...book.flags, json: false }));
    expect(await at(other.manifest)).toMatchObject({ code: 0, stdout: expect.stringContaining('no watched folder') });
    expect(await at(other.folder)).toMatchObject({ code: 2, stderr: expect.stringContaining('pipeline watch') });
    expect(await at('/nowhere/at/all')).toMatchObject({ code: 2, stderr: expect.stringContaining('Name a manifest') });
    await mkdir(book.path('.pipeline-watch', 'proposals', 'gone'), { recursive: true });
    await writeFile(book.path('.pipeline-watch', 'proposals', 'gone', 'x 1-1.diff'), '--- x\n+++ x\n');
    expect((await at(book.folder)).stderr).toContain('books that are gone');
    await writeFile(book.manifest, 'book: {');
    expect((await at(book.folder)).code).toBe(2);
  } finally {
    await other.destroy();
  }
});
