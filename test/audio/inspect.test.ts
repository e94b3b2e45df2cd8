import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { inspectSample } from '../../src/audio/samples/sample.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { bytesOf, ffmpegHere, join, make, silence, sine, voice } from './signals.ts';

let folder: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'inspect-'));
  ffmpeg = await ffmpegHere();
});
afterAll(() => rm(folder, { recursive: true }));

function wav(samples: Int16Array, sampleRateHz: number, channels = 1): Buffer {
  return Buffer.concat([wavHeader({ sampleRateHz, channels, dataBytes: samples.byteLength }), bytesOf(samples)]);
}

async function inspect(samples: Int16Array, sampleRateHz: number, channels = 1) {
  const path = joinPath(folder, 'a.wav');
  await writeFile(path, wav(samples, sampleRateHz, channels));
  return inspectFile({ ffmpeg, path });
}

it('measures levels, noise floor and the silence around a tone', async () => {
  const hiss = make(5, 44_100, (_s, i) => 0.002 * Math.sin(i * i));
  const tone = sine(1000, -20, 3, 44_100);
  const samples = join(hiss.subarray(0, 0.75 * 44_100), tone, hiss.subarray(0, 2 * 44_100));
  const measured = await inspect(samples, 44_100);
  expect(measured).toMatchObject({ container: 'wav', codec: 'pcm_s16le', channels: 1, sampleRateHz: 44_100 });
  expect(measured.durationSeconds).toBeCloseTo(5.75, 3);
  expect(measured.samplePeakDbfs).toBeCloseTo(-20, 1);
  expect(measured.truePeakDbtp).toBeCloseTo(-20, 1);
  expect(measured.loudnessLufs).toBeCloseTo(-23.5, 0);
  expect(measured.rmsDbfs).toBeCloseTo(-23 + 10 * Math.log10(3 / 5.75), 1);
  expect(measured.noiseFloorDbfs).toBeCloseTo(-57, 0);
  expect(measured.headSilenceSeconds).toBeCloseTo(0.75, 1);
  expect(measured.tailSilenceSeconds).toBeCloseTo(2, 1);
});

it('finds the head of a recording with a constant offset, and says that the offset is its noise', async () => {
  const hiss = make(5, 44_100, (_s, i) => 0.0002 * Math.sin(i * i));
  const tone = sine(1000, -20, 3, 44_100);
  const samples = join(hiss.subarray(0, 0.75 * 44_100), tone, hiss.subarray(0, 2 * 44_100)).map((x) => x + 328);
  const measured = await inspect(samples, 44_100);
  expect(measured.headSilenceSeconds).toBeCloseTo(0.75, 1);
  expect(measured.noiseFloorDbfs).toBeCloseTo(-40, 1);
  expect(measured.offsetDbfs).toBeCloseTo(-40, 1);
  const fixOf = (of: typeof measured) =>
    judgeFile(of, PROFILES.acx).rules.find(({ rule }) => rule === 'noiseFloorDbfs')?.fix;
  expect(fixOf(measured)).toMatch(/^Remove the constant \(DC\) offset of the recording: at -40\.0 dBFS/);
  expect(fixOf({ ...measured, offsetDbfs: -55 })).toMatch(/^Reduce the noise/);
});

it('adds the loudness of two channels and averages their power', async () => {
  const mono = sine(1000, -20, 2, 44_100);
  const stereo = Int16Array.from({ length: 2 * mono.length }, (_, i) => mono[i >> 1]!);
  const one = await inspect(mono, 44_100);
  const two = await inspect(stereo, 44_100, 2);
  expect(two.channels).toBe(2);
  expect(two.durationSeconds).toBeCloseTo(one.durationSeconds, 5);
  expect(two.loudnessLufs - one.loudnessLufs).toBeCloseTo(3.01, 1);
  expect(two.rmsDbfs).toBeCloseTo(one.rmsDbfs, 2);
});

it('measures digital silence', async () => {
  expect(await inspect(silence(2), 24_000)).toMatchObject({
    rmsDbfs: -Infinity,
    loudnessLufs: -Infinity,
    noiseFloorDbfs: -Infinity,
    headSilenceSeconds: 2,
  });
});

it('finds the longest speech of a sample', async () => {
  const samples = join(voice(2, { rateHz: 16_000 }), silence(2, 16_000), voice(4, { rateHz: 16_000 }));
  const measured = await inspectSample({ ffmpeg, bytes: wav(samples, 16_000) });
  expect(measured).toMatchObject({ readable: true, sampleRateHz: 16_000, channels: 1, codec: 'pcm_s16le' });
  if (!measured.readable) return;
  expect(measured.durationSeconds).toBeCloseTo(8, 2);
  expect(measured.longestSpeechSeconds).toBeGreaterThan(3.5);
  expect(measured.longestSpeechSeconds).toBeLessThan(4.1);
});

it('answers, and does not fail, when a sample is no sound', async () => {
  const measured = await inspectSample({ ffmpeg, bytes: Buffer.from('<html>not found</html>') });
  expect(measured).toMatchObject({ readable: false, reason: expect.stringContaining('the sample') });
});
