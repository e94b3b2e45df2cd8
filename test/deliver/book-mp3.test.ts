/** One MP3 of a whole book, from real chapters: what is heard, its marks, and what other programs say. */
import { execFile, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { readMp3Frames } from '../../src/audio/mp3/mp3-frames.ts';
import { joinMp3 } from '../../src/deliver/book-mp3/join-mp3.ts';
import { framesIn } from '../../src/deliver/marks/id3.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { makeChapters } from '../audio/m4b/chapters.ts';
import { quickFfmpeg } from '../quick-environment.ts';

const TITLES = ['One', '第二章 🎉', 'x'.repeat(300)];
let folder: string;
let sounds: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  ffmpeg = await quickFfmpeg();
  sounds = await makeChapters(TITLES, 'mp3');
  folder = await mkdtemp(join(tmpdir(), 'book-mp3-'));
});
afterAll(() => Promise.all([sounds, folder].map((path) => rm(path, { recursive: true }))));

async function joined(
  titles = TITLES,
  path = (i: number) => join(sounds, `${i % TITLES.length}.mp3`),
): Promise<Buffer> {
  const chapters = titles.map(async (title, i) => ({
    title,
    byteLength: (await stat(path(i))).size,
    open: () =>
      createReadStream(path(i), { highWaterMark: titles.length > 9 ? 1 << 18 : 777 }) as AsyncIterable<Buffer>,
  }));
  const pieces: Buffer[] = [];
  for await (const piece of joinMp3('The Book', await Promise.all(chapters))) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function samplesOf(path: string): Promise<Int16Array> {
  const { pcm } = await decodeToPcm({ ffmpeg, input: path, name: 'sound', maxSeconds: 60 });
  return new Int16Array(Uint8Array.from(pcm).buffer);
}

/** Titles of the marks, as ffmpeg reads them. */
async function titlesOf(path: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-i', path, '-f', 'ffmetadata', '-']);
  return [...stdout.matchAll(/TIMEBASE=1\/1000\nSTART=\d+\nEND=\d+\ntitle=(.*)/g)].map(([, title = '']) => title);
}

/** Times of the marks: ffmpeg would take off the encoder's delay when it copies them. */
function startsOf(bytes: Buffer): number[] {
  const marks = framesIn(bytes).filter(({ id }) => id === 'CHAP');
  return marks.map(({ content }) => content.readUInt32BE(content.indexOf(0) + 1));
}

it('plays every chapter sample for sample from its mark, to half a millisecond', async () => {
  const bytes = await joined();
  const path = join(folder, 'book.mp3');
  await writeFile(path, bytes);
  expect((await joined()).equals(bytes)).toBe(true);
  const book = await samplesOf(path);
  expect(await titlesOf(path)).toEqual(TITLES);
  let from = 0;
  for (const [i, startMs] of startsOf(bytes).entries()) {
    expect(Math.abs(startMs - (from * 1000) / 44_100)).toBeLessThanOrEqual(0.5);
    const own = await samplesOf(join(sounds, `${i}.mp3`));
    expect(Buffer.from(book.slice(from, from + own.length).buffer).equals(Buffer.from(own.buffer)), TITLES[i]).toBe(
      true,
    );
    from += 1152 * (await readMp3Frames(join(sounds, `${i}.mp3`)))!.frames;
  }
  // The header says what is there, so that a player ends where the sound does.
  expect(await readMp3Frames(path)).toMatchObject({
    promisedFrames: from / 1152,
    frames: from / 1152,
    cutInFrame: false,
  });
  const last = (await samplesOf(join(sounds, '2.mp3'))).length;
  const before = from - 1152 * (await readMp3Frames(join(sounds, '2.mp3')))!.frames;
  expect(book.length).toBe(before + last);
});

it('is one MP3 to the check of a file, also where the chapters begin in room tone instead of silence', async () => {
  const chapters = await makeChapters(['One', 'Two'], 'mp3', PROFILES.podcast);
  const path = join(folder, 'room-tone.mp3');
  await writeFile(path, await joined(['One', 'Two'], (i) => join(chapters, `${i}.mp3`)));
  expect((await readMp3Frames(path))?.stream).toEqual({ bytesBefore: 0, bytesWithin: 0, secondFileAtSeconds: null });
  await rm(chapters, { recursive: true });
});

it('of 300 chapters has its marks in tables of 255 at most', async () => {
  const titles = Array.from({ length: 300 }, (_, i) => `Chapter ${i + 1}`);
  const bytes = await joined(titles);
  const path = join(folder, 'many.mp3');
  await writeFile(path, bytes);
  expect(await titlesOf(path)).toEqual(titles);
  const tables = framesIn(bytes).filter(({ id }) => id === 'CTOC');
  const counts = tables.map(({ content }) => content[content.indexOf(0) + 2]);
  expect(counts).toEqual([2, 255, 45]);
});

const MP3VAL = '/usr/bin/mp3val';
const hasMp3val = spawnSync(MP3VAL, ['-v']).error === undefined;
it.skipIf(!hasMp3val)('is an MP3 that mp3val finds no fault with', async () => {
  const path = join(folder, 'valid.mp3');
  await writeFile(path, await joined());
  const { stdout } = await promisify(execFile)(MP3VAL, [path]);
  expect(stdout).not.toMatch(/WARNING|ERROR/);
  expect(stdout).toMatch(/INFO: .* MPEG frames \(MPEG 1 Layer III\), \+ID3v2, CBR/);
});

it.each([
  ['is cut off', (whole: Buffer) => whole.subarray(0, whole.length - 300)],
  ['lacks whole frames at its end', (whole: Buffer) => whole.subarray(0, whole.length - 10 * 627)],
  ['has another file behind it', (whole: Buffer) => Buffer.concat([whole, whole])],
  [
    'has foreign bytes in it',
    (whole: Buffer) => Buffer.concat([whole.subarray(0, 9000), Buffer.from('x'), whole.subarray(9000)]),
  ],
  ['is empty', () => Buffer.alloc(0)],
  ['is no MP3', () => Buffer.alloc(5000, 'RIFF')],
])('a chapter that %s is named', async (_why, damage) => {
  const path = join(folder, 'damaged.mp3');
  await writeFile(path, damage(await readFile(join(sounds, '1.mp3'))));
  const book = joined(TITLES, (i) => (i === 1 ? path : join(sounds, `${i}.mp3`)));
  await expect(book).rejects.toMatchObject({ code: 'store-damaged', message: expect.stringContaining('第二章') });
});
