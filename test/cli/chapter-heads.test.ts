/** The head of a chapter is line 0 wherever the program speaks of it; no other line moves. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/check/check.ts';
import { chooseCommand } from '../../src/cli/choose/choose.ts';
import { diffCommand } from '../../src/cli/diff/diff.ts';
import { linesCommand } from '../../src/cli/lines/lines.ts';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { playCommand } from '../../src/cli/play/play.ts';
import { retakeCommand } from '../../src/cli/retake/retake.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { studioOf } from '../studio/rig.ts';
import { bookFolder, called, quickCommands } from './in-process.ts';

let book: Awaited<ReturnType<typeof bookFolder>>;
const HEAD = { chapter: 2, line: 0 };

quickCommands();
beforeAll(async () => {
  book = await bookFolder(['The boat came in.', 'The wind had turned.\n\n[mara] Yes.']);
  const manifest = await readFile(book.manifest, 'utf8');
  const output = 'output: { formats: [mp3], subtitles: [vtt], lines: mp3 }';
  await writeFile(
    book.manifest,
    `${manifest
      .replace(/output:.*/, output)
      .replace('Part 1', 'Fog')
      .replace('Part 2', 'Wind')}chapterHeads: true\n`,
  );
});
afterAll(() => book.destroy());

it('spoken, in every file, and to be retaken, chosen and played', async () => {
  const made = await called(() => runCommand(book.manifest, { ...book.flags, lock: true }));
  expect(made.code, made.stderr).toBe(0);
  expect(made.events).toContainEqual(expect.objectContaining({ type: 'segment.done', number: '2:0' }));
  const folder = book.path('out', 'A Small Book');
  const names = (await readdir(folder, { recursive: true })).map(String);
  const read = (end: string) => readFile(`${folder}/${names.find((name) => name.endsWith(end))}`, 'utf8');
  const { complete, chapters } = JSON.parse(await read('completeness.json'));
  expect(complete).toBe(true);
  expect(chapters[1].segments.map((one: never) => [one['number'], one['text'], one['head']])).toEqual([
    ['2:0', 'Chapter Two. Wind', true],
    ['2:1', 'The wind had turned.', undefined],
    ['2:2', 'Yes.', undefined],
  ]);
  expect(chapters[1].ranges.map((one: never) => one['segment'] ?? one['unspoken'])).toEqual([
    2,
    'space',
    'tag',
    'space',
    3,
    'space',
  ]);
  expect(await read('Wind.vtt')).toMatch(/\n2:0\n[\d:.]+ --> [\d:.]+\n<v narrator>Chapter Two[\s\S]*\n2:1\n/);
  expect(
    names
      .filter((name) => /02-\d{4}/.test(name))
      .map((name) => name.replace(/.*[/\\]/, ''))
      .sort(),
  ).toEqual(['02-0000 narrator.mp3', '02-0001 narrator.mp3', '02-0002 mara.mp3']);

  const lines = async () => (await called(() => linesCommand(book.manifest, book.flags))).events[0].lines;
  expect((await lines()).map(({ number }: { number: string }) => number)).toEqual(['1:0', '1:1', '2:0', '2:1', '2:2']);
  const again = await called(() => retakeCommand(book.manifest, HEAD, book.flags));
  expect(again.events[0]).toMatchObject({ number: '2:0', takes: [{ number: 2 }] });
  const chosen = await called(() => chooseCommand({ manifest: book.manifest, name: HEAD, take: 2 }, book.flags));
  expect(chosen.code, chosen.stderr).toBe(0);
  expect(await readFile(`${book.manifest}.review`, 'utf8')).toMatch(/at: "?2:0/);
  expect((await lines())[2]).toMatchObject({ number: '2:0', chosen: 2 });
  const played = await called(() => playCommand(book.manifest, HEAD, { ...book.flags, out: book.path('play.wav') }));
  expect(played.code, played.stderr).toBe(0);
  const plan = (await called(() => planCommand(book.manifest, book.flags))).events.at(-1);
  expect(plan.segments).toMatchObject({ total: 5, synthesize: 0 });
});

it('is told by check and plan', async () => {
  const told = '  chapter heads: 2, the first is 1:0 “Chapter One. Fog”\n';
  for (const command of [checkCommand, planCommand])
    expect((await called(() => command(book.manifest, { ...book.flags, json: false } as never))).stdout).toContain(
      told,
    );
});

it('has no words to edit in the studio; those of line 1 are edited where they are', async () => {
  const studio = await studioOf(book.manifest, book.flags);
  const { lines } = await studio.get('/studio/api/chapters/2');
  expect(lines.map(({ number, file }: never) => [number, (file as { line: number } | undefined)?.line])).toEqual([
    ['2:0', undefined],
    ['2:1', 1],
    ['2:2', 3],
  ]);
  const [head, first] = lines;
  const edit = (line: { id: string }, number: string, words: string) =>
    studio.post(`/studio/api/lines/${number}/words`, { id: line.id, of: first.file.version, preview: false, words });
  expect(await edit(head, '2:0', 'Chapter Two')).toMatchObject({ status: 422, body: { code: 'not-in-file' } });
  expect((await edit(first, '2:1', 'The wind had dropped.')).status).toBe(200);
  expect(await readFile(book.path('2.txt'), 'utf8')).toBe('The wind had dropped.\n\n[mara] Yes.\n');
  expect(studio.faults).toEqual([]);
  await studio.close();
});

it('is shown by diff when the words of the manifest change', async () => {
  const manifest = await readFile(book.manifest, 'utf8');
  await writeFile(book.manifest, manifest.replace('chapterHeads: true', 'chapterHeads: "{Number words}."'));
  const lock = book.path('book.lock');
  const { stdout, stderr } = await called(() =>
    diffCommand(lock, book.manifest, { ...book.flags, json: true } as never),
  );
  expect(stderr).toBe('');
  const lines = JSON.parse(stdout).chapters.flatMap((one: { lines: { after?: object }[] }) => one.lines);
  const after = lines.flatMap((line: { after?: { number: string; text: string } }) => line.after ?? []);
  expect(after.map(({ number, text }: { number: string; text: string }) => [number, text])).toEqual([
    ['1:0', 'One.'],
    ['2:0', 'Two.'],
    ['2:1', 'The wind had dropped.'],
  ]);
});
