/** Proposals in a watched folder: listed, written into the text where it is as it was, put aside; two texts never share one. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { editOfDifference, readDifference, reversed, textLines } from '../../src/studio/proposals/apply-difference.ts';
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
    const edit = editOfDifference(textLines(now), readDifference(difference));
    return edit && now.slice(0, edit.start) + edit.insert + now.slice(edit.end);
  };
  expect(['a\nb', 'a\rb\rb\r', 'x\na\nb\n'].map(after)).toEqual(['a\nB', 'a\rB\rb\r', 'x\na\nB\n']);
  expect(['', 'b\na\nb', 'a\nc\n'].map(after)).toEqual([undefined, undefined, undefined]);
});

it('answered by two people at the same moment are answered once: the second is told, and text and undo have it once', async () => {
  for (const how of [
    ['take', 'aside'],
    ['take', 'take'],
  ] as const) {
    await propose('1:2', 'Twice.');
    const [one] = (await all()) as [Proposal];
    const answers = await Promise.all(how.map((each) => answer(each, one)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('no-proposal');
    const isTaken = answers[how.indexOf('take')]?.status === 200 || how[1] === 'take';
    expect((await text()).includes('Twice.')).toBe(isTaken);
    const { undoOf } = await studio.get('/studio/api/book');
    const undone = await Promise.all([1, 2].map(() => studio.post('/studio/api/undo', { of: undoOf })));
    expect(new Set(undone.map(({ body: { code } }) => code))).toEqual(new Set([undefined, 'undone-already']));
    expect(await text()).toBe(TEXT);
    // It is a proposal again, with all that it was.
    expect(await all()).toEqual([one]);
    await answer('aside', one);
  }
});

it('undone while somebody else changed the text stay; what was put aside comes back; words for the same line are kept', async () => {
  await propose('1:2', 'Twice.', 'Ada');
  await propose('1:2', 'Thrice.', 'Ben');
  const aside = await readdir(book.path('.pipeline-watch', 'proposals', 'put-aside'));
  expect(aside).toHaveLength(1);
  expect(await readFile(book.path('.pipeline-watch', 'proposals', 'put-aside', aside[0]!), 'utf8')).toContain(
    '+[mara] Twice.',
  );
  const [one] = (await all()) as [Proposal];
  expect(one).toMatchObject({ by: 'Ben' });
  await answer('aside', one);
  expect((await studio.post('/studio/api/undo', {})).body.undone).toBe('the putting aside of the proposal for a/b.txt');
  await answer('take', one);
  await writeFile(book.path('a', 'b.txt'), `${await text()}More.\r\n`);
  expect(await studio.post('/studio/api/undo', {})).toMatchObject({ status: 409, body: { code: 'changed-since' } });
  expect(await text()).toContain('Thrice.');
});

it('of a text that no chapter has any more, with hostile and long names, are shown, refused and put aside', async () => {
  const folder = book.path('.pipeline-watch', 'proposals');
  await mkdir(folder, { recursive: true });
  const hostile = ['../../x.txt', '.b.txt', `${'长'.repeat(80)}.txt`, '<img src=x>\u2028.txt', '-rf'];
  for (const [at, name] of hostile.entries())
    await writeFile(
      `${folder}/${at === 1 ? '.hidden' : at} 9-${at + 1}.diff`,
      `--- ${name}\n+++ ${name}\n@@ -1,1 +1,1 @@\n-a\n+b\n`,
    );
  await writeFile(`${folder}/empty.diff`, '');
  await writeFile(`${folder}/large 1-2.diff`, `--- a/b.txt\n@@ -1,1 +1,1 @@\n${'-x\n'.repeat(1_000_000)}`);
  const shown = await all();
  expect(shown.map(({ file, state }) => `${state} ${file}`).sort()).toEqual(
    [...hostile, 'empty']
      .map((file) => `no-text ${file}`)
      .concat('unfitting a/b.txt')
      .sort(),
  );
  for (const one of shown) {
    expect(await answer('take', one)).toMatchObject({ status: 409 });
    expect((await answer('aside', one)).status).toBe(200);
  }
  expect(await all()).toEqual([]);
  expect(await readdir(`${folder}/put-aside`)).toHaveLength(7);
  const names = [
    'A.txt',
    'a.txt',
    'x.txt',
    'x.txt.diff',
    'taken-over',
    `${'长'.repeat(80)}1.txt`,
    `${'长'.repeat(80)}2.txt`,
    `a.${'b'.repeat(200)}`,
  ];
  const made = names.flatMap((name) => [proposalName(name), `${proposalName(name)}.diff`]);
  expect(new Set(made).size).toBe(2 * names.length);
  for (const name of made) expect(Buffer.byteLength(name)).toBeLessThan(170);
});

it('500 of them are counted, and the newest shown, at once', async () => {
  const folder = book.path('.pipeline-watch', 'proposals');
  await mkdir(folder, { recursive: true });
  await Promise.all(
    Array.from({ length: 500 }, (_, at) =>
      writeFile(
        `${folder}/a 1-${at + 1}.diff`,
        `--- a/b.txt\n+++ a/b.txt\n@@ -3,1 +3,1 @@\n-[mara] Two.\n+[mara] ${at}.\n`,
      ),
    ),
  );
  expect((await studio.get('/studio/api/book')).proposals).toBe(500);
  const shown = await all();
  expect(shown).toHaveLength(200);
  expect((await answer('take', shown[0]!)).status).toBe(200);
  expect(new Set((await all()).map(({ state }) => state))).toEqual(new Set(['unfitting']));
});

it('of speakers are never written over by somebody who did not see them', async () => {
  const folder = book.path('.pipeline-watch', 'proposals');
  await nameFirst(2);
  const before = await readFile(`${folder}/a-b.txt`, 'utf8');
  await writeFile(book.path('a-b.txt'), 'Quite other.\n\n[?] “Words.”\n');
  await nameFirst(2);
  const kept = await readdir(`${folder}/put-aside`);
  const texts = await Promise.all(kept.map((name) => readFile(`${folder}/put-aside/${name}`, 'utf8')));
  expect(texts).toContain(before);
  expect(texts).toHaveLength(2);
});

it('of neighboring lines are taken over one after the other, and never at another place', async () => {
  await propose('1:2', 'Twice.');
  await propose('1:1', 'Once.');
  for (const one of await all()) expect((await answer('take', one)).status).toBe(200);
  expect(await text()).toBe(TEXT.replace('Two.', 'Twice.').replace('One.', 'Once.'));
  const of = readDifference('--- f\n+++ f\n@@ -1,5 +1,5 @@\n a\n \n-Yes.\n+No.\n \n c\n');
  const after = (now: string) => editOfDifference(textLines(now), of)?.insert.trim();
  expect(['x\n\nYes.\n\nc\n', 'x\n\nYes.\n\ny\n', 'Yes.'].map(after)).toEqual(['No.', 'No.', 'No.']);
  expect(['x\n\nYes.\n\ny\n\nYes.\n', 'x\n\nYes, \n'].map(after)).toEqual([undefined, undefined]);
  const added = readDifference('--- f\n+++ f\n@@ -1,2 +1,3 @@\n a\n+b\n c\n');
  expect(editOfDifference(textLines('a\nd\n'), added)).toBeUndefined();
});

it('that differ in removed lines like headings are read by their places', () => {
  const difference = '--- f\n+++ f\n@@ -1,3 +1,3 @@\n a\n--- b\n+++ c\n d\n';
  const now = (words: string, of = readDifference(difference)) => editOfDifference(textLines(words), of);
  expect(now('a\n-- b\nd\n')).toMatchObject({ insert: 'a\n++ c\nd\n' });
  expect(now('a\n++ c\nd\n')).toBeUndefined();
  expect(now('a\n++ c\nd\n', reversed(readDifference(difference)))).toMatchObject({ insert: 'a\n-- b\nd\n' });
});
