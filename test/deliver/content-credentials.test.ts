/** Content credentials of other programs are seen, wherever a format keeps them, and never taken for valid. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { box } from '../../src/audio/mp4/mp4-boxes.ts';
import { hasContentCredentials } from '../../src/deliver/marks/content-credentials.ts';
import { markFinder } from '../../src/deliver/marks/find-marks.ts';
import { id3Tag, textFrame } from '../../src/deliver/marks/id3.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function has(name: string, parts: Buffer[]): Promise<boolean> {
  await writeFile(join(folder, name), Buffer.concat(parts));
  return hasContentCredentials(join(folder, name));
}

const geob = (mime: string) => ({
  id: 'GEOB',
  flags: 0,
  content: Buffer.from(`\0${mime}\0c2pa\0c2pa manifest store\0jumbf`, 'latin1'),
});
const ID = Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex');
const chunk = (id: string, content: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header.write(id, 'latin1');
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
};
const riff = (...chunks: Buffer[]): Buffer[] => [Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), ...chunks];
const FRAMES = Buffer.from('fffb90640000', 'hex');

it('in a GEOB frame of an MP3, under the type of today and the one before', async () => {
  for (const mime of ['application/c2pa', 'application/x-c2pa-manifest-store'])
    expect(await has('a.mp3', [id3Tag([textFrame('TIT2', ['One']), geob(mime)]), FRAMES]), mime).toBe(true);
  expect(await has('a.mp3', [id3Tag([textFrame('TIT2', ['application/c2pa']), geob('image/png')]), FRAMES])).toBe(
    false,
  );
  expect(await has('a.mp3', [FRAMES])).toBe(false);
});

it('in a uuid box of an MP4, behind others', async () => {
  const front = [box('ftyp', Buffer.from('M4A \0\0\0\0', 'latin1')), box('free', Buffer.alloc(100))];
  expect(await has('a.m4a', [...front, box('uuid', Buffer.concat([ID, Buffer.alloc(30)]))])).toBe(true);
  expect(await has('a.m4a', [...front, box('uuid', Buffer.alloc(46)), box('mdat', ID)])).toBe(false);
});

it('in a chunk of a WAV, behind the samples, and never beyond its end', async () => {
  const data = chunk('data', Buffer.alloc(7));
  expect(await has('a.wav', riff(data, chunk('C2PA', Buffer.alloc(5))))).toBe(true);
  expect(await has('a.wav', riff(data, chunk('LIST', Buffer.from('C2PA'))))).toBe(false);
  expect(await has('a.wav', riff(chunk('data', Buffer.alloc(4)).subarray(0, 9)))).toBe(false);
});

it('is told beside the marks, and is no mark itself', async () => {
  await has('a.mp3', [id3Tag([geob('application/c2pa')]), FRAMES]);
  const find = markFinder();
  expect(await find(join(folder, 'a.mp3'))).toEqual({ state: 'absent', contentCredentials: true });
  expect(await find(join(folder, 'missing.mp3'))).toEqual({ state: 'unknown' });
});
