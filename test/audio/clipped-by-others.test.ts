/** Clipping by a few dB that a lossy codec or another sampling rate has hidden: told from sounds that are merely loud and even. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import { runFfmpeg } from '../../src/audio/ffmpeg/ffmpeg.ts';
import { createRecordedClipCounter } from '../../src/audio/measure/clipping.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { bytesOf, ffmpegHere, join, make, random, silence, sine, voice } from './signals.ts';

const RATE = 44_100;
const SECONDS = 3;
const HIGHEST = 29_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'clipped-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** To one peak, and from there `overDb` beyond it, which clips; lowered afterwards, so that no sample is at full scale. */
function recorded(samples: Int16Array, overDb = 0): Int16Array {
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const gain = (HIGHEST / peak) * 10 ** (overDb / 20);
  return samples.map((value) => Math.round(0.7 * Math.max(-HIGHEST, Math.min(HIGHEST, value * gain))));
}

/** What follows the level within some milliseconds and holds it down, by `ratio` above `threshold`. */
function compressed(samples: Int16Array, { threshold, ratio }: { threshold: number; ratio: number }): Int16Array {
  let level = 0;
  return samples.map((value) => {
    const size = Math.abs(value);
    level += (size - level) / (RATE * (size > level ? 0.005 : 0.05));
    return Math.round(level > threshold ? value * (threshold / level) ** (1 - 1 / ratio) : value);
  });
}

const low = voice(SECONDS, { gain: 0.6, rateHz: RATE });
const high = voice(SECONDS, { hz: 150, gain: 0.6, rateHz: RATE });
const swell = (s: number) => Math.sin((Math.PI * s) / SECONDS);
const brass = make(SECONDS, RATE, (s) => 0.7 * swell(s) * Math.tanh(1.5 * Math.sin(2 * Math.PI * 233 * s)));
const noise = random(5);
const whisper = make(SECONDS, RATE, (s) => 0.5 * Math.max(0, Math.sin(2 * Math.PI * 2.7 * s)) * (2 * noise() - 1));

const SOUNDS: Record<string, Int16Array> = {
  'low, clipped': recorded(low, 6),
  'high, clipped': recorded(high, 6),
  low: recorded(low),
  high: recorded(high),
  compressed: recorded(compressed(low, { threshold: 2000, ratio: 4 })),
  limited: recorded(compressed(high, { threshold: 4000, ratio: 100 })),
  'steady tone': recorded(sine(220, -3, SECONDS, RATE)),
  'swelling tone': recorded(make(SECONDS, RATE, (s) => swell(s) * Math.sin(2 * Math.PI * 220 * s))),
  brass: recorded(brass),
  whisper: recorded(whisper),
};

/** All sounds as one file of a kind, and those of them in which clipping is found. */
async function toldAs(name: string, options: readonly string[], sampleRateHz: number): Promise<string[]> {
  const ffmpeg = await ffmpegHere();
  const gap = silence(0.5, RATE);
  const all = join(...Object.values(SOUNDS).flatMap((sound) => [sound, gap]));
  const [from, to] = [joinPath(folder, `from-${name}.wav`), joinPath(folder, name)];
  const header = wavHeader({ sampleRateHz: RATE, channels: 1, dataBytes: all.byteLength });
  await writeFile(from, Buffer.concat([header, bytesOf(all)]));
  const work = { inputs: [{ from, options: [] }], outputs: [{ to, options: [...options] }] };
  await runFfmpeg({ ffmpeg, doing: 'making a file', ...work });
  const { pcm } = await decodeToPcm({ ffmpeg, input: to, name, sampleRateHz, channels: 1, maxSeconds: 60 });
  const samples = new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.length));
  return Object.keys(SOUNDS).filter((_, i) => {
    const counter = createRecordedClipCounter(sampleRateHz);
    const from = i * (SECONDS + 0.5) * sampleRateHz;
    counter.push(samples.subarray(from, from + SECONDS * sampleRateHz));
    return counter.clipped() > 3 * SECONDS;
  });
}

it.each([
  ['coded.mp3', ['-b:a', '128k'], RATE],
  ['faster.wav', ['-ar', '48000'], 48_000],
  ['slower.wav', ['-ar', '24000'], 24_000],
] as const)('tells 6 dB in %s', async (name, options, sampleRateHz) => {
  expect(await toldAs(name, options, sampleRateHz)).toEqual(['low, clipped', 'high, clipped']);
});

it('needs no memory for a rate that no recording has', () => {
  const counter = createRecordedClipCounter(2 ** 30);
  counter.push(recorded(low, 20));
  expect(counter.clipped()).toBeGreaterThan(3 * SECONDS);
});
