import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ffmpeg } from '../../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { bindWithFfmpeg, type FfmpegBindRequest } from '../../../src/audio/m4b/bind-with-ffmpeg.ts';
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

function bind(more: Partial<FfmpegBindRequest> = {}, path = (i: number) => joinPath(all, `${i}.m4a`)) {
  const chapters = TITLES.map((title, i) => ({ title, open: async () => path(i), close: async () => {} }));
  const request = { ffmpeg, chapters, folder, output: joinPath(folder, 'book.m4b'), tags: TAGS };
  return bindWithFfmpeg({ ...request, ...more });
}

describe('the first binding', () => {
  it('writes titles, tags and cover that read back, and the index first', async () => {
    const shares: number[] = [];
    await bind({ cover: { bytes: PNG, mediaType: 'image/png' }, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1, 6);
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
