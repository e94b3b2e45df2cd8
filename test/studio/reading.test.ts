/** What the studio reads: the book, its chapters as they will sound, suspects, and who may read it. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integratedLoudness } from '../../src/audio/measure/loudness.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { findMaster } from '../../src/store/masters.ts';
import { bookFolder, called, quickCommands } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

const TEXTS = [
  'The boat came in, and nobody on the pier said a word.\n\n[mara] Ahoy, the light!\n\nNobody answered.\n\n[mara] Yes.',
  'The wind had turned.\n\n[mara] <b>Yes</b> "&amp;" ‮abc.\n\nThey listened.',
];
const RATE = 24_000;
let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;

quickCommands();
beforeAll(async () => {
  book = await bookFolder(TEXTS, { formats: 'wav' });
  const made = await called(() => runCommand(book.manifest, { ...book.flags, chapter: [1] }));
  expect(made.code).toBe(0);
  await mkdir(book.path('page/assets'), { recursive: true });
  await writeFile(book.path('page/index.html'), '<!doctype html><title>Studio</title>');
  await writeFile(book.path('page/assets/index-1.js'), 'start();');
  studio = await studioOf(book.manifest, book.flags, { page: book.path('page') });
});
afterAll(async () => {
  expect(studio.faults).toEqual([]);
  await studio.close();
  await book.destroy();
});

const wav = async (path: string, headers: Record<string, string> = {}) => {
  const response = await studio.send(path, { headers });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
};

describe('what the page shows', () => {
  it('can be heard without another look at files and store, and nothing else', async () => {
    const { version } = await studio.get('/studio/api/chapters/1');
    const { current } = studio.studio;
    const { now } = current;
    let looks = 0;
    current.now = () => {
      looks += 1;
      return now();
    };
    try {
      for (const path of ['chapters/1/sound?', 'chapters/1/peaks?', 'lines/1:2/sound?take=1&']) {
        expect((await studio.send(`/studio/api/${path}v=${version}`)).status).toBe(200);
        expect(looks).toBe(0);
        expect((await studio.send(`/studio/api/${path}v=of-another`)).status).toBe(200);
        expect(looks).toBe(1);
        looks = 0;
      }
    } finally {
      current.now = now;
    }
  });
});

describe('the book', () => {
  it('says what is open in each chapter', async () => {
    const shown = await studio.get('/studio/api/book');
    expect(shown).toMatchObject({
      title: 'A Small Book',
      author: 'Somebody',
      simulated: true,
      chapters: [
        { number: 1, title: 'Part 1', lines: 4, passed: 4, toHear: 0, unspoken: 0, finished: true },
        { number: 2, lines: 3, passed: 0, unspoken: 3, finished: false },
      ],
      characters: [
        { name: 'narrator', lines: 4 },
        { name: 'mara', lines: 3 },
      ],
      notes: [],
    });
    expect(shown.money.spent).toMatch(/^0\.\d{4} CNY$/);
  });

  it('names each line, its take, its place in the sound and in the author’s file; text is data', async () => {
    const { lines } = await studio.get('/studio/api/chapters/1');
    expect(lines[1]).toMatchObject({
      number: '1:2',
      character: 'mara',
      text: 'Ahoy, the light!',
      verdict: 'good',
      file: { name: '1.txt', line: 3 },
      editedNotSpoken: false,
    });
    expect(lines[1].words[0]).toMatchObject({ text: 'Ahoy', from: 0, to: 4 });
    expect(lines[1].words[0].startMs).toBeGreaterThanOrEqual(lines[1].startMs);
    const two = await studio.get('/studio/api/chapters/2');
    expect(two.lines[1].text).toContain('<b>Yes</b>');
    // Half a second of silence stands in for each.
    expect(two.lines.map(({ startMs, endMs }: Record<string, number>) => endMs! - startMs!)).toEqual([500, 500, 500]);
    expect((await studio.send('/studio/api/chapters/9')).status).toBe(404);
    expect((await studio.send('/studio/api/lines/9:1/takes')).status).toBe(404);
  });

  it('has takes with their outlines, and no suspects', async () => {
    const { takes } = await studio.get('/studio/api/lines/1:2/takes');
    expect(takes).toMatchObject([{ number: 1, chosen: true, doubts: [] }]);
    expect(takes[0].loudnessDb).toBeLessThan(-10);
    const peaks = Buffer.from(takes[0].peaks.peaks, 'base64');
    expect(peaks.length / 2).toBeCloseTo(takes[0].seconds * takes[0].peaks.perSecond, -1);
    expect(await studio.get('/studio/api/suspects')).toEqual({ lines: [] });
  });
});

describe('the sound of a chapter', () => {
  it('is that of the finished one: levels within 1 LU, every line within 10 ms', async () => {
    const { bytes } = await wav('/studio/api/chapters/1/sound');
    const finished = await wav('/studio/api/chapters/1/finished');
    expect(finished.response.headers.get('content-type')).toBe('audio/wav');
    const { lines } = await studio.get('/studio/api/chapters/1');
    const { plan, store } = await studio.studio.current.now();
    const master = await findMaster(store, plan.chapters[0]!.master.step.key);
    for (const [index, { startMs, endMs }] of lines.entries()) {
      const { startSeconds, durationSeconds } = master!.positions[index]!;
      expect(Math.abs(startMs - startSeconds * 1000)).toBeLessThan(10);
      expect(Math.abs(endMs - (startSeconds + durationSeconds) * 1000)).toBeLessThan(10);
    }
    const [ours, theirs] = [soundOf(bytes), soundOf(finished.bytes)];
    expect(ours.seconds).toBeCloseTo(theirs.seconds, 2);
    expect(Math.abs(ours.lufs - theirs.lufs)).toBeLessThan(1);
    expect(Math.abs(lagMs(ours.envelope, theirs.envelope))).toBeLessThan(10);
  });

  it('can be begun anywhere: a range is the same bytes, and reads only the takes that it needs', async () => {
    const whole = (await wav('/studio/api/chapters/1/sound')).bytes;
    const opened: string[] = [];
    const { store } = await studio.studio.current.now();
    const openBlob = store.openBlob;
    store.openBlob = (digest) => {
      opened.push(digest);
      return openBlob(digest);
    };
    const { lines } = await studio.get('/studio/api/chapters/1');
    const inSecond = 44 + 2 * Math.round(((lines[1].startMs + 100) * RATE) / 1000) + 1;
    for (const [from, to, takes] of [
      [0, 9, 0],
      [20, 100_000, 1],
      [inSecond, inSecond + 200, 1],
      [whole.length - 7, whole.length - 1, 0],
    ] as const) {
      opened.length = 0;
      const { response, bytes } = await wav('/studio/api/chapters/1/sound', { range: `bytes=${from}-${to}` });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to}/${whole.length}`);
      expect(bytes.equals(whole.subarray(from, to + 1))).toBe(true);
      expect(opened).toHaveLength(takes);
    }
    Reflect.deleteProperty(store, 'openBlob');
    expect((await wav('/studio/api/chapters/1/sound', { range: `bytes=${whole.length}-` })).response.status).toBe(416);
    const head = await studio.send('/studio/api/chapters/1/sound', { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(whole.length));
  });

  it('begins at once, and stops when the player goes away', async () => {
    const response = await studio.send('/studio/api/chapters/1/sound');
    const reader = response.body!.getReader();
    const from = performance.now();
    expect((await reader.read()).value).toHaveLength(44);
    await reader.read();
    expect(performance.now() - from).toBeLessThan(300);
    await reader.cancel();
  });

  it('ends in words when the store vanishes while it is heard, and is whole again with it', async () => {
    const { version } = await studio.get('/studio/api/chapters/1');
    const response = await studio.send(`/studio/api/chapters/1/sound?v=${version}`);
    await rename(book.path('store'), book.path('moved'));
    try {
      await expect(response.arrayBuffer()).rejects.toContain(`The store at ${book.path('store')} is gone.`);
    } finally {
      await rename(book.path('moved'), book.path('store'));
    }
    expect((await wav('/studio/api/chapters/1/sound')).response.status).toBe(200);
  });

  it('of a line has what is around it', async () => {
    const { bytes } = await wav('/studio/api/lines/1:2/sound?around=1');
    const { lines } = await studio.get('/studio/api/chapters/1');
    expect((bytes.length - 44) / 2 / RATE).toBeCloseTo((lines[1].endMs - lines[1].startMs) / 1000 + 2, 1);
    expect((await studio.send('/studio/api/lines/1:2/sound?take=7')).status).toBe(404);
    expect((await studio.send('/studio/api/lines/2:1/sound')).status).toBe(404);
  });

  it('is drawn from measures', async () => {
    const { perSecond, peaks } = await studio.get('/studio/api/chapters/1/peaks');
    const { seconds } = await studio.get('/studio/api/chapters/1');
    expect(Buffer.from(peaks, 'base64').length / 2).toBe(Math.ceil(seconds * perSecond));
  });
});

describe('the door', () => {
  it('serves the page for its addresses, and no other file', async () => {
    for (const path of ['/', '/chapters/3', '/suspects', '/books'])
      expect(await (await studio.send(path)).text()).toContain('Studio');
    const script = await studio.send('/assets/index-1.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    for (const path of ['/assets/../../book.yaml', '/assets/%2e%2e/%2e%2e/book.yaml', '//etc/passwd', '/index.html'])
      expect((await studio.send(path)).status).toBe(404);
    expect((await studio.send('/healthz')).status).toBe(200);
  });

  it('denies pages of other sites, other host names, and changes without its header', async () => {
    const api = '/studio/api/book';
    for (const header of [
      ['origin', 'http://evil.example'],
      ['sec-fetch-site', 'cross-site'],
      ['host', 'evil.example'],
    ] as const)
      expect((await studio.send(api, { headers: Object.fromEntries([header]) })).status).toBe(403);
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await studio.send('/studio/api/undo', post)).status).toBe(403);
  });

  it('with a token, lets in who logged in', async () => {
    const token = 'a-long-token-of-a-test';
    const locked = await studioOf(book.manifest, book.flags, { token });
    expect((await locked.send('/studio/api/book')).status).toBe(401);
    expect((await locked.send('/')).status).toBe(503);
    expect((await locked.post('/studio/login', { token: 'wrong' })).body).toMatchObject({ code: 'wrong-token' });
    const headers = { 'content-type': 'application/json', 'x-studio': '1' };
    const login = await locked.send('/studio/login', { method: 'POST', headers, body: JSON.stringify({ token }) });
    const cookie = login.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(token);
    expect((await locked.send('/studio/api/book', { headers: { cookie: cookie.split(';')[0]! } })).status).toBe(200);
    expect((await locked.send('/studio/api/book', { headers: { cookie: 'studio=AAAA' } })).status).toBe(401);
    await locked.close();
  });
});

function soundOf(file: Buffer) {
  const channels = file.readUInt16LE(22);
  const rate = file.readUInt32LE(24);
  const data = file.subarray(file.indexOf('data') + 8);
  const samples = Int16Array.from({ length: Math.floor(data.length / 2 / channels) }, (_, i) =>
    data.readInt16LE(2 * i * channels),
  );
  const meter = createMeter(rate, { of: 'file' });
  meter.pushSamples(samples);
  // Energy of each millisecond.
  const step = rate / 1000;
  const envelope = Float64Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    let sum = 0;
    for (let at = Math.round(i * step); at < Math.round((i + 1) * step); at++) sum += samples[at]! ** 2;
    return Math.sqrt(sum);
  });
  return { seconds: samples.length / rate, lufs: integratedLoudness(meter.finish().loudness), envelope };
}

/** By how many milliseconds one is later than the other, where they are most alike. */
function lagMs(a: Float64Array, b: Float64Array): number {
  let best = { lag: 0, score: Number.NEGATIVE_INFINITY };
  for (let lag = -50; lag <= 50; lag++) {
    let score = 0;
    for (let i = 50; i < Math.min(a.length, b.length) - 50; i++) score += a[i]! * b[i + lag]!;
    if (score > best.score) best = { lag, score };
  }
  return best.lag;
}
