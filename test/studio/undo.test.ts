/** What was done in a session of the studio is taken back by the next one, the last first, and never over what others did since. */
import { mkdir, readdir, readFile, rename, rmdir, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { updateReviewFile } from '../../src/book/review-file.ts';
import { openConfiguredStore } from '../../src/composition/open-store.ts';
import { readConfig } from '../../src/config/config.ts';
import { sealLine } from '../../src/store/journals.ts';
import { bookFolder, quickCommands } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;

quickCommands();
beforeAll(async () => {
  book = await bookFolder(['The boat came in.\n\n[mara] Ahoy!', 'The wind had turned.']);
  studio = await studioOf(book.manifest, book.flags);
});
afterAll(async () => {
  await studio.close();
  await book.destroy();
});

async function nextSession(): Promise<void> {
  expect(studio.faults).toEqual([]);
  await studio.close();
  studio = await studioOf(book.manifest, book.flags);
}
const line = async (number: string) => {
  const { lines } = await studio.get(`/studio/api/chapters/${number.split(':')[0]}`);
  return lines.find((one: { number: string }) => one.number === number);
};
const decide = async (number: string, what: object) =>
  expect(
    (await studio.post(`/studio/api/lines/${number}/decide`, { id: (await line(number)).id, ...what })).status,
  ).toBe(200);
const undo = () => studio.post('/studio/api/undo', {});

it('words, list, pause, comment and approval, by the next session, in any number of them', async () => {
  const [text, manifest] = [await readFile(book.path('1.txt')), await readFile(book.manifest)];
  const { id, file } = await line('1:2');
  const words = { id, of: file.version, preview: false, words: 'Ahoy, the light!' };
  expect((await studio.post('/studio/api/lines/1:2/words', words)).status).toBe(200);
  expect((await studio.post('/studio/api/words', { term: 'boat', say: 'bote' })).status).toBe(200);
  await decide('1:1', { pause: 2 });
  await nextSession();
  const { undo: named, undoTold } = await studio.get('/studio/api/book');
  expect(named).toContain('pause of 1:1');
  // Also in a language that the server does not speak.
  expect(undoTold).toEqual({ code: 'field-pause', values: { number: '1:1' } });
  expect((await studio.post('/studio/api/lines/1:1/comments', { text: 'Softer.', by: 'Ann' })).status).toBe(200);
  expect((await studio.post('/studio/api/chapters/2/approve', { approved: true, anyway: true })).status).toBe(200);
  await nextSession();
  for (const what of ['the approval of chapter 2', 'the comment on 1:1', 'pause of 1:1', 'the pronunciation of "boat"'])
    expect((await undo()).body).toMatchObject({ undone: what, told: { code: expect.any(String) } });
  await nextSession();
  expect((await undo()).body).toMatchObject({ undone: 'the words of 1:2 in 1.txt' });
  expect(await readFile(book.path('1.txt'))).toEqual(text);
  expect(await readFile(book.manifest)).toEqual(manifest);
  expect(await readFile(book.path('book.yaml.review'), 'utf8')).not.toMatch(/pause|Softer|approved/);
  expect(await undo()).toMatchObject({ status: 409, body: { code: 'nothing-to-undo' } });
});

it('not what somebody else has decided since; that is not in the way of what was done before', async () => {
  await decide('1:1', { pause: 1 });
  await decide('2:1', { pause: 2 });
  const { words, ...rest } = { words: 'The wind had turned.', id: '', at: '2:1', pause: 9 };
  await updateReviewFile(book.manifest, (review) => ({
    ...review,
    lines: review.lines.map((one) => (one.words === words ? { ...one, pause: rest.pause } : one)),
  }));
  await nextSession();
  expect(await undo()).toMatchObject({ status: 409, body: { code: 'changed-since' } });
  await nextSession();
  expect((await undo()).body).toMatchObject({ undone: 'pause of 1:1' });
  expect(await readFile(book.path('book.yaml.review'), 'utf8')).toContain('pause: 9');
});

it('an entry of another version, a damaged one and a line that is gone are no harm', async () => {
  const { journals } = await openConfiguredStore(readConfig(book.flags));
  const [journal] = await journals.list('undo');
  const strange = [
    sealLine({ id: 'x', at: 99, done: { what: 'magic', ids: [], way: { kind: 'magic' } } }),
    'no line at all',
  ];
  await journals.append(journal!, strange, { writer: 'other', flush: false });
  await decide('2:1', { pause: 3 });
  await writeFile(book.path('2.txt'), 'A new ending.\n');
  await nextSession();
  expect((await studio.get('/studio/api/book')).undo).toContain('pause of 2:1');
  expect(await undo()).toMatchObject({ status: 409, body: { code: 'changed-since' } });
  expect(await undo()).toMatchObject({ status: 409, body: { code: 'nothing-to-undo' } });
  expect((await stat(book.path('book.yaml.review'))).size).toBeGreaterThan(0);
});

it('a comment on a stretch follows its last line, whatever is written before that', async () => {
  const text = await readFile(book.path('1.txt'));
  const [one, two, three] = [
    'The keeper had climbed the ninety-one steps before anybody else was awake.',
    '[mara] Somebody left the lamp burning all night, and it was not me.',
    '[narrator] Below them the sea went on with its argument against the rocks.',
  ];
  const write = (...paragraphs: (string | undefined)[]) => writeFile(book.path('1.txt'), paragraphs.join('\n\n'));
  const until = async (number: string) => (await line(number))?.comments?.at(-1)?.until;
  await write(one, two, three);
  await expect.poll(async () => (await line('1:3'))?.text).toMatch(/^Below them/);
  const stretch = { text: 'Softer here.', until: '1:3' };
  expect((await studio.post('/studio/api/lines/1:1/comments', stretch)).status).toBe(200);
  expect(await until('1:1')).toBe('1:3');
  const between = '[narrator] Nobody had said a word about that yet.\n\n[mara] And nobody will, either.';
  await write(one, two, between, three);
  await expect.poll(() => until('1:1')).toBe('1:5');
  expect((await line('1:1')).comments.at(-1)).not.toHaveProperty('untilId');
  await undo();
  await writeFile(book.path('1.txt'), text);
  await expect.poll(async () => (await line('1:1'))?.text).toBe('The boat came in.');
});

it('without its store nothing is decided, priced or approved, and the book stays as it was; with it all goes on', async () => {
  const { id } = await line('1:1');
  const before = await studio.get('/studio/api/book');
  const review = await readFile(book.path('book.yaml.review'));
  const acts: [string, object][] = [
    ['/studio/api/lines/1:1/decide', { id, pause: 2 }],
    ['/studio/api/lines/1:1/comments', { text: 'Softer.' }],
    ['/studio/api/chapters/1/approve', { approved: true, anyway: true }],
    ['/studio/api/undo', {}],
    // Of an empty store, all of it would be new.
    ['/studio/api/apply/price', { chapters: [1] }],
    ['/studio/api/words', { term: 'wind', say: 'wynd' }],
  ];
  await rename(book.path('store'), book.path('moved'));
  for (const isEmpty of [false, true]) {
    // As when its disk is not mounted.
    if (isEmpty) await mkdir(book.path('store'));
    for (const [path, body] of acts)
      expect(await studio.post(path, body)).toMatchObject({ status: 503, body: { code: 'store-gone' } });
    const ofChapter = ['finished', 'sound', 'peaks'].map((part) => `chapters/1/${part}`);
    const handedOut = ['pickups.csv', 'pickups/audacity?chapter=1', 'handout'];
    for (const path of [...ofChapter, 'suspects', 'lines/1:1/sound', 'lines/1:1/takes', ...handedOut]) {
      const response = await studio.send(`/studio/api/${path}`);
      const said = (await response.json()) as { code: string };
      expect([path, response.status, said.code]).toEqual([path, 503, 'store-gone']);
    }
    const { notesTold, chapters } = await studio.get('/studio/api/book');
    expect([notesTold[0].code, chapters]).toEqual(['store-gone', before.chapters]);
  }
  expect(await readdir(book.path('store'))).toEqual([]);
  expect(await readFile(book.path('book.yaml.review'))).toEqual(review);
  await rmdir(book.path('store'));
  await rename(book.path('moved'), book.path('store'));
  await decide('1:1', { pause: 2 });
  expect((await studio.get('/studio/api/book')).notesTold.map(({ code }: { code: string }) => code)).not.toContain(
    'store-gone',
  );
});
