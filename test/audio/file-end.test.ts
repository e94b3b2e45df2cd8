/** Files of each format with something behind their sound: another file, foreign bytes, or only tags and padding. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { appendedTo } from '../../src/audio/file-end/appended.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { ffmpegHere } from './signals.ts';

let folder: string;
let ffmpeg: Ffmpeg;
const at = (name: string) => join(folder, name);
const SECONDS = 1.5;
const WRITTEN = ['wav', 'aiff', 'flac', 'm4a', 'aac', 'ogg', 'opus', 'oga', 'caf', 'w64', 'mka'] as const;
const PIPED = ['wav', 'flac', 'caf', 'w64', 'mka'] as const;
/** Sound without a size reaches to the end of the file, and page and sound cannot be told apart. */
const OPEN_ENDED = ['piped.wav', 'piped.caf', 'piped.w64'];
type Kind = (typeof WRITTEN)[number] | `piped.${(typeof PIPED)[number]}`;
const KINDS: Kind[] = [...WRITTEN, ...PIPED.map((kind) => `piped.${kind}` as const)];
const CODECS: Readonly<Record<string, string>> = { ogg: 'libvorbis', oga: 'flac', mka: 'flac' };
const files = {} as Record<Kind, Buffer>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-end-'));
  ffmpeg = await ffmpegHere();
  // Odd bytes of sound, a tag, a cover: what a real file has.
  const sine = ['-f', 'lavfi', '-i', `aevalsrc=0.3*sin(2*PI*t*(300+200*t))+0.05*random(0):s=44100:d=${SECONDS}`];
  const codecs = WRITTEN.flatMap((kind) => [
    ...['-map', '0', '-metadata', 'title=One'],
    ...(CODECS[kind] === undefined ? [] : ['-c:a', CODECS[kind]]),
    at(`one.${kind}`),
  ]);
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', ...sine, ...codecs]);
  for (const kind of WRITTEN) files[kind] = await readFile(at(`one.${kind}`));
  for (const kind of PIPED) {
    const format = kind === 'mka' ? 'matroska' : kind;
    const arguments_ = ['-v', 'error', '-i', at('one.wav'), '-f', format, 'pipe:1'];
    const { stdout } = await promisify(execFile)(ffmpeg.path, arguments_, { encoding: 'buffer', maxBuffer: 1 << 24 });
    files[`piped.${kind}`] = stdout;
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function appended(...parts: Uint8Array[]) {
  await writeFile(at('joined'), Buffer.concat(parts));
  return appendedTo(at('joined'));
}

const id3v2 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x14'), Buffer.alloc(20, 'RIFF')]);
const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 32)]);
/** One item; with and without the header that later versions have. */
const ape = (hasHeader: boolean) => {
  const item = Buffer.from('\x03\0\0\0\0\0\0\0Title\0One', 'latin1');
  const end = Buffer.alloc(32);
  end.write('APETAGEX');
  end.writeUInt32LE(item.length + 32, 12);
  end.writeUInt32LE(hasHeader ? 0x8000_0000 : 0, 20);
  const header = Buffer.from(end);
  header.writeUInt32LE(0xa000_0000, 20);
  return Buffer.concat([...(hasHeader ? [header] : []), item, end]);
};
const page = Buffer.from('<html>502 Bad Gateway</html>');

it('takes a file for one, with every kind of tag and padding', async () => {
  for (const kind of KINDS) {
    const own = files[kind];
    for (const behind of [[], [id3v1], [id3v2], [ape(true), id3v1], [ape(false)], [Buffer.alloc(5000)]])
      expect(await appended(own, ...behind), `${kind} and ${behind.length}`).toBeUndefined();
    expect(await appended(id3v2, own)).toBeUndefined();
  }
  const list = Buffer.from('LIST\x10\0\0\0INFOINAM\x04\0\0\0One\0', 'latin1');
  // Written behind the end by programs that leave the size of all as it was.
  expect(await appended(files.wav, list)).toBeUndefined();
  expect(await appended(files.m4a, Buffer.from('\0\0\0\x10freeabcdefgh', 'latin1'))).toBeUndefined();
  expect(await appended(Buffer.from('no sound'))).toBeUndefined();
});

it('takes every cut of a file for one: what is missing is another fault', async () => {
  for (const kind of KINDS)
    for (const share of [0.05, 0.4, 0.97, 0.999]) {
      const found = await appended(files[kind].subarray(0, share * files[kind].length));
      expect(found, `${kind} at ${share}`).toBeUndefined();
    }
});

it('tells every file that is cut off, in each format that ffmpeg reads to where it ends', async () => {
  const kinds = ['wav', 'caf', 'w64', 'ogg', 'opus', 'oga'] as const;
  const whole = async (name: string, bytes: Uint8Array) => {
    await writeFile(at(name), bytes);
    const measured = await inspectFile({ ffmpeg, path: at(name) });
    return judgeFile(measured, PROFILES.none).rules.every(({ rule }) => rule !== 'whole');
  };
  for (const kind of kinds) {
    const own = files[kind];
    const cut = own.subarray(0, 2 * Math.floor(0.45 * own.length));
    expect([await whole(`cut.${kind}`, cut), await whole(`all.${kind}`, own)], kind).toEqual([false, true]);
  }
});

it('finds a second file, also behind a tag and behind a first one that does not know its length', async () => {
  for (const kind of KINDS) {
    const plain = kind.replace('piped.', '') as Kind;
    for (const between of [[], [id3v1], [Buffer.alloc(300)]]) {
      const found = await appended(files[kind], ...between, files[plain]);
      expect(found, kind).toMatchObject({ kind: 'file', bytes: files[plain].length });
    }
  }
  expect((await appended(files['piped.wav'], files.wav))?.atSeconds).toBeCloseTo(SECONDS, 2);
  for (const kind of ['flac', 'ogg', 'oga', 'opus', 'aac'] as const)
    expect((await appended(files[kind], files[kind]))?.atSeconds, kind).toBeCloseTo(SECONDS, kind === 'aac' ? 1 : 2);
});

it('counts bytes behind the end that are no sound', async () => {
  for (const kind of KINDS.filter((one) => !OPEN_ENDED.includes(one))) {
    const found = await appended(files[kind], page);
    expect(found, kind).toMatchObject({ kind: 'bytes', bytes: page.length });
    expect(await appended(files[kind], page, id3v1), kind).toMatchObject({ kind: 'bytes', bytes: page.length });
  }
});

it('takes an AAC with a broken frame, and one that went on by the same encoder, for one', async () => {
  const { aac } = files;
  const broken = Buffer.from(aac);
  broken.fill(0x55, aac.length >> 1, (aac.length >> 1) + 400);
  expect(await appended(broken)).toBeUndefined();
  // ffmpeg's encoder writes its name again and again as it goes on.
  const long = ['-v', 'error', '-f', 'lavfi', '-i', 'sine=300:d=13', at('long.aac')];
  await promisify(execFile)(ffmpeg.path, long);
  const thirteen = await readFile(at('long.aac'));
  expect(await appended(thirteen)).toBeUndefined();
  expect(await appended(thirteen, aac)).toMatchObject({ kind: 'file', bytes: aac.length });
  // Without the encoder's name nothing says where the second begins; another rate does.
  const nameless = Buffer.from(aac.toString('latin1').replaceAll('Lavc', 'none'), 'latin1');
  expect(await appended(nameless, nameless)).toBeUndefined();
  const other = Buffer.from(nameless);
  for (
    let frame = 0;
    frame < other.length;
    frame += ((other[frame + 4]! << 3) | (other[frame + 5]! >> 5)) + ((other[frame + 3]! & 3) << 11)
  )
    other[frame + 2]! ^= 0x04;
  expect(await appended(nameless, other)).toMatchObject({ kind: 'file', bytes: other.length });
});

it('fails such files under every profile, with the place and the fix', async () => {
  const ruleOf = async (name: string, ...parts: Buffer[]) => {
    await writeFile(at(name), Buffer.concat(parts));
    const { rules } = judgeFile(await inspectFile({ ffmpeg, path: at(name) }), PROFILES.none);
    return rules.find(({ rule }) => rule === 'oneStream');
  };
  const two = await ruleOf('two.m4a', files.m4a, files.m4a);
  expect(two).toMatchObject({ pass: false, measured: 'a second MP4 is appended', wanted: 'one MP4 and nothing else' });
  expect(two?.atSeconds).toBeCloseTo(SECONDS, 1);
  expect(await ruleOf('two.wav', files.wav, files.wav)).toMatchObject({ measured: 'a second WAV is appended' });
  expect(await ruleOf('page.flac', files.flac, page)).toMatchObject({
    measured: '28 bytes after its end that are no sound',
    fix: expect.stringContaining('Export'),
  });
  for (const [kind, name] of [['aac', 'AAC'] as const, ['opus', 'Ogg'] as const, ['w64', 'Wave64'] as const]) {
    const measured = `a second ${name} is appended`;
    expect(await ruleOf(`two.${kind}`, files[kind], files[kind]), kind).toMatchObject({ measured });
  }
  expect(await ruleOf('one.flac', files.flac)).toBeUndefined();
});
