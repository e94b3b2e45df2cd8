/** MP3s that other programs and hands made: what is in them besides one MP3, and names that say something else. */
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { misnamed } from '../../src/audio/measure/misnamed.ts';
import { readMp3Frames } from '../../src/audio/mp3/mp3-frames.ts';
import { mp3FrameAt } from '../../src/audio/mp3/mp3-header.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { ffmpegHere } from './signals.ts';

let folder: string;
let ffmpeg: Ffmpeg;
/** 1.5 s; with an ID3 tag and an Info header, and with neither. */
let tagged: Buffer;
let plain: Buffer;
const at = (name: string) => joinPath(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'foreign-'));
  ffmpeg = await ffmpegHere();
  tagged = await encoded('tagged.mp3', ['-c:a', 'libmp3lame', '-b:a', '192k', '-metadata', 'title=One']);
  const bare = ['-write_xing', '0', '-id3v2_version', '0'];
  plain = await encoded('plain.mp3', ['-c:a', 'libmp3lame', '-b:a', '192k', ...bare]);
});
afterAll(() => rm(folder, { recursive: true }));

async function encoded(name: string, options: string[]): Promise<Buffer> {
  const source = ['-f', 'lavfi', '-i', 'sine=440:r=44100:d=1.5'];
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-y', ...source, ...options, at(name)]);
  return readFile(at(name));
}

async function streamOf(...parts: Uint8Array[]) {
  await writeFile(at('joined.mp3'), Buffer.concat(parts));
  return (await readMp3Frames(at('joined.mp3')))?.stream;
}

const CLEAN = { bytesBefore: 0, bytesWithin: 0, secondFileAtSeconds: null };
const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 32)]);
/** A picture in it looks like frames. */
const ape = (() => {
  const items = Buffer.alloc(5000, Buffer.from([0xff, 0xfb, 0xb0, 0xc0]));
  const header = Buffer.alloc(32);
  header.write('APETAGEX');
  header.writeUInt32LE(items.length + 32, 12);
  header.writeUInt32LE(0xa000_0000, 20);
  return Buffer.concat([header, items, header]);
})();

it('takes one MP3 for one, with every kind of tag', async () => {
  expect(await streamOf(tagged)).toEqual(CLEAN);
  expect(await streamOf(plain)).toEqual(CLEAN);
  expect(await streamOf(tagged, id3v1)).toEqual(CLEAN);
  expect(await streamOf(plain, ape, id3v1)).toEqual(CLEAN);
  expect(await streamOf(ape, plain)).toEqual(CLEAN);
  expect(await streamOf(plain, Buffer.from('LYRICSBEGININD00002100000542LYRICS200'), id3v1)).toEqual(CLEAN);
  expect(await streamOf(Buffer.alloc(2000), plain)).toEqual(CLEAN);
});

it('finds a second MP3, by its tag, its header, the first one’s header, or its format', async () => {
  const slow = await encoded('slow.mp3', [
    '-c:a',
    'libmp3lame',
    '-ar',
    '22050',
    '-write_xing',
    '0',
    '-id3v2_version',
    '0',
  ]);
  for (const parts of [
    [tagged, tagged],
    [plain, tagged],
    [plain, id3v1, plain],
    [tagged, plain],
    [plain, plain],
    [plain, slow],
  ]) {
    const found = await streamOf(...parts);
    expect(found?.secondFileAtSeconds).toBeCloseTo(1.54, 1);
  }
});

it('takes a file for one whose sound stops and begins, at any bit rate, and one without a reservoir', async () => {
  const gate = ['-af', "volume='lt(t,0.7)+gt(t,0.77)':eval=frame"];
  const bare = ['-c:a', 'libmp3lame', ...gate, '-write_xing', '0', '-id3v2_version', '0'];
  const kinds = [
    ['-b:a', '256k'],
    ['-b:a', '320k'],
    ['-q:a', '2'],
    ['-b:a', '192k', '-reservoir', '0'],
  ];
  for (const kind of kinds) expect(await streamOf(await encoded('gated.mp3', [...bare, ...kind]))).toEqual(CLEAN);
});

it('counts bytes before the first frame and between frames that are no sound', async () => {
  const page = Buffer.from('<html>502 Bad Gateway</html>');
  expect(await streamOf(page, plain)).toEqual({ ...CLEAN, bytesBefore: page.length });
  expect(await streamOf(tagged.subarray(0, tagged.length / 2), page, plain)).toMatchObject({ bytesBefore: 0 });
  let whole = 0;
  while (whole < 4000) whole += mp3FrameAt(plain, whole)?.bytes ?? 4000;
  expect(await streamOf(plain.subarray(0, whole), page, plain.subarray(whole))).toMatchObject({
    bytesWithin: page.length,
  });
});

it('takes what ffmpeg does not know behind the last frame for a tag, for padding, or for bytes that are no sound', async () => {
  const brokenRules = async (...parts: Uint8Array[]) => {
    await writeFile(at('behind.mp3'), Buffer.concat(parts));
    const { rules } = judgeFile(await inspectFile({ ffmpeg, path: at('behind.mp3') }), PROFILES.none);
    return rules.filter(({ pass }) => !pass).map(({ rule, measured }) => `${rule}: ${measured}`);
  };
  const lyrics = Buffer.from('LYRICSBEGININD00002100000542LYRICS200');
  // Items without what looks like frames: ffmpeg would decode those.
  const items = Buffer.alloc(5000, 'Title');
  const [header, footer] = [ape.subarray(0, 32), ape.subarray(-32)];
  const firstFooter = Buffer.concat([footer.subarray(0, 20), Buffer.alloc(12)]);
  const lateApe = [id3v1, header, items, footer];
  for (const tags of [[lyrics, id3v1], lateApe, [items, firstFooter], [tagged.subarray(0, 45)], [Buffer.alloc(3000)]])
    expect(await brokenRules(tagged, ...tags)).toEqual([]);
  const page = Buffer.from('<html>502 Bad Gateway</html>');
  const told = ['oneStream: 28 bytes after its end that are no sound'];
  expect(await brokenRules(tagged, page)).toEqual(told);
  expect(await brokenRules(plain, page, ape, id3v1)).toEqual(told);
  expect(await brokenRules(plain, Buffer.from('\r\n'))).toEqual(['oneStream: 2 bytes after its end that are no sound']);
  // What is broken among the frames is still damage.
  const broken = Buffer.from(plain);
  broken.fill(0x55, plain.length >> 1, (plain.length >> 1) + 900);
  expect(await brokenRules(broken, lyrics, id3v1)).toContainEqual(expect.stringContaining('whole: broken'));
});

it('names what a file is when its name says something else', async () => {
  await encoded('really-mp2.mp3', ['-c:a', 'mp2', '-b:a', '192k', '-f', 'mp2']);
  // As bytes of its sound may look.
  await appendFile(at('really-mp2.mp3'), plain.subarray(0, 2000));
  await encoded('really-aac.mp3', ['-c:a', 'aac', '-f', 'adts']);
  const verdict = async (name: string) => judgeFile(await inspectFile({ ffmpeg, path: at(name) }), PROFILES.none).rules;
  const wanted = 'MP3, as its name says';
  const mp2 = await inspectFile({ ffmpeg, path: at('really-mp2.mp3') });
  expect(mp2.frameBitRatesKbps).toBeNull();
  const rules = judgeFile(mp2, PROFILES.none).rules.filter(({ rule }) => rule !== 'whole');
  expect(rules).toMatchObject([{ rule: 'fileType', wanted, measured: 'MP2', pass: false }]);
  expect(await verdict('really-aac.mp3')).toMatchObject([{ rule: 'fileType', wanted, measured: 'AAC', pass: false }]);
  expect(await verdict('plain.mp3')).toEqual([]);
  const facts = { container: 'mov,mp4,m4a,3gp,3g2,mj2', codec: 'aac' } as Parameters<typeof misnamed>[1];
  expect(misnamed('a/Book.M4B', facts)).toEqual({});
  expect(misnamed('a/Book.wav', facts)).toEqual({ misnamed: { ending: '.wav', is: 'AAC in MP4' } });
  expect(misnamed('a/Book', facts)).toEqual({});
});

it('a second MP3 and foreign bytes fail under every profile, with the place and the fix', async () => {
  await writeFile(at('two.mp3'), tagged);
  await appendFile(at('two.mp3'), tagged);
  const two = judgeFile(await inspectFile({ ffmpeg, path: at('two.mp3') }), PROFILES.none);
  const rule = two.rules.find((own) => own.rule === 'oneStream');
  expect(rule).toMatchObject({
    measured: 'a second MP3 is appended',
    pass: false,
    fix: expect.stringContaining('Join'),
  });
  expect(rule?.atSeconds).toBeCloseTo(1.54, 1);
  await writeFile(at('page.mp3'), Buffer.concat([Buffer.from('<html>'), plain]));
  const page = judgeFile(await inspectFile({ ffmpeg, path: at('page.mp3') }), PROFILES.acx);
  expect(page.rules).toContainEqual(
    expect.objectContaining({ measured: '6 bytes before the first frame that are no sound' }),
  );
});
