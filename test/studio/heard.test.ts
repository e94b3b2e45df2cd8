/** What people have heard is kept: by line and takes, over sessions, by several pages and programs at once, and in no file of the book; comments on stretches. */
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { retakeCommand } from '../../src/cli/retake/retake.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { openConfiguredStore } from '../../src/composition/open-store.ts';
import { readConfig } from '../../src/config/config.ts';
import { sealLine } from '../../src/store/journals.ts';
import { openHeardLines } from '../../src/studio/heard/heard.ts';
import type { HeardLine, Line } from '../../src/studio/shapes.ts';
import { bookFolder, called, quickCommands } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;

quickCommands();
beforeAll(async () => {
  book = await bookFolder([
    'The boat came in.\n\n[mara] Yes.\n\nNobody answered.\n\n[mara] Yes.',
    'The wind had turned.',
  ]);
  const made = await called(() => runCommand(book.manifest, { ...book.flags, json: true }));
  expect(made.code).toBe(0);
  studio = await studioOf(book.manifest, book.flags);
});
afterAll(async () => {
  await studio.close();
  expect(studio.faults).toEqual([]);
  await book.destroy();
});

const linesOf = async (chapter: number, of = studio): Promise<Line[]> =>
  (await of.get(`/studio/api/chapters/${chapter}`)).lines;
const heardIn = async (chapter: number, of = studio): Promise<string[]> =>
  (await linesOf(chapter, of)).flatMap(({ number, heard }) => (heard ? [number] : []));
const counts = async (): Promise<number[]> =>
  (await studio.get('/studio/api/book')).chapters.map(({ heard }: { heard: number }) => heard);
const asHeard = ({ id, of }: Line): HeardLine => ({ id, of: of! });
const tell = (lines: HeardLine[], to = studio) => to.post('/studio/api/heard', { lines });
const journals = async () => (await openConfiguredStore(readConfig(book.flags))).journals;
async function nextSession(): Promise<void> {
  await studio.close();
  studio = await studioOf(book.manifest, book.flags);
}

it('a line that was heard is, in the next session too, and nothing of the book changes', async () => {
  const { version } = await studio.get('/studio/api/book');
  const files = await readdir(book.path());
  expect(await counts()).toEqual([0, 0]);
  const [first, yes] = await linesOf(1);
  // Two lines with the same take: the one that was heard.
  expect((await linesOf(1))[3]!.of).toBe(yes!.of);
  expect((await tell([asHeard(first!), asHeard(yes!)])).body).toEqual({ noted: 2 });
  expect((await tell([asHeard(yes!), { id: 'of-no-line', of: yes!.of! }])).body).toEqual({ noted: 0 });
  expect(await heardIn(1)).toEqual(['1:1', '1:2']);
  expect(await counts()).toEqual([2, 0]);
  await nextSession();
  expect(await heardIn(1)).toEqual(['1:1', '1:2']);
  expect((await studio.get('/studio/api/book')).version).toBe(version);
  expect(await readdir(book.path())).toEqual(files);
});

it('all pages are told, and other programs that have the book open know it soon', async () => {
  const other = await studioOf(book.manifest, book.flags);
  const stream = (await studio.send('/studio/api/events')).body!.getReader();
  const [third] = (await linesOf(1)).slice(2);
  await tell([asHeard(third!)], studio);
  let told = '';
  while (!told.includes('"heard"')) told += Buffer.from((await stream.read()).value!).toString();
  expect(told).toContain(`"chapters":[{"number":1,"heard":3}]`);
  await stream.cancel();
  expect(await heardIn(1, other)).not.toContain('1:3');
  const { store, book: own } = await other.studio.current.now();
  expect(own.manifest.title).toBe('A Small Book');
  const again = await openHeardLines(store, await other.studio.current.now());
  expect(again.counts(await other.studio.current.now()).get(1)).toBe(3);
  await other.close();
});

it('an approval names who was not heard, when it is asked to; a take that changed counts as not heard', async () => {
  const approve = (more: object) => studio.post('/studio/api/chapters/1/approve', { approved: true, ...more });
  expect(await approve({ heard: true })).toMatchObject({
    status: 409,
    body: { code: 'not-heard', open: [], unheard: ['1:4'] },
  });
  await tell((await linesOf(1)).map(asHeard));
  expect((await approve({ heard: true })).status).toBe(200);
  const retaken = await called(() =>
    retakeCommand(book.manifest, { chapter: 1, line: 1 }, { ...book.flags, takes: 1, yes: true }),
  );
  expect({ code: retaken.code, stderr: retaken.stderr }).toEqual({ code: 0, stderr: '' });
  const { takes } = await studio.get('/studio/api/lines/1:1/takes');
  const { id } = (await linesOf(1))[0]!;
  await studio.post('/studio/api/lines/1:1/choose', { take: 2, id });
  expect(await heardIn(1)).toEqual(['1:2', '1:3', '1:4']);
  expect((await approve({ heard: true })).body).toMatchObject({ code: 'not-heard', unheard: ['1:1'] });
  expect((await approve({})).status).toBe(200);
  // A take that was heard by itself counts once it is in use; the earlier one still does.
  await tell([{ id, of: takes[1].of }]);
  expect(await heardIn(1)).toHaveLength(4);
  await studio.post('/studio/api/lines/1:1/choose', { back: true, id });
  expect(await heardIn(1)).toHaveLength(4);
});

it('a comment is about words of a line, or about a stretch of lines, and never about what is not there', async () => {
  const { id } = (await linesOf(1))[0]!;
  const note = (more: object) => studio.post('/studio/api/lines/1:1/comments', { id, text: 'Softer.', ...more });
  const of = { about: 'The boat', until: '1:3' };
  expect((await note(of)).body.line.comments).toMatchObject([{ text: 'Softer.', ...of }]);
  await nextSession();
  expect((await linesOf(1))[0]!.comments).toMatchObject([{ text: 'Softer.', ...of }]);
  expect(await (await studio.send('/studio/api/pickups.csv')).text()).toContain('on “The boat”, to 1:3: Softer.');
  for (const wrong of [{ about: 'the ship' }, { until: '1:1' }, { until: '2:1' }, { until: 'x' }])
    expect(await note(wrong)).toMatchObject({ status: 422, body: { code: 'no-stretch' } });
});

it('what another version wrote, a damaged line and many files are no harm; wrong requests are refused', async () => {
  const [journal] = await (await journals()).list('heard');
  for (let writer = 0; writer < 20; writer++)
    await (await journals()).append(journal!, [sealLine({ odd: writer }), 'no line', sealLine({ id: 'x', of: 'y' })], {
      ...{ writer: `w${writer}`, flush: false },
    });
  await nextSession();
  expect(await heardIn(1)).toHaveLength(4);
  expect((await (await journals()).files(journal!)).length).toBe(1);
  for (const lines of [
    [],
    [{ id: 'x', of: 'nothing' }],
    Array.from({ length: 501 }, () => ({ id: 'x', of: '0123456789abcdef' })),
  ])
    expect((await tell(lines)).status).toBe(422);
  const foreign = await studio.send('/studio/api/heard', { method: 'POST', body: '{}' });
  expect(foreign.status).toBe(403);
  expect(await readFile(book.path('book.yaml.review'), 'utf8')).not.toContain('heard');
});
