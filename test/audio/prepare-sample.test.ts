import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { prepareSample } from '../../src/audio/samples/prepare-sample.ts';
import { measureSample } from '../../src/audio/samples/sample.ts';
import { MODELS } from '../../src/models.ts';
import { judgeSample } from '../../src/qc/sample.ts';
import { judgeQuality } from '../../src/qc/sample-quality.ts';
import { quickFfmpeg } from '../quick-environment.ts';
import { bytesOf, join, make, silence, voice } from './signals.ts';

const OLD = MODELS['qwen-tts-vc-realtime-2025-08-20']!;
const NEW = MODELS['qwen3-tts-vc-realtime-2026-01-15']!;

let ffmpeg: Ffmpeg;
let folder: string;
beforeAll(async () => {
  ffmpeg = await quickFfmpeg();
  folder = await mkdtemp(joinPath(tmpdir(), 'prepare-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function wav(samples: Int16Array, sampleRateHz = 24_000, channels = 1): Buffer {
  return Buffer.concat([wavHeader({ sampleRateHz, channels, dataBytes: samples.byteLength }), bytesOf(samples)]);
}

async function converted(from: Buffer, name: string, options: string[]): Promise<Buffer> {
  const input = joinPath(folder, 'in.wav');
  await writeFile(input, from);
  await promisify(execFile)(ffmpeg.path, ['-y', '-loglevel', 'error', '-i', input, ...options, joinPath(folder, name)]);
  return readFile(joinPath(folder, name));
}

const prepare = (bytes: Buffer, model = OLD, mediaType = 'audio/wav') =>
  prepareSample({ ffmpeg, bytes, mediaType, model });

const passes = async (prepared: Awaited<ReturnType<typeof prepare>>, model = OLD) => {
  expect(judgeSample(prepared.sample, model).verdict).toBe('pass');
  expect(prepared.sample).toMatchObject({ channels: 1, codec: 'pcm_s16le', container: 'wav' });
};

describe('what does no harm is repaired, and said', () => {
  test('nothing to do: byte for byte as it came', async () => {
    const bytes = wav(voice(12));
    const prepared = await prepare(bytes, NEW);
    expect(prepared.bytes).toBe(bytes);
    expect(prepared).toMatchObject({ mediaType: 'audio/wav', changes: [], cut: false });
  });

  test('stereo', async () => {
    const bytes = await converted(wav(voice(12)), 'stereo.mp3', ['-ac', '2', '-ar', '44100']);
    const prepared = await prepare(bytes, OLD, 'audio/mpeg');
    expect(prepared.changes).toEqual(['mixed down from 2 channels']);
    expect(prepared).toMatchObject({ mediaType: 'audio/wav', cut: false, sample: { sampleRateHz: 44_100 } });
    await passes(prepared);
  });

  test('a rate a little too low for the newer models; a telephone’s is refused', async () => {
    const prepared = await prepare(wav(voice(12, { rateHz: 16_000 }), 16_000), NEW);
    expect(prepared.changes).toEqual(['its rate raised from 16000 to 24000 Hz']);
    await passes(prepared, NEW);
    const telephone = wav(voice(12, { rateHz: 8_000 }), 8_000);
    const refused = await prepare(telephone, NEW);
    expect(refused.bytes).toBe(telephone);
    expect(judgeSample(refused.sample, NEW).rules.filter(({ pass }) => !pass)).toMatchObject([{ rule: 'sampleRate' }]);
  });

  test.each([
    ['speech.flac', [], /changed from FLAC to WAV/],
    ['speech.ogg', ['-c:a', 'libvorbis'], /changed from OGG to WAV/],
    ['deep.wav', ['-c:a', 'pcm_s24le'], /changed from WAV with pcm_s24le to WAV/],
    ['lossless.m4a', ['-c:a', 'alac'], /changed from MOV to WAV/],
  ])('another format: %s', async (name, options, change) => {
    const prepared = await prepare(await converted(wav(voice(11)), name, options), NEW);
    expect(prepared.changes).toEqual([expect.stringMatching(change)]);
    await passes(prepared, NEW);
  });

  test('too big', async () => {
    const stereo = await converted(wav(voice(20)), 'big.wav', ['-ac', '2', '-ar', '192000']);
    expect(stereo.length).toBeGreaterThan(7_500_000);
    const prepared = await prepare(stereo);
    expect(prepared.changes).toContain("made smaller than the service's 10 MB");
    expect(prepared.cut).toBe(false);
    await passes(prepared);
  });

  test('too long: the best part, cut in pauses', async () => {
    // 30 s of single words, then a good passage of 16 s, then 30 s of single words.
    const words = join(...Array.from({ length: 15 }, () => join(voice(0.4), silence(1.6))));
    const prepared = await prepare(wav(join(words, voice(16), silence(1), words)));
    expect(prepared.cut).toBe(true);
    const [, from, to] = /cut to its best \d+ s \(from ([\d.]+) to ([\d.]+) s\)/.exec(prepared.changes.join()) ?? [];
    expect(Number(to) - Number(from)).toBeGreaterThanOrEqual(10);
    expect(Number(to) - Number(from)).toBeLessThanOrEqual(20);
    expect(Number(from)).toBeGreaterThan(25);
    expect(Number(to)).toBeLessThan(51);
    await passes(prepared);
    expect(prepared.sample).toMatchObject({ longestSpeechSeconds: expect.closeTo(16, 0) });
    // Equal input, equal bytes.
    const again = await prepare(wav(join(words, voice(16), silence(1), words)));
    expect(Buffer.compare(again.bytes, prepared.bytes)).toBe(0);
  });

  test('too long without any pause', async () => {
    const drone = make(70, 24_000, (second) => 0.3 * Math.sin(2 * Math.PI * 120 * second));
    const prepared = await prepare(wav(drone));
    expect(prepared.cut).toBe(true);
    await passes(prepared);
  });
});

describe('what can not be repaired is left for the rules to refuse', () => {
  test.each([
    ['too short', () => wav(voice(2)), 'duration'],
    ['silence', () => wav(silence(12)), 'speech'],
    ['minutes of silence', () => wav(silence(90)), 'speech'],
    ['no sound', () => Buffer.from('just a text'), 'readable'],
    ['nothing', () => Buffer.alloc(0), 'readable'],
    ['half a file', () => wav(voice(12)).subarray(0, 40), 'readable'],
  ])('%s', async (_name, bytes, rule) => {
    const prepared = await prepare(bytes());
    const { verdict, rules } = judgeSample(prepared.sample, OLD);
    expect(verdict).toBe('fail');
    expect(rules.filter(({ pass }) => !pass).map((failed) => failed.rule)).toContain(rule);
  });
});

describe('the recording guide', () => {
  let speech: Int16Array;
  beforeAll(async () => {
    const bytes = await readFile('manifests/hello/voices/narrator.wav');
    speech = new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + 44 + 12 * 48_000));
  });
  const failed = async (samples: Int16Array) => {
    const { quality } = await measureSample({ ffmpeg, bytes: wav(samples) });
    return judgeQuality(quality!)
      .filter(({ pass }) => !pass)
      .map(({ rule }) => rule);
  };
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x3fff_ffff - 1;
  };
  const changed = (samples: Int16Array, change: (value: number, index: number) => number) =>
    samples.map((value, index) => Math.max(-32_768, Math.min(32_767, Math.round(change(value, index)))));

  test('a clean recording follows all of it', async () => {
    expect(await failed(speech)).toEqual([]);
  });

  test('noise', async () => {
    expect(await failed(changed(speech, (value) => value + 900 * noise()))).toEqual(['noise']);
  });

  test('clipping, also when the level was lowered afterwards', async () => {
    const clipped = changed(speech, (value) => Math.max(-12_000, Math.min(12_000, value * 3)));
    expect(await failed(clipped)).toEqual(['clipping']);
    expect(await failed(changed(clipped, (value) => value * 0.5))).toEqual(['clipping']);
  });

  test('level', async () => {
    expect(await failed(changed(speech, (value) => value / 40))).toEqual(['level']);
  });

  test('long silences', async () => {
    expect(await failed(join(silence(7), speech.subarray(0, 6 * 24_000), silence(7)))).toEqual(['silence']);
  });

  test('echo', async () => {
    // Words in a room of 0.8 s: each sample comes back a thousand times, decaying by 60 dB in that time.
    state = 7;
    const dry = speech;
    const echoes = Array.from({ length: 1000 }, () => Math.floor(Math.abs(noise()) * 0.8 * 24_000));
    const gains = echoes.map((delay) => 0.12 * noise() * 10 ** ((-3 * delay) / 24_000 / 0.8));
    const wet = Float64Array.from(dry);
    for (const [index, delay] of echoes.entries()) {
      for (let i = delay; i < wet.length; i++) wet[i]! += gains[index]! * dry[i - delay]!;
    }
    const room = Int16Array.from(wet, (value) => value * 0.5);
    expect(await failed(room)).toContain('reverberation');
    expect(await failed(dry)).not.toContain('reverberation');
  });
});
