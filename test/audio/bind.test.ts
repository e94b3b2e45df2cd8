import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BindRequest, bindBook } from '../../src/audio/bind.ts';
import { decodeToPcm } from '../../src/audio/decode.ts';
import type { Ffmpeg } from '../../src/audio/ffmpeg-binary.ts';
import { inspectFile } from '../../src/audio/inspect.ts';
import { masterChapter } from '../../src/audio/master.ts';
import { copyPackets } from '../../src/audio/mp4-packets.ts';
import { createSampleReader } from '../../src/audio/pcm.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { ffmpegHere, join, RATE_HZ, silence, sine, take } from './signals.ts';

const CHAPTERS = 5;
const TITLES = ['"One" = 1; #2 \\ 3', 'Zwei 🎉', 'three\nlines', 'x'.repeat(300), 'Five'];
const TAGS = { title: 'The Tin Lighthouse', artist: 'A. Writer', language: 'en', comment: 'Synthetic speech' };
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
/** Where in each chapter its tone begins, in seconds. */
const TONE_AT = 1;

let all: string;
let folder: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  ffmpeg = await ffmpegHere();
  all = await mkdtemp(joinPath(tmpdir(), 'bind-chapters-'));
  for (let i = 0; i < CHAPTERS; i++) {
    // Odd lengths, so that every chapter ends inside a frame.
    const takes = [take(join(silence(TONE_AT), sine(500, -20, 0.5), silence(1 + 0.0137 * i)))];
    const tags = { ...TAGS, album: 'b', track: i + 1, tracks: CHAPTERS };
    const outputs = [{ format: 'm4a' as const, path: joinPath(all, `${i}.m4a`) }];
    const profile = { ...PROFILES.none, headSeconds: TONE_AT, tailSeconds: 1 + 0.0137 * i };
    await masterChapter({ ffmpeg, takes, sampleRateHz: RATE_HZ, profile, outputs, tags });
  }
});
beforeEach(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'bind-'));
  return () => rm(folder, { recursive: true });
});
afterAll(() => rm(all, { recursive: true }));

function bind(more: Partial<BindRequest> = {}, path = (i: number) => joinPath(all, `${i}.m4a`)) {
  const chapters = TITLES.map((title, i) => ({ title, open: async () => path(i), close: async () => {} }));
  const request = { ffmpeg, chapters, folder, output: joinPath(folder, 'book.m4b'), tags: TAGS };
  return bindBook({ ...request, ...more });
}

describe('bindBook', () => {
  it('says how much of the book is finished: chapter by chapter, then while it is read back', async () => {
    const shares: number[] = [];
    await bind({ onProgress: (share) => shares.push(share) });
    expect(shares.slice(0, TITLES.length)).toEqual(TITLES.map((_, index) => (0.5 * (index + 1)) / TITLES.length));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1, 6);
  });

  it('puts every mark where its chapter begins in the sound, to the millisecond', async () => {
    const { chapters, durationSeconds } = await bind();
    const path = joinPath(folder, 'book.m4b');
    const { pcm } = await decodeToPcm({ ffmpeg, input: path, name: 'book', maxSeconds: 60 });
    const samples = createSampleReader().read(Buffer.from(pcm));
    expect(samples.length / 44_100).toBeCloseTo(durationSeconds, 1);
    for (const { startSeconds } of chapters) {
      const from = Math.round(startSeconds * 44_100);
      const onset = samples.findIndex((x, i) => i >= from && Math.abs(x) > 700);
      // The encoder's own 1024 samples come first; the fade-in makes the tone visible a little late.
      expect((onset - from) / 44_100 - TONE_AT - 1024 / 44_100).toBeGreaterThan(-0.004);
      expect((onset - from) / 44_100 - TONE_AT - 1024 / 44_100).toBeLessThan(0.008);
    }
  });

  it('writes titles, tags and cover that read back, and the index first', async () => {
    await bind({ cover: { bytes: PNG, mediaType: 'image/png' } });
    const path = joinPath(folder, 'book.m4b');
    const { stdout, stderr } = await promisify(execFile)(ffmpeg.path, [
      '-hide_banner',
      '-i',
      path,
      '-f',
      'ffmetadata',
      '-',
    ]);
    const text = stdout.replace(/\\(.)/gs, '$1');
    for (const title of TITLES) expect(text).toContain(`title=${title}`);
    for (const line of ['title=The Tin Lighthouse', 'artist=A. Writer', 'media_type=2', 'genre=Audiobook'])
      expect(text).toContain(line);
    expect(stderr).toMatch(/Video: png.*attached pic/);
    const bytes = await readFile(path);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
    const { rules } = judgeFile(await inspectFile({ ffmpeg, path }), PROFILES.acx);
    expect(rules.find(({ rule }) => rule === 'chapterMarks')).toMatchObject({ pass: true, measured: '5 in place' });
  });

  it('gives the same bytes for the same chapters', async () => {
    await bind({ output: joinPath(folder, 'a.m4b') });
    await bind({ output: joinPath(folder, 'b.m4b') });
    const [a, b] = await Promise.all([readFile(joinPath(folder, 'a.m4b')), readFile(joinPath(folder, 'b.m4b'))]);
    expect(a.equals(b)).toBe(true);
  });

  it('refuses a chapter that is broken or unlike the others, and says which', async () => {
    const stereo = joinPath(folder, 'stereo.m4a');
    await promisify(execFile)(ffmpeg.path, [
      '-v',
      'error',
      '-i',
      joinPath(all, '1.m4a'),
      '-ac',
      '2',
      '-c:a',
      'aac',
      stereo,
    ]);
    const odd = (i: number) => (i === 1 ? stereo : joinPath(all, `${i}.m4a`));
    await expect(bind({}, odd)).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringContaining('Zwei'),
    });
    await writeFile(stereo, 'no sound');
    await expect(bind({}, odd)).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('ends on abort', async () => {
    await expect(bind({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('packets of an M4A', () => {
  const copied = async (path: string) => {
    const pieces: Buffer[] = [];
    const sound = await copyPackets(path, (packets) => void pieces.push(packets.adts()));
    return { sound, bytes: Buffer.concat(pieces) };
  };

  it('are copied as ffmpeg copies them, byte for byte', async () => {
    const path = joinPath(all, '1.m4a');
    const out = joinPath(folder, 'x.aac');
    await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-y', '-i', path, '-c', 'copy', '-f', 'adts', out]);
    const { sound, bytes } = await copied(path);
    expect(sound).toMatchObject({ isComplete: true, sampleRateHz: 44_100, channels: 1 });
    expect(bytes.equals(await readFile(out))).toBe(true);
  });

  it('that are not all there, or whose index is damaged, are not complete', async () => {
    const path = joinPath(folder, 'cut.m4a');
    const whole = await readFile(joinPath(all, '1.m4a'));
    const table = whole.indexOf('stsc');
    for (const damaged of [
      whole.subarray(0, whole.length - 900),
      whole.subarray(0, 700),
      Buffer.from('no sound'),
      Buffer.concat([whole.subarray(0, table + 8), Buffer.alloc(60, 0xff), whole.subarray(table + 68)]),
      Buffer.alloc(0),
    ]) {
      await writeFile(path, damaged);
      expect((await copied(path)).sound.isComplete).toBe(false);
    }
  });
});

it.each([
  ['chapter marks are wrong', '-map_chapters=-1'],
  ['audio differs from the chapters', '-c:a=aac'],
])('fails its verification when its %s', async (what, change) => {
  const program = joinPath(folder, 'ffmpeg.mjs');
  const [option, value] = change.split('=');
  await writeFile(
    program,
    `#!${process.execPath}
import { spawnSync } from 'node:child_process';
const args = process.argv.slice(2);
const at = args.lastIndexOf('${option}');
if (at >= 0) args[at + 1] = '${value}';
process.exit(spawnSync('${ffmpeg.path}', args, { stdio: 'inherit' }).status);
`,
    { mode: 0o755 },
  );
  await expect(bind({ ffmpeg: { ...ffmpeg, path: program } })).rejects.toMatchObject({
    code: 'ffmpeg-failed',
    message: expect.stringContaining(what),
  });
});
