/** What the studio changes: decisions with the way back, takes, finished chapters; two pages at once pay once. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { wavHeader } from '../../src/audio/pcm.ts';
import { retakeCommand } from '../../src/cli/retake/retake.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { bookFolder, called, quickCommands } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

const MOST_MS = 20_000;
const TEXTS = [
  'The boat came in.\n\n[mara] Ahoy, the light!\n\nNobody answered.',
  'The wind had turned.\n\n[mara] Yes.',
];

let simulator: Simulator;
let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;
const flags = () => ({ ...book.flags, simulate: false, yes: true });
const spoken = (text: string): number => simulator.spokenTexts().get(text) ?? 0;
const review = () => readFile(book.path('book.yaml.review'), 'utf8');

quickCommands();
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones' });
  vi.stubEnv('DASHSCOPE_API_KEY', 'sk-test');
  vi.stubEnv('DASHSCOPE_HTTP_BASE_URL', simulator.httpBaseUrl);
  vi.stubEnv('DASHSCOPE_REALTIME_URL', simulator.realtimeUrl);
  book = await bookFolder(TEXTS, { more: 'model: qwen-tts-vc-realtime-2025-08-20\n' });
  expect((await called(() => runCommand(book.manifest, { ...flags(), lock: true }))).code).toBe(0);
  studio = await studioOf(book.manifest, flags());
});
afterAll(async () => {
  await studio.close();
  expect(studio.faults).toEqual([]);
  await book.destroy();
  await simulator.close();
});

const line = async (number: string) => {
  const { lines } = await studio.get(`/studio/api/chapters/${number.split(':')[0]}`);
  return lines.find((one: { number: string }) => one.number === number);
};
async function ended(job: string) {
  const state = async () => (await studio.get(`/studio/api/jobs/${job}`)).state;
  await expect.poll(state, { timeout: MOST_MS }).toMatch(/done|failed|cancelled/);
  return studio.get(`/studio/api/jobs/${job}`);
}

it('speaks takes for the agreed price, and two pages and a command pay once', async () => {
  const price = (await studio.post('/studio/api/lines/1:2/price', { takes: 1 })).body;
  expect(price).toMatchObject({ segments: 1 });
  expect(price.nanos).toBeGreaterThan(0);
  expect(price.text).toMatch(/^(about )?0\.\d{4} CNY$/);
  expect(await studio.post('/studio/api/lines/1:2/retake', { takes: 1, agreed: price.nanos - 1 })).toMatchObject({
    status: 409,
    body: { code: 'price-changed', price: { nanos: price.nanos } },
  });
  simulator.set({ speed: { firstAudioMs: 600 } });
  const ask = () => studio.post('/studio/api/lines/1:2/retake', { takes: 1, agreed: price.nanos });
  const command = called(() => retakeCommand(book.manifest, { chapter: 1, line: 2 }, flags()));
  const [one, two] = await Promise.all([ask(), ask()]);
  expect([one.status, two.status]).toEqual([202, 202]);
  expect(await ended(one.body.job)).toMatchObject({ state: 'done', line: '1:2', result: { takes: [2] } });
  expect((await ended(two.body.job)).state).toBe('done');
  expect((await command).code).toBe(0);
  simulator.set({ speed: { firstAudioMs: 0 } });
  expect(spoken('Ahoy, the light!')).toBe(2);
  expect(await line('1:2')).toMatchObject({ numbers: [1, 2], chosen: 1 });
}, 60_000);

it('chooses a take, takes it back, and refuses a number that is another line by now', async () => {
  const { id } = await line('1:2');
  expect((await studio.post('/studio/api/lines/1:2/choose', { take: 9 })).body).toMatchObject({ code: 'take-missing' });
  const chosen = await studio.post('/studio/api/lines/1:2/choose', { take: 2, id });
  expect(chosen.body.line).toMatchObject({ chosen: 2, decision: { take: 2 } });
  expect((await studio.get('/studio/api/book')).undo).toBe('the choice of take 2 for 1:2');
  expect((await studio.get('/studio/api/book')).chapters[0].finished).toBe(false);
  const other = await studio.post('/studio/api/lines/1:1/choose', { take: 1, id });
  expect(other).toMatchObject({ status: 409, body: { code: 'other-line' } });
  const undone = await studio.post('/studio/api/undo', {});
  expect(undone.body).toMatchObject({ undone: 'the choice of take 2 for 1:2', lines: [{ number: '1:2', chosen: 1 }] });
  expect((await studio.post('/studio/api/undo', {})).status).toBe(409);
});

it('decides, comments and approves; what somebody changed since is not taken back', async () => {
  const { id } = await line('2:1');
  const decide = (fields: object) => studio.post('/studio/api/lines/2:1/decide', { id, ...fields });
  expect((await decide({ pause: 1.5, approved: true, by: 'Ann' })).body.line).toMatchObject({
    pauseAfterMs: 1500,
    decision: { pause: 1.5 },
    approved: { by: 'Ann' },
  });
  for (const [wrong, code] of [
    [{ pause: -1 }, 'wrong-field'],
    [{ speaker: 'Nobody' }, 'unknown-speaker'],
    [{ direction: 'whispering' }, 'variation'],
    [{ say: '…' }, 'wrong-field'],
    [{}, 'wrong-field'],
  ] as const)
    expect(await decide(wrong)).toMatchObject({ status: 422, body: { code } });
  const noted = await studio.post('/studio/api/lines/2:1/comments', { text: 'Slower.', by: 'Ben' });
  expect(noted.body.line.comments).toMatchObject([{ text: 'Slower.', by: 'Ben' }]);
  expect(await review()).toContain('Slower.');
  // Another page changes the same field.
  await decide({ pause: 2 });
  await decide({ pause: 3 });
  await studio.post('/studio/api/undo', {});
  expect((await line('2:1')).decision.pause).toBe(2);
  const approve = (more: object) =>
    studio.post('/studio/api/chapters/2/approve', { approved: true, by: 'Ann', ...more });
  expect((await approve({})).body.chapter).toMatchObject({ number: 2, approved: { by: 'Ann' } });
  await decide({ say: 'The wind had gone.' });
  expect(await line('2:1')).toMatchObject({ verdict: 'none', editedNotSpoken: true, say: 'The wind had gone.' });
  // It was approved as it was.
  expect((await studio.get('/studio/api/book')).chapters[1].approved).toBeUndefined();
  expect(await approve({})).toMatchObject({ status: 409, body: { code: 'faults-open', open: ['2:1'] } });
  expect((await approve({ anyway: true })).status).toBe(200);
});

it('makes what changed, and it is heard in the finished chapter', async () => {
  const price = (await studio.post('/studio/api/apply/price', {})).body;
  expect(price).toMatchObject({ chapters: [2], segments: 1 });
  const before = await studio.get('/studio/api/book');
  expect(before.chapters.map(({ finished }: { finished: boolean }) => finished)).toEqual([true, false]);
  const { body, status } = await studio.post('/studio/api/apply', { agreed: price.nanos });
  expect(status).toBe(202);
  const job = await ended(body.job);
  expect(job).toMatchObject({ kind: 'apply', state: 'done', result: { chapters: [2] } });
  expect(spoken('The wind had gone.')).toBe(1);
  expect((await studio.send('/studio/api/chapters/2/finished')).status).toBe(200);
  expect((await studio.post('/studio/api/apply', { agreed: 0 })).body).toMatchObject({ code: 'nothing-changed' });
}, 60_000);

it('tells every page', async () => {
  const response = await studio.send('/studio/api/events');
  const reader = response.body!.getReader();
  const { id } = await line('1:1');
  const events: string[] = [];
  const reading = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      events.push(Buffer.from(value).toString());
    }
  })();
  await studio.post('/studio/api/lines/1:1/decide', { id, approved: true });
  await expect.poll(() => events.join(''), { timeout: MOST_MS }).toMatch(/"type":"line"[\s\S]*|"type":"book"/);
  expect(events.join('')).toContain('"number":"1:1"');
  await reader.cancel();
  await reading;
});

it('edits the words in the author’s file: only these bytes, and only if nobody has saved it meanwhile', async () => {
  const file = book.path('1.txt');
  // A byte order mark, CRLF and a wrapped line stay as they are.
  const text = '\ufeffThe boat came in.\r\n\r\n[mara] Ahoy,\r\n  the light!\r\n\r\nNobody answered.\r\n';
  const read = (await line('1:2')).file.version;
  await writeFile(file, text);
  await expect.poll(async () => (await line('1:2')).file.version, { timeout: MOST_MS }).not.toBe(read);
  const before = await line('1:2');
  expect(before).toMatchObject({ text: 'Ahoy, the light!', numbers: [1, 2], file: { name: '1.txt', line: 3 } });
  const edit = (words: string, more: object = {}) =>
    studio.post('/studio/api/lines/1:2/words', {
      id: before.id,
      of: before.file.version,
      preview: false,
      words,
      ...more,
    });
  const shown = await edit('Ahoy, the lamp!', { preview: true });
  expect(shown.body.difference).toContain('-  the light!\n+  the lamp!\n');
  expect(await readFile(file, 'utf8')).toBe(text);
  expect((await edit('[narrator] Ahoy', { preview: true })).body.difference).toContain('+[mara] \\[narrator] Ahoy');
  // These would be a scene break, or nothing.
  for (const words of ['***', '  '])
    expect(await edit(words)).toMatchObject({ status: 422, body: { code: 'words-read-otherwise' } });
  expect((await edit('Ahoy, the lamp!')).status).toBe(200);
  expect(await readFile(file, 'utf8')).toBe(text.replace('the light!', 'the lamp!'));
  const after = await line('1:2');
  expect(after).toMatchObject({ text: 'Ahoy, the lamp!', verdict: 'none', editedNotSpoken: true });
  expect((await edit('Ahoy, the lamp?')).body).toMatchObject({
    code: expect.stringMatching(/text-changed|other-line/),
  });
  // An editor saves the file before undo.
  expect((await studio.post('/studio/api/undo', {})).body).toMatchObject({ undone: 'the words of 1:2 in 1.txt' });
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(await line('1:2')).toMatchObject({ id: before.id, verdict: 'good' });
});

it('proposes the words where a watcher would make the book as soon as a text changes', async () => {
  await mkdir(book.path('.pipeline-watch'));
  const { id, file } = await line('1:2');
  const request = { id, of: file.version, preview: false, words: 'Ahoy, the lamp!' };
  const { body } = await studio.post('/studio/api/lines/1:2/words', request);
  // First the book, as books in one folder share the folder of their proposals.
  expect(await readFile(body.proposal, 'utf8')).toBe(`Book: book.yaml\n${body.difference}`);
  expect(await readFile(book.path('1.txt'), 'utf8')).toContain('the light!');
  await rm(book.path('.pipeline-watch'), { recursive: true });
});

it('adds a word to the manifest’s list, and nothing else to the manifest', async () => {
  const before = await readFile(book.manifest, 'utf8');
  expect((await studio.post('/studio/api/words', { term: 'boat', say: 'bote' })).status).toBe(200);
  expect(await readFile(book.manifest, 'utf8')).toBe(
    before.replace('book: { title', 'book: { pronunciations: { "boat": "bote" }, title'),
  );
  expect(await line('1:1')).toMatchObject({ text: 'The boat came in.', editedNotSpoken: true });
  expect((await studio.post('/studio/api/words', { term: 'boat', say: 'bout' })).status).toBe(409);
  expect((await studio.post('/studio/api/words', { term: 'b[o', say: 'bo' })).status).toBe(422);
  expect((await studio.post('/studio/api/undo', {})).body.undone).toBe('the pronunciation of "boat"');
  expect(await readFile(book.manifest, 'utf8')).toBe(before);
});

it('uses a recording, after listening to it', async () => {
  const send = (body: Uint8Array<ArrayBuffer>, type = 'audio/wav') =>
    studio.send('/studio/api/lines/2:2/recording', {
      method: 'POST',
      headers: { 'content-type': type, 'x-studio': '1' },
      body,
    });
  const silent = Buffer.concat([wavHeader({ sampleRateHz: 24_000, dataBytes: 48_000 }), Buffer.alloc(48_000)]);
  for (const [bytes, said] of [
    [silent, 'is silent'],
    [
      Buffer.from('no sound at all'),
      'The recording cannot be decoded. Invalid data found when processing input. Export',
    ],
  ] as const) {
    const refused = await send(Uint8Array.from(bytes));
    expect(refused.status).toBe(422);
    expect(((await refused.json()) as { detail: string }).detail).toContain(said);
  }
  expect((await send(Uint8Array.from(silent), 'text/plain')).status).toBe(415);
  const huge = { 'content-length': '999999999', 'content-type': 'audio/wav', 'x-studio': '1' };
  expect(
    (await studio.send('/studio/api/lines/2:2/recording', { method: 'POST', headers: huge, body: '' })).status,
  ).toBe(413);
  const take = await studio.send('/studio/api/lines/2:2/sound?around=0');
  const answered = (await (await send(new Uint8Array(await take.arrayBuffer()))).json()) as { line: object };
  expect(answered.line).toMatchObject({
    pickup: true,
    decision: { recording: expect.stringContaining('recordings/2-2 ') },
  });
  await expect.poll(async () => (await line('2:2')).verdict, { timeout: MOST_MS }).toBe('good');
  expect((await studio.post('/studio/api/lines/2:2/price', {})).body).toMatchObject({ code: 'recording' });
  const undone = await studio.post('/studio/api/undo', {});
  expect(undone.body.lines[0]).toMatchObject({ number: '2:2', pickup: false, chosen: 1 });
}, 30_000);

it('keeps the book as it was while a text or the review file has errors, and says which', async () => {
  const good = await review();
  for (const wrong of [good.replace('version: 1', 'version: 9'), good.replace('pause: 2', 'pause: soon'), '{{{']) {
    await writeFile(book.path('book.yaml.review'), wrong);
    await expect
      .poll(async () => (await studio.get('/studio/api/book')).notes.join(), { timeout: MOST_MS })
      .toContain('book.yaml.review');
    expect((await studio.get('/studio/api/chapters/1')).lines).toHaveLength(3);
    const { id } = await line('1:1');
    expect(await studio.post('/studio/api/lines/1:1/decide', { id, pause: 1 })).toMatchObject({ status: 507 });
    expect(await review()).toBe(wrong);
  }
  await writeFile(book.path('book.yaml.review'), good);
  await expect.poll(async () => (await studio.get('/studio/api/book')).notes, { timeout: MOST_MS }).toEqual([]);
});
