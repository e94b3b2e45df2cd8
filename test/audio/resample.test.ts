/** Resampling to the delivery rate: what lies above the voice is no image of it, and the voice keeps its highs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import { encode } from '../../src/audio/ffmpeg/encode.ts';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { createSampleReader } from '../../src/audio/pcm.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { bytesOf, ffmpegHere, make, RATE_HZ, take, voice } from './signals.ts';

const TAGS = { title: 'T', album: 'B', artist: 'A', track: 1, tracks: 1, language: 'en', comment: '' };
const RATE = 44_100;
let folder: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'resample-'));
  ffmpeg = await ffmpegHere();
});
afterAll(() => rm(folder, { recursive: true }));

/** The tones, each of 0.3 s, as they come out; in 16 bits. */
async function resampled(tones: readonly number[]): Promise<Int16Array[]> {
  const hzAt = (second: number) => tones[Math.min(tones.length - 1, Math.floor(second / SECONDS))]!;
  const samples = make(tones.length * SECONDS, RATE_HZ, (s) => 0.5 * Math.sin(2 * Math.PI * hzAt(s) * s));
  const path = joinPath(folder, 'tones.wav');
  const pcm = (async function* () {
    yield bytesOf(samples);
  })();
  await encode({ ffmpeg, pcm, sampleRateHz: RATE_HZ, outputs: [{ format: 'wav', path }], tags: TAGS });
  const decoded = await decodeToPcm({ ffmpeg, input: path, name: 'tones', maxSeconds: 60 });
  const out = createSampleReader().read(decoded.pcm);
  return tones.map((_, i) => out.slice((i * SECONDS + 0.05) * RATE, ((i + 1) * SECONDS - 0.05) * RATE));
}
const SECONDS = 0.3;

/** Level of one frequency in dB, full scale 0, through a Blackman window. */
function levelDb(samples: Int16Array, hz: number): number {
  let [re, im, weight] = [0, 0, 0];
  samples.forEach((value, i) => {
    const turn = (2 * Math.PI * i) / samples.length;
    const w = 0.42 - 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn);
    re += w * value * Math.cos((2 * Math.PI * hz * i) / RATE);
    im -= w * value * Math.sin((2 * Math.PI * hz * i) / RATE);
    weight += w;
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / weight / 32_768);
}

describe('from 24 to 44.1 kHz', () => {
  const TONES = [1000, 6000, 9000, 10_000, 10_500, 10_800, 11_000, 11_200, 11_400];

  it('images are at least 60 dB under tones up to 11.4 kHz; flat within 0.5 dB up to 10.5 kHz', async () => {
    const found = await resampled(TONES);
    for (const [i, hz] of TONES.entries()) {
      const own = levelDb(found[i]!, hz);
      expect(own - levelDb(found[i]!, RATE_HZ - hz), `image of ${hz} Hz`).toBeGreaterThan(60);
      if (hz <= 10_500) expect(Math.abs(own - 20 * Math.log10(0.5)), `${hz} Hz`).toBeLessThan(0.5);
    }
  });
});

it.each(['acx', 'podcast', 'broadcast'] as const)(
  '%s: there is no digital silence, neither around nor between takes',
  async (name) => {
    const path = joinPath(folder, `${name}.wav`);
    const takes = [take(voice(1), { pauseAfterMs: 1200 }), take(voice(1))];
    const outputs = [{ format: 'wav' as const, path }];
    await masterChapter({ ffmpeg, takes, sampleRateHz: RATE_HZ, profile: PROFILES[name], outputs, tags: TAGS });
    expect((await inspectFile({ ffmpeg, path })).longestDigitalSilence).toBeNull();
  },
);
