/** Proposals in a watched folder: listed, written into the text where it is as it was, put aside; two texts never share one. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { editOfDifference } from '../../src/studio/proposals/apply-difference.ts';
import { proposalName } from '../../src/studio/proposals/proposal-names.ts';
import type { Proposal } from '../../src/studio/proposals/proposal-shapes.ts';
import { bookFolder } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

const TEXT = 'One.\r\n\r\n[mara] Two.\r\n\r\n[?] “Three.”\r\n';
let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;

beforeEach(async () => {
  book = await bookFolder([TEXT, 'Other.\n\n[?] “Words.”\n']);
  // Two names that differ only in their signs.
  await mkdir(book.path('a'));
  await writeFile(book.path('a', 'b.txt'), TEXT);
  await writeFile(book.path('a-b.txt'), 'Other.\n\n[?] “Words.”\n');
  const manifest = await readFile(book.manifest, 'utf8');
  await writeFile(book.manifest, manifest.replace('1.txt', 'a/b.txt').replace('2.txt', 'a-b.txt'));
  await mkdir(book.path('.pipeline-watch'));
  studio = await studioOf(book.manifest, book.flags);
});
afterEach(async () => {
  expect(studio.faults).toEqual([]);
  await studio.close();
  await book.destroy();
});

const all = async (): Promise<Proposal[]> => (await studio.get('/studio/api/proposals')).proposals;
const text = () => readFile(book.path('a', 'b.txt'), 'utf8');
const answer = (how: 'take' | 'aside', { name, of }: Proposal) =>
  studio.post(`/studio/api/proposals/${how}`, { name, of });
async function propose(number: string, words: string, by?: string): Promise<string> {
  const { version: of, lines } = await studio.get(`/studio/api/chapters/${number.split(':')[0]}`);
  const { id } = lines.find((line: { number: string }) => line.number === number);
  const request = { id, words, of, preview: false, ...(by && { by }) };
  return (await studio.post(`/studio/api/lines/${number}/words`, request)).body.proposal;
}
async function nameFirst(chapter: number): Promise<string> {
  const { chapters } = await studio.get('/studio/api/attributions');
  const { of, paragraphs } = chapters.find((one: { number: number }) => one.number === chapter);
  const [at] = paragraphs.flatMap(({ parts }: { parts: { at: number; open?: boolean }[] }) =>
    parts.flatMap((part) => (part.open ? [part.at] : [])),
  );
  return (
    await studio.post(`/studio/api/attributions/${chapter}`, { of, acts: [{ say: [{ at, character: 'mara' }] }] })
  ).body.proposal;
}

it('are listed, taken over with every other byte as it was, and undone; another window is told', async () => {
  await propose('1:2', 'Twice.', 'Ada\nB');
  const [one] = (await all()) as [Proposal];
  expect(one).toMatchObject({ file: 'a/b.txt', line: '1:2', chapter: { number: 1 }, by: 'Ada B', state: 'open' });
  expect((await studio.get('/studio/api/book')).proposals).toBe(1);
  await writeFile(book.path('a', 'b.txt'), `Before it.\r\n\r\n${TEXT}`);
  const taken = await answer('take', one);
  expect(taken).toMatchObject({ status: 200, body: { proposals: [] } });
  expect(await text()).toBe(`Before it.\r\n\r\n${TEXT.replace('Two.', 'Twice.')}`);
  expect(await answer('take', one)).toMatchObject({ status: 409, body: { code: 'no-proposal' } });
  expect((await studio.get('/studio/api/book')).proposals).toBeUndefined();
  expect((await studio.post('/studio/api/undo', {})).body.undone).toBe('the proposal for a/b.txt');
  expect(await text()).toBe(`Before it.\r\n\r\n${TEXT}`);
});

it('that do not fit any more, or whose text is read-only, change nothing, and can be put aside', async () => {
  await propose('1:2', 'Twice.');
  await chmod(book.path('a', 'b.txt'), 0o444);
  const [one] = (await all()) as [Proposal];
  expect(one.state).toBe('read-only');
  expect((await answer('take', one)).status).toBe(507);
  await chmod(book.path('a', 'b.txt'), 0o644);
  await writeFile(book.path('a', 'b.txt'), TEXT.replace('Two.', 'Two, or more.'));
  expect(await all()).toMatchObject([{ state: 'unfitting' }]);
  expect(await answer('take', one)).toMatchObject({ status: 409, body: { code: 'proposal-unfitting' } });
  await writeFile(book.path('a', 'b.txt'), TEXT.replace('Two.', 'Twice.'));
  expect(await all()).toMatchObject([{ state: 'done' }]);
  expect(await answer('aside', { ...one, name: '../../../book.yaml' })).toMatchObject({ status: 409 });
  expect((await answer('aside', one)).body).toEqual({ proposals: [] });
  expect(await text()).toBe(TEXT.replace('Two.', 'Twice.'));
  expect(await readdir(book.path('.pipeline-watch', 'proposals', 'put-aside'))).toHaveLength(1);
});

it('of texts whose names differ only in their signs stay apart; one of an earlier version is found', async () => {
  const folder = book.path('.pipeline-watch', 'proposals');
  expect(await nameFirst(1)).not.toBe(await nameFirst(2));
  expect((await all()).map(({ file, line }) => [file, line]).sort()).toEqual([
    ['a-b.txt', undefined],
    ['a/b.txt', undefined],
  ]);
  for (const one of await all()) expect((await answer('take', one)).status).toBe(200);
  expect(await text()).toBe(TEXT.replace('[?]', '[mara]'));
  expect(await readFile(book.path('a-b.txt'), 'utf8')).toBe('Other.\n\n[mara] “Words.”\n');
  expect((await readdir(folder)).sort()).toEqual(['taken-over']);
  await writeFile(book.path('a', 'b.txt'), TEXT);
  await writeFile(`${folder}/a-b.txt`, TEXT.replace('[?]', '[mara]'));
  const { chapters } = await studio.get('/studio/api/attributions');
  expect(chapters).toEqual([]);
  expect(['1.txt', 'a/b.txt', 'a b.txt'].map(proposalName)).toEqual([
    '1.txt',
    expect.stringMatching(/^a-b~[0-9a-f]{8}\.txt$/),
    expect.stringMatching(/^a-b~[0-9a-f]{8}\.txt$/),
  ]);
  expect(proposalName('a/b.txt')).not.toBe(proposalName('a b.txt'));
});

it('apply where their lines are, and nowhere when they are there twice', () => {
  const difference = '--- f\n+++ f\n@@ -2,1 +2,1 @@\n-b\n+B\n';
  const after = (now: string): string | undefined => {
    const edit = editOfDifference(now, difference);
    return edit && now.slice(0, edit.start) + edit.insert + now.slice(edit.end);
  };
  expect(['a\nb', 'a\rb\rb\r', 'x\na\nb\n'].map(after)).toEqual(['a\nB', 'a\rB\rb\r', 'x\na\nB\n']);
  expect(['', 'b\na\nb', 'a\nc\n'].map(after)).toEqual([undefined, undefined, undefined]);
});
