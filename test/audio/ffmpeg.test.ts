import { chmod, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeAudio, decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import { encode } from '../../src/audio/ffmpeg/encode.ts';
import { runFfmpeg } from '../../src/audio/ffmpeg/ffmpeg.ts';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { inspectSample } from '../../src/audio/samples/sample.ts';
import { bytesOf, ffmpegHere, RATE_HZ, sine } from './signals.ts';

let folder: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-test-'));
  ffmpeg = await ffmpegHere();
});
afterAll(() => rm(folder, { recursive: true }));

async function script(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const TAGS = { title: 'One', album: 'Book', artist: 'A', track: 1, tracks: 1, language: 'en', comment: 'test' };
const tone = () => bytesOf(sine(440, -20, 1));
const encodeTo = (path: string, more: { ffmpeg?: Ffmpeg; pcm?: Readable; signal?: AbortSignal } = {}) =>
  encode({
    ffmpeg,
    pcm: Readable.from([tone()], { objectMode: false }),
    sampleRateHz: RATE_HZ,
    outputs: [{ format: 'mp3', path }],
    tags: TAGS,
    ...more,
  });

describe('findFfmpeg', () => {
  it('finds one in PATH and knows its version and encoders', () => {
    expect(ffmpeg.version).not.toBe('');
    expect(ffmpeg.encoders).toContain('libmp3lame');
    expect(ffmpeg.encoders).toContain('aac');
  });

  it('does not go on to another one when the given path is broken', async () => {
    const broken = await script('not-ffmpeg', 'echo hello');
    for (const [explicitPath, why] of [
      [join(folder, 'nowhere'), /ENOENT/],
      [broken, /is not ffmpeg/],
    ] as const) {
      const finding = findFfmpeg({ explicitPath, pathEnv: process.env['PATH'] });
      await expect(finding).rejects.toMatchObject({ code: 'ffmpeg-missing', message: expect.stringMatching(why) });
      await expect(finding).rejects.toThrow(`FFMPEG_PATH: ${explicitPath}`);
    }
  });

  it('names the encoder that a build lacks', async () => {
    const explicitPath = await script('lean', 'echo "ffmpeg version 9.9" >&2; echo " A....D aac  AAC"');
    await expect(findFfmpeg({ explicitPath, pathEnv: undefined })).rejects.toThrow(
      '9.9) was built without the encoder libmp3lame',
    );
  });

  it('looks on behind a broken one in PATH', async () => {
    await script('ffmpeg', 'exit 1');
    const found = await findFfmpeg({ pathEnv: `${folder}:${process.env['PATH']}` });
    expect(found.path).not.toContain(folder);
  });

  it('starts one that works once for a command, and again when another program is in its place', async () => {
    const starts = join(folder, 'starts');
    const body = (version: string) =>
      `echo >> ${starts}; echo "ffmpeg version ${version}" >&2; echo " A....D aac  AAC"; echo " A....D libmp3lame  MP3"`;
    const explicitPath = await script('counted', body('9.1'));
    const find = async () => (await findFfmpeg({ explicitPath, pathEnv: undefined })).version;
    expect([await find(), await find(), (await readFile(starts, 'utf8')).length]).toEqual(['9.1', '9.1', 1]);
    await script('counted', body('9.22'));
    expect([await find(), (await readFile(starts, 'utf8')).length]).toEqual(['9.22', 2]);
  });
});

describe('runFfmpeg', () => {
  it('tells that the program has vanished', async () => {
    const gone = { ...ffmpeg, path: join(folder, 'gone') };
    await expect(encodeTo(join(folder, 'a.mp3'), { ffmpeg: gone })).rejects.toMatchObject({ code: 'ffmpeg-missing' });
  });

  it('names an encoder that is missing', async () => {
    const run = { ffmpeg, doing: 'testing', inputs: [{ from: Readable.from([tone()]), options: ['-f', 's16le'] }] };
    const running = runFfmpeg({ ...run, outputs: [{ to: join(folder, 'x.mp3'), options: ['-c:a', 'nonesuch'] }] });
    await expect(running).rejects.toMatchObject({
      code: 'ffmpeg-missing',
      message: expect.stringContaining('nonesuch'),
    });
  });

  it('kills the child on abort and leaves no file', async () => {
    const stop = new AbortController();
    const path = join(folder, 'aborted.mp3');
    const endless = Readable.from(
      (async function* () {
        for (let i = 0; ; i++) {
          if (i === 20) stop.abort();
          yield tone();
        }
      })(),
      { objectMode: false },
    );
    await expect(encodeTo(path, { pcm: endless, signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
    expect(endless.destroyed).toBe(true);
    expect(await readdir(folder)).not.toContain('aborted.mp3');
    await expect(encodeTo(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('passes on the error of the sound that it encodes', async () => {
    const failing = Readable.from(
      (async function* () {
        yield tone();
        throw new Error('the take can not be read');
      })(),
      { objectMode: false },
    );
    await expect(encodeTo(join(folder, 'f.mp3'), { pcm: failing })).rejects.toThrow('the take can not be read');
    expect(await readdir(folder)).not.toContain('f.mp3');
  });

  it('says that retrying may help when something killed the child', async () => {
    const killed = { ...ffmpeg, path: await script('killed', 'kill -9 $$') };
    await expect(encodeTo(join(folder, 'k.mp3'), { ffmpeg: killed })).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      retry: 'backoff',
    });
  });

  it.each([
    ['a kill that a shell reports', 'exit 137', 'it was killed (SIGKILL)'],
    ['too little memory', 'echo "[error] mara.mp3: Cannot allocate memory" >&2; exit 244', 'Cannot allocate memory'],
    ['a library that does not fit into memory', 'exit 127', 'code 127'],
  ])('does not blame a recording for %s', async (name, body, reason) => {
    const failing = { ...ffmpeg, path: await script(name.replaceAll(' ', '-'), body) };
    await expect(inspectSample({ ffmpeg: failing, bytes: tone() })).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      retry: 'backoff',
      message: expect.stringContaining(reason),
    });
  });

  it.runIf(process.platform === 'linux')('tells a full disk from other failures', async () => {
    const path = join(folder, 'full.mp3');
    await symlink('/dev/full', path);
    await expect(encodeTo(path)).rejects.toMatchObject({ code: 'disk-full' });
  });
});

describe('decoding', () => {
  const decode = (input: Uint8Array | string) => decodeToPcm({ ffmpeg, input, name: 'the sample', maxSeconds: 10 });

  it('gives sound and facts of a file that lies about its size', async () => {
    const pcm = tone();
    const header = wavHeader({ sampleRateHz: RATE_HZ, dataBytes: 0xffff_0000 });
    const decoded = await decode(Buffer.concat([header, pcm]));
    expect(decoded.pcm.equals(pcm)).toBe(true);
    expect(decoded.facts).toMatchObject({ container: 'wav', codec: 'pcm_s16le', sampleRateHz: RATE_HZ, channels: 1 });
    expect(decoded.format).toEqual({ sampleRateHz: RATE_HZ, channels: 1 });
  });

  it('opens nothing that a playlist posing as sound names', async () => {
    const secret = join(folder, 'secret.wav');
    await writeFile(secret, Buffer.concat([wavHeader({ sampleRateHz: RATE_HZ, dataBytes: 48_000 }), tone()]));
    const playlists = [
      `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile ${secret}\n`,
      `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n`,
    ];
    for (const text of playlists) {
      await expect(decode(Buffer.from(text))).rejects.toMatchObject({ code: 'ffmpeg-failed', retry: 'never' });
      const path = join(folder, 'posing.mp3');
      await writeFile(path, text);
      await expect(decode(path)).rejects.toMatchObject({ code: 'ffmpeg-failed' });
    }
  });

  it('passes the sound on in large pieces, since each costs both sides a wake-up', async () => {
    const path = join(folder, 'minute.mp3');
    const pcm = Readable.from([bytesOf(sine(440, -20, 60))], { objectMode: false });
    await encodeTo(path, { pcm });
    const pieces: number[] = [];
    const memory = new Set<ArrayBufferLike>();
    await decodeAudio({ ffmpeg, input: path, name: 'a minute' }, (chunk) => {
      pieces.push(chunk.length);
      memory.add(chunk.buffer);
    });
    const bytes = pieces.reduce((sum, piece) => sum + piece);
    expect(bytes / 88_200).toBeCloseTo(60, 0);
    // A frame of an MP3 has 2,304 bytes.
    expect(bytes / pieces.length).toBeGreaterThan(10_000);
    // The first piece has lost its header. Memory for each would make V8 look through its heap every 13 MB.
    expect(memory.size).toBeLessThanOrEqual(2);
  });

  it('reads the same where there is no temporary folder for a pipe', async () => {
    const path = join(folder, 'second.mp3');
    await encodeTo(path);
    const request = { ffmpeg, input: path, name: 'a second', maxSeconds: 10 };
    const { pcm } = await decodeToPcm(request);
    vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
    try {
      expect((await decodeToPcm(request)).pcm.equals(pcm)).toBe(true);
      const gone = { ...request, ffmpeg: { ...ffmpeg, path: join(folder, 'gone') } };
      await expect(decodeToPcm(gone)).rejects.toMatchObject({ code: 'ffmpeg-missing' });
    } finally {
      vi.unstubAllEnvs();
    }
    await expect(decodeToPcm({ ...request, ffmpeg: { ...ffmpeg, path: 'gone' } })).rejects.toMatchObject({
      code: 'ffmpeg-missing',
    });
  });

  it('ends the child when the reader fails', async () => {
    const long = bytesOf(sine(440, -20, 60));
    const input = Buffer.concat([wavHeader({ sampleRateHz: RATE_HZ, dataBytes: long.length }), long]);
    const decoding = decodeAudio({ ffmpeg, input, name: 'the sample' }, () => {
      throw new Error('the reader has failed');
    });
    await expect(decoding).rejects.toThrow('the reader has failed');
  });

  it('says what is wrong with a file without sound', async () => {
    await expect(decode(Buffer.from('no sound at all'))).rejects.toThrow(/while decoding the sample: .*Invalid data/);
  });
});
