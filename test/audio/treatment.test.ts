/** What mastering does to the sound itself: offset, high-pass, noise reduction; and what happens when something breaks. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { ChapterTake } from '../../src/audio/mastering/chapter-sound.ts';
import { type MasterRequest, masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { createSampleReader } from '../../src/audio/pcm.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { bytesOf, ffmpegHere, join, make, measure, RATE_HZ, silence, take, voice } from './signals.ts';

const TAGS = { title: 't', album: 'b', artist: 'a', track: 1, tracks: 1, language: 'en', comment: '' };
let ffmpeg: Ffmpeg;
let folder: string;
beforeAll(async () => {
  ffmpeg = await ffmpegHere();
});
beforeEach(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'treatment-'));
  return () => rm(folder, { recursive: true });
});

async function mastered(takes: ChapterTake[], more: Partial<MasterRequest> = {}) {
  const path = joinPath(folder, 'chapter.wav');
  const outputs = [{ format: 'wav' as const, path }];
  const request = { ffmpeg, takes, sampleRateHz: RATE_HZ, profile: PROFILES.none, outputs, tags: TAGS };
  await masterChapter({ ...request, ...more });
  const { pcm } = await decodeToPcm({ ffmpeg, input: path, name: path, sampleRateHz: RATE_HZ, maxSeconds: 60 });
  return { path, heard: createSampleReader().read(pcm) };
}

/** Level in dBFS of one tone in a sound, whatever else is in it. */
function levelAt(hz: number, samples: Int16Array): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * hz * i) / RATE_HZ);
    imaginary += sample * Math.sin((2 * Math.PI * hz * i) / RATE_HZ);
  });
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / samples.length / 32_768);
}

const mean = (samples: Int16Array) => samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
const rmsDb = (samples: Int16Array) =>
  10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 0) / samples.length / 2 ** 30);

describe('a high-pass', () => {
  const rumble = () => take(make(2, RATE_HZ, (s) => 0.1 * (Math.sin(60 * Math.PI * s) + Math.sin(2000 * Math.PI * s))));

  it('takes away what is below its corner and leaves what is above', async () => {
    const { heard } = await mastered([rumble()], { profile: { ...PROFILES.none, highPassHz: 100 } });
    const steady = heard.subarray(RATE_HZ / 2, 1.5 * RATE_HZ);
    // Second order: 12 dB an octave, 21 dB at 30 Hz.
    expect(levelAt(30, steady)).toBeLessThan(-38);
    expect(levelAt(1000, steady)).toBeCloseTo(-20, 0);
  });

  it('is off unless asked for', async () => {
    const { heard } = await mastered([rumble()]);
    expect(levelAt(30, heard.subarray(RATE_HZ / 2, 1.5 * RATE_HZ))).toBeCloseTo(-20, 0);
  });
});

describe('noise reduction', () => {
  it('lowers a steady hiss, and hardly the voice', async () => {
    let state = 1;
    const hiss = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return state / 0x3fff_ffff - 1;
    };
    const noisy = join(voice(2), silence(3), voice(2)).map((x) => x + 80 * hiss());
    const plain = (await mastered([take(noisy)])).heard;
    const less = (await mastered([take(noisy)], { profile: { ...PROFILES.none, denoiseDb: 12 } })).heard;
    const pause = (samples: Int16Array) => rmsDb(samples.subarray(3 * RATE_HZ, 4.5 * RATE_HZ));
    const speech = (samples: Int16Array) => rmsDb(samples.subarray(0.5 * RATE_HZ, 1.5 * RATE_HZ));
    expect(pause(plain) - pause(less)).toBeGreaterThan(11);
    expect(pause(plain) - pause(less)).toBeLessThan(13.5);
    expect(Math.abs(speech(plain) - speech(less))).toBeLessThan(1);
  });
});

describe('a constant offset', () => {
  const shifted = (by: number) => take(join(silence(0.3), voice(4, { gain: 0.3 }), silence(0.3)).map((x) => x + by));

  it('is taken away, and does not move the level', async () => {
    for (const offset of [0, 3300, -1000]) {
      const { path, heard } = await mastered([shifted(offset)], { profile: PROFILES.podcast });
      expect(Math.abs(mean(heard))).toBeLessThan(20);
      const measured = await inspectFile({ ffmpeg, path });
      expect(Math.abs(measured.loudnessLufs - -19)).toBeLessThan(0.3);
    }
  });

  it('stays where nothing is to be changed', async () => {
    const { heard } = await mastered([shifted(3300)]);
    expect(mean(heard.subarray(5000, -5000))).toBeCloseTo(3300, -2);
  });
});

describe('mastering in trouble', () => {
  it('ends all silence in a clear verdict', async () => {
    const { path } = await mastered([take(silence(3))], { profile: PROFILES.podcast });
    const { verdict, rules } = judgeFile(await inspectFile({ ffmpeg, path }), PROFILES.podcast);
    expect(verdict).toBe('fail');
    const failed = rules.filter((rule) => !rule.pass);
    expect(failed.map(({ rule }) => rule)).toEqual(['loudnessLufs']);
    expect(JSON.stringify(failed)).not.toMatch(/NaN|null/);
  });

  it('takes an empty take among others, and a chapter of nothing else', async () => {
    const empty = () => take(new Int16Array(0));
    const { heard } = await mastered([empty(), take(voice(1)), empty()]);
    expect(heard.length).toBeGreaterThan(RATE_HZ);
    expect((await mastered([empty()], { profile: PROFILES.acx })).heard.length).toBeGreaterThan(1.6 * RATE_HZ);
  });

  it('refuses a take that was cut inside a sample, or shortened, or has grown', async () => {
    const samples = voice(1);
    const bytes = bytesOf(samples);
    for (const wrong of [
      bytes.subarray(0, -1),
      bytes.subarray(0, 4000),
      Buffer.concat([bytes, bytes.subarray(0, 1)]),
    ]) {
      const open = () => Readable.from([wrong], { objectMode: false });
      const bad = { measures: measure(samples), character: 'narrator', pauseAfterMs: 0, open };
      await expect(mastered([take(voice(1)), bad])).rejects.toMatchObject({ code: 'store-damaged' });
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it.runIf(process.platform === 'linux')(
    'tells that its ffmpeg was killed half way, leaves nothing, and completes the next time',
    async () => {
      const takes = () => [take(voice(2)), take(voice(2)), take(voice(2))];
      const before = ffmpegChildren();
      const killing = takes();
      killing[2] = {
        ...killing[2]!,
        open: () => {
          for (const pid of ffmpegChildren().filter((own) => !before.includes(own))) process.kill(pid, 'SIGKILL');
          return take(voice(2)).open();
        },
      };
      await expect(mastered(killing, { profile: PROFILES.acx })).rejects.toMatchObject({
        code: 'ffmpeg-failed',
        retry: 'backoff',
        message: expect.stringContaining('killed'),
      });
      expect(await readdir(folder)).toEqual([]);
      const { path } = await mastered(takes(), { profile: PROFILES.acx });
      const again = await readFile(path);
      expect(again.equals(await readFile((await mastered(takes(), { profile: PROFILES.acx })).path))).toBe(true);
    },
  );
});

/** Process ids of the ffmpegs that this process has started. */
function ffmpegChildren(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return name === 'ffmpeg' && Number(parent) === process.pid;
      } catch {
        // It ended meanwhile.
        return false;
      }
    })
    .map(Number);
}
