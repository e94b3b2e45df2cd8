import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeToPcm } from '../../../src/audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { type BindRequest, bindBook } from '../../../src/audio/m4b/bind-book.ts';
import { bookHead } from '../../../src/audio/m4b/book-head.ts';
import { proveHead } from '../../../src/audio/m4b/prove-head.ts';
import { inspectFile } from '../../../src/audio/measure/inspect.ts';
import { copyPackets } from '../../../src/audio/mp4/mp4-packets.ts';
import { PROFILES } from '../../../src/qc/profiles.ts';
import { judgeFile } from '../../../src/qc/verdict.ts';
import { ffmpegHere } from '../signals.ts';
import { makeChapters, PNG, TAGS, TITLES } from './chapters.ts';

let all: string;
let folder: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  ffmpeg = await ffmpegHere();
  all = await makeChapters();
});
beforeEach(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'bind-'));
  return () => rm(folder, { recursive: true });
});
afterAll(() => rm(all, { recursive: true }));

/** Binds chapters in memory; `path` names the M4A of each. */
async function bind(more: Partial<BindRequest> = {}, path = (i: number) => joinPath(all, `${i}.m4a`), titles = TITLES) {
  const pieces: Buffer[] = [];
  const book = await bindBook({
    chapters: titles.map((title, i) => ({ title, open: () => createReadStream(path(i)) as AsyncIterable<Buffer> })),
    tags: TAGS,
    write: async (piece) => void pieces.push(piece),
    ...more,
  });
  return { ...book, bytes: Buffer.concat(pieces) };
}

async function pcmOf(path: string): Promise<Buffer> {
  const { pcm } = await decodeToPcm({ ffmpeg, input: path, name: 'sound', maxSeconds: 60 });
  return Buffer.from(pcm);
}

function samplesOf(pcm: Buffer): Int16Array {
  return new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength / 2);
}

async function metadataOf(path: string): Promise<{ text: string; streams: string }> {
  const args = ['-hide_banner', '-i', path, '-f', 'ffmetadata', '-'];
  const { stdout, stderr } = await promisify(execFile)(ffmpeg.path, args);
  return { text: stdout.replace(/\\(.)/gs, '$1'), streams: stderr };
}

describe('a bound book', () => {
  it('plays every chapter sample for sample from its mark', async () => {
    const { bytes, chapters, durationSeconds } = await bind();
    const path = joinPath(folder, 'book.m4b');
    await writeFile(path, bytes);
    const book = await pcmOf(path);
    for (const [i, { startSeconds }] of chapters.entries()) {
      const own = samplesOf(await pcmOf(joinPath(all, `${i}.m4a`)));
      const from = startSeconds * 44_100;
      expect(from, 'a mark between two samples').toBeCloseTo(Math.round(from), 3);
      const part = samplesOf(book).subarray(Math.round(from), Math.round(from) + own.length);
      // A container counts a file's length in milliseconds, so that up to one of them may be missing at the end.
      expect(part.length).toBeGreaterThan(own.length - 50);
      // Decoders make up noise by chance: the last bit differs here and there.
      expect(part.reduce((most, sample, at) => Math.max(most, Math.abs(sample - own[at]!)), 0)).toBeLessThanOrEqual(1);
    }
    // ffmpeg plays the last packet to its end.
    expect(book.length / 2 / 44_100).toBeCloseTo(durationSeconds, 1);
  });

  it('has titles, tags and cover that other programs read, and its index first', async () => {
    const { bytes, chapters } = await bind({ cover: { bytes: PNG, mediaType: 'image/png' } });
    const path = joinPath(folder, 'book.m4b');
    await writeFile(path, bytes);
    const { text, streams } = await metadataOf(path);
    for (const title of TITLES) expect(text).toContain(`title=${title}`);
    for (const { startSeconds } of chapters) expect(text).toContain(`START=${Math.round(startSeconds * 44_100)}\n`);
    for (const line of ['title=The Tin Lighthouse', 'artist=A. Writer', 'media_type=2', 'genre=Audiobook'])
      expect(text).toContain(line);
    expect(streams).toMatch(/Video: png.*attached pic/);
    expect(streams).toMatch(/Audio: aac.*44100 Hz, mono/);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    const { rules } = judgeFile(await inspectFile({ ffmpeg, path }), PROFILES.acx);
    expect(rules.find(({ rule }) => rule === 'chapterMarks')).toMatchObject({ pass: true, measured: '5 in place' });
  });

  it('has the packets of its chapters, and the same bytes each time', async () => {
    const once = await bind();
    expect((await bind()).bytes.equals(once.bytes)).toBe(true);
    const path = joinPath(folder, 'book.m4b');
    await writeFile(path, once.bytes);
    const packets = async (file: string) => {
      const pieces: Buffer[] = [];
      const { isComplete } = await copyPackets(file, ({ bytes }) => void pieces.push(bytes));
      expect(isComplete).toBe(true);
      return Buffer.concat(pieces);
    };
    const own = await Promise.all(TITLES.map((_, i) => packets(joinPath(all, `${i}.m4a`))));
    expect((await packets(path)).equals(Buffer.concat(own))).toBe(true);
  });

  it('of 300 chapters has all marks to the sample in its chapter track, and 255 in the list of Nero', async () => {
    const titles = Array.from({ length: 300 }, (_, i) => `Chapter ${i + 1}`);
    const { bytes, chapters } = await bind({}, (i) => joinPath(all, `${i % TITLES.length}.m4a`), titles);
    const path = joinPath(folder, 'book.m4b');
    await writeFile(path, bytes);
    const starts = [...(await metadataOf(path)).text.matchAll(/TIMEBASE=1\/44100\nSTART=(\d+)/g)];
    expect(starts.map(([, start]) => Number(start))).toEqual(
      chapters.map(({ startSeconds }) => Math.round(startSeconds * 44_100)),
    );
    const list = bytes.indexOf('chpl');
    expect(bytes[list + 12]).toBe(255);
    // Nero's list counts in 100 ns.
    const first = list + 13;
    const second = first + 9 + bytes[first + 8]!;
    expect(Number(bytes.readBigUInt64BE(second)) / 1e7).toBeCloseTo(chapters[1]!.startSeconds, 6);
  });

  it('says how much of it is finished', async () => {
    const shares: number[] = [];
    await bind({ onProgress: (share) => shares.push(share) });
    expect(shares).toHaveLength(TITLES.length);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});

describe('a chapter that cannot be bound', () => {
  it.each([
    ['is cut off', (whole: Buffer) => whole.subarray(0, whole.length - 900)],
    ['has half an index', (whole: Buffer) => whole.subarray(0, 700)],
    ['is no sound', () => Buffer.from('no sound')],
    ['is empty', () => Buffer.alloc(0)],
    [
      'has an index that points elsewhere',
      (whole: Buffer) => {
        const table = whole.indexOf('stsc');
        return Buffer.concat([whole.subarray(0, table + 8), Buffer.alloc(60, 0xff), whole.subarray(table + 68)]);
      },
    ],
  ])('because it %s is named', async (_why, damage) => {
    const path = joinPath(folder, 'damaged.m4a');
    await writeFile(path, damage(await readFile(joinPath(all, '1.m4a'))));
    const damaged: number[] = [];
    const bound = bind({ onDamaged: (chapter) => damaged.push(chapter) }, (i) =>
      i === 1 ? path : joinPath(all, `${i}.m4a`),
    );
    await expect(bound).rejects.toMatchObject({ code: 'store-damaged', message: expect.stringContaining('Zwei') });
    expect(damaged).toEqual([1]);
  });

  it('because it is unlike the first is named', async () => {
    const path = joinPath(folder, 'stereo.m4a');
    const to = ['-ac', '2', '-c:a', 'aac', '-movflags', '+faststart', path];
    await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-i', joinPath(all, '1.m4a'), ...to]);
    const bound = bind({}, (i) => (i === 1 ? path : joinPath(all, `${i}.m4a`)));
    await expect(bound).rejects.toMatchObject({ code: 'store-damaged', message: expect.stringContaining('Zwei') });
  });

  it('is not begun after an abort', async () => {
    await expect(bind({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('the head of a book', () => {
  const sound = { sampleRateHz: 44_100, channels: 1, config: Buffer.from([0x12, 0x08]), lastPacketSamples: 136 };
  const chapters = [0, 1_000_000].map((startSample) => ({ title: 'T', startSample }));
  const layout = { ...sound, primingSamples: 1024, chapters, tags: TAGS };

  it('counts more than 13 hours and 4 GB in eight bytes', () => {
    const sizes = new Uint32Array(2_100_000).fill(2000);
    const head = bookHead({ ...layout, sizes });
    expect(head.includes('co64')).toBe(true);
    // Version 1 of the media header.
    expect(head[head.indexOf('mdhd') + 4]).toBe(1);
    expect(() => proveHead(head, { ...layout, sizes })).not.toThrow();
  });

  it.each([
    ['a packet has another size', { sizes: new Uint32Array(1000).fill(201) }, 'sound is not where'],
    ['the sound begins elsewhere', { primingSamples: 0 }, 'sound is not where'],
    [
      'a mark is a sample late',
      { chapters: chapters.map((one) => ({ ...one, startSample: one.startSample && 1_000_001 })) },
      'marks',
    ],
    ['a title is another', { chapters: chapters.map((one) => ({ ...one, title: 'U' })) }, 'marks'],
  ])('is refused when %s', (_what, other, message) => {
    const book = { ...layout, sizes: new Uint32Array(1000).fill(200) };
    expect(() => proveHead(bookHead(book), book)).not.toThrow();
    expect(() => proveHead(bookHead(book), { ...book, ...other })).toThrow(message);
  });
});
