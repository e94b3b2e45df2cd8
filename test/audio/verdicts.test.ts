/** Files that are wrong in one way each, and good files of other encoders: does the right rule fail, and only that one? */
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { chapterMetadata } from '../../src/audio/mastering/chapter-metadata.ts';
import { masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { createSampleReader, wavHeader } from '../../src/audio/pcm.ts';
import { adviceOn } from '../../src/qc/advice.ts';
import { judgeSet } from '../../src/qc/file-set.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { quickFfmpeg } from '../quick-environment.ts';
import { bytesOf, join, take, voice } from './signals.ts';

const RATE = 44_100;
let folder: string;
let ffmpeg: Ffmpeg;
/** A good chapter of about 14 s at 44.1 kHz. */
let good: Int16Array;
const at = (name: string) => joinPath(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'verdicts-'));
  ffmpeg = await quickFfmpeg();
  const tags = { title: 'Good', album: 'B', artist: 'A', track: 1, tracks: 1, language: 'en', comment: '' };
  const takes = [take(voice(5), { pauseAfterMs: 900 }), take(voice(6))];
  const outputs = [{ format: 'wav' as const, path: at('good.wav') }];
  await masterChapter({ ffmpeg, takes, sampleRateHz: 24_000, profile: PROFILES.acx, outputs, tags });
  const { pcm } = await decodeToPcm({ ffmpeg, input: at('good.wav'), name: 'good', maxSeconds: 60 });
  good = createSampleReader().read(Buffer.from(pcm)).slice();
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => promisify(execFile)(ffmpeg.path, ['-v', 'error', '-y', ...args]);

async function wav(name: string, samples: Int16Array, { rateHz = RATE, channels = 1 } = {}): Promise<string> {
  const header = wavHeader({ sampleRateHz: rateHz, channels, dataBytes: samples.byteLength });
  await writeFile(at(name), Buffer.concat([header, bytesOf(samples)]));
  return at(name);
}

async function mp3(name: string, samples: Int16Array, options = ['-b:a', '192k']): Promise<string> {
  await run('-i', await wav(`${name}.wav`, samples), '-c:a', 'libmp3lame', ...options, at(`${name}.mp3`));
  return at(`${name}.mp3`);
}

const measured = (path: string) => inspectFile({ ffmpeg, path });

async function broken(path: string): Promise<string[]> {
  const { rules } = judgeFile(await measured(path), PROFILES.acx);
  for (const rule of rules) expect(rule.pass || rule.fix !== undefined).toBe(true);
  return rules.filter(({ pass }) => !pass).map(({ rule }) => rule);
}

const louder = (db: number) => good.map((x) => Math.max(-21_000, Math.min(21_000, Math.round(x * 10 ** (db / 20)))));
const hiss = (dbfs: number, from = 0, to = Infinity) =>
  good.map((x, i) =>
    i < from || i >= to ? x : x + Math.round(32_768 * 10 ** (dbfs / 20) * Math.sin(i * i) * Math.SQRT2),
  );
const silenceOf = (seconds: number) => hissOnly(Math.round(seconds * RATE));
const hissOnly = (length: number) => Int16Array.from({ length }, (_, i) => Math.round(6 * Math.sin(i * i)));
/** In the pause between the two takes. */
const PAUSE = [Math.round(6.15 * RATE), Math.round(6.5 * RATE)] as const;

describe('one thing wrong', () => {
  it.each<[string, string[], () => Promise<string>]>([
    ['too loud', ['rmsDbfs'], () => mp3('loud', louder(5))],
    ['too quiet', ['rmsDbfs'], () => mp3('quiet', louder(-4))],
    [
      'a hot peak',
      ['samplePeakDbfs', 'truePeakDbtp'],
      () =>
        mp3(
          'hot',
          good.map((x, i) =>
            i % RATE === (4 * RATE) / 8 && Math.abs(x) > 0 ? x : i > 3 * RATE && i < 3 * RATE + 20 ? 30_000 : x,
          ),
        ),
    ],
    ['noise everywhere', ['noiseFloorDbfs', 'pauseNoiseDbfs'], () => mp3('noise', hiss(-52))],
    ['noise in one pause', ['pauseNoiseDbfs'], () => mp3('hum', hiss(-54, 5.4 * RATE, 6.8 * RATE))],
    ['the wrong rate', ['mp3SampleRateHz'], () => mp3('rate', good, ['-b:a', '192k', '-ar', '48000'])],
    ['a variable bit rate', ['mp3BitRateKbps', 'mp3BitRateSpreadKbps'], () => mp3('vbr', good, ['-q:a', '2'])],
    ['a low bit rate', ['mp3BitRateKbps'], () => mp3('low', good, ['-b:a', '128k'])],
    ['30 s of head', ['headSilenceSeconds'], () => mp3('head', join(silenceOf(30), louder(1.5)))],
    ['no tail', ['tailSilenceSeconds'], () => mp3('tail', good.subarray(0, good.length - 1.8 * RATE))],
    [
      'clipping',
      ['samplePeakDbfs', 'truePeakDbtp', 'clippedRuns'],
      () =>
        wav(
          'clipped.wav',
          good.map((x, i) => (i > 200_000 && i < 200_030 ? 32_767 : x)),
        ),
    ],
  ])('%s', async (_name, rules, make) => {
    const path = await make();
    const found = await broken(path);
    // Thirty seconds of silence pull the level of the whole file down, too.
    expect(found.filter((rule) => !(rules[0] === 'headSilenceSeconds' && rule === 'rmsDbfs'))).toEqual(rules);
  });

  it('says where a peak, a noisy pause and a clipped place are', async () => {
    const peak = await measured(at('hot.mp3'));
    expect(peak.peakAtSeconds).toBeCloseTo(3, 1);
    const noisy = await measured(at('hum.mp3'));
    expect(noisy.noisiestPause?.startSeconds).toBeGreaterThan(5);
    expect(noisy.noisiestPause?.startSeconds).toBeLessThan(7);
    expect((await measured(at('clipped.wav'))).clippedAtSeconds).toBeCloseTo(200_001 / RATE, 3);
  });

  it('longer than two hours', async () => {
    const samples = 121 * 60 * 8000;
    const sparse = await open(at('long.wav'), 'w');
    await sparse.write(wavHeader({ sampleRateHz: 8000, dataBytes: 2 * samples }));
    await sparse.truncate(44 + 2 * samples);
    await sparse.close();
    const file = await measured(at('long.wav'));
    expect(file.durationSeconds).toBe(121 * 60);
    const { rules } = judgeFile(file, PROFILES.acx);
    expect(rules.filter(({ pass }) => !pass)).toContainEqual(expect.objectContaining({ rule: 'durationSeconds' }));
  });

  it('cut off, in every container', async () => {
    const path = await mp3('whole', good);
    await run('-i', path, '-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', at('whole.m4a'));
    await run('-i', path, '-c:a', 'aac', '-b:a', '128k', '-f', 'mp4', at('late.m4a'));
    for (const name of ['whole.mp3', 'whole.m4a', 'whole.mp3.wav']) {
      const bytes = await readFile(name.endsWith('.wav') ? at('whole.wav') : at(name));
      await writeFile(at('cut'), bytes.subarray(0, Math.floor(bytes.length * 0.6)));
      expect(await broken(at('cut')), name).toContain('whole');
    }
    const late = await readFile(at('late.m4a'));
    await writeFile(at('cut.m4a'), late.subarray(0, late.length * 0.6));
    await expect(measured(at('cut.m4a'))).rejects.toMatchObject({ code: 'ffmpeg-failed' });
    // Without an Info header nothing is promised, but the last frame is not whole.
    await run('-i', path, '-c', 'copy', '-write_xing', '0', at('plain.mp3'));
    const plain = await readFile(at('plain.mp3'));
    await writeFile(at('cut'), plain.subarray(0, plain.length - 100));
    expect(await broken(at('cut'))).toContain('whole');
  });

  it('chapter marks that are wrong', async () => {
    const seconds = good.length / RATE;
    const book = async (marks: [number, number][]) => {
      const chapters = marks.map(([startSeconds, endSeconds]) => ({ title: 'x', startSeconds, endSeconds }));
      await writeFile(at('marks.txt'), chapterMetadata(chapters, RATE));
      const copy = ['-map', '0:a', '-map_chapters', '1', '-c:a', 'aac', '-f', 'ipod'];
      await run('-i', at('good.wav'), '-f', 'ffmetadata', '-i', at('marks.txt'), ...copy, at('book.m4b'));
      return broken(at('book.m4b'));
    };
    expect(
      await book([
        [0, 6.3],
        [6.3, seconds],
      ]),
    ).toEqual([]);
    expect(
      await book([
        [0, 3],
        [3, seconds],
      ]),
    ).toEqual(['chapterMarks']);
    expect(
      await book([
        [0, 6.3],
        [6.3, 9],
      ]),
    ).toEqual(['chapterMarks']);
    expect(
      await book([
        [0, 6.3],
        [6.3, seconds],
        [seconds + 60, seconds + 90],
      ]),
    ).toEqual(['chapterMarks']);
  });

  it('mono and stereo mixed', async () => {
    const stereo = Int16Array.from({ length: 2 * good.length }, (_, i) => good[i >> 1]!);
    const files = [
      { name: 'a', measured: await measured(await wav('a.wav', good)) },
      { name: 'b', measured: await measured(await wav('b.wav', good)) },
      { name: 'c', measured: await measured(await wav('c.wav', stereo, { channels: 2 })) },
    ];
    expect(judgeSet(files.slice(0, 2)).verdict).toBe('pass');
    const { verdict, rules } = judgeSet(files);
    expect(verdict).toBe('fail');
    expect(rules.filter(({ pass }) => !pass)).toMatchObject([
      {
        rule: 'sameChannels',
        measured: '2 × mono, 1 × stereo',
        fix: expect.stringContaining('mono, like the others: c.'),
      },
    ]);
  });
});

describe('good files', () => {
  it.each([
    ['LAME at 320 kb/s', 'lame.mp3', ['-c:a', 'libmp3lame', '-b:a', '320k']],
    ['LAME, joint stereo', 'stereo.mp3', ['-c:a', 'libmp3lame', '-b:a', '192k', '-af', 'pan=stereo|c0=c0|c1=c0']],
    ['shine', 'shine.mp3', ['-c:a', 'libshine', '-b:a', '192k', '-af', 'volume=-1.5dB']],
    ['FLAC', 'good.flac', ['-c:a', 'flac']],
    ['Opus', 'good.opus', ['-c:a', 'libopus', '-b:a', '96k']],
    ['AAC', 'good.m4a', ['-c:a', 'aac', '-b:a', '128k']],
  ])('%s', async (_name, file, options) => {
    if (!ffmpeg.encoders.has(options[1]!)) return;
    await run('-i', at('good.wav'), ...options, at(file));
    expect(await broken(at(file))).toEqual([]);
  });

  it('gets advice on digital silence, which breaks no rule that can be measured', async () => {
    const gated = good.map((x, i) => (i >= PAUSE[0] - 4000 && i < PAUSE[1] + 4000 ? 0 : x));
    const file = await measured(await wav('gated.wav', gated));
    expect(judgeFile(file, PROFILES.acx).verdict).toBe('pass');
    expect(adviceOn(file, PROFILES.acx)).toMatchObject([{ message: expect.stringContaining('digital silence') }]);
    expect(adviceOn(file, PROFILES.none)).toEqual([]);
  });
});
