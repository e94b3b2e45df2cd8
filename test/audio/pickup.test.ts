/** The author's own recordings: clipping is counted as it was recorded, before the level is set. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runFfmpeg } from '../../src/audio/ffmpeg/ffmpeg.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { convertPickup } from '../../src/audio/samples/pickup.ts';
import { measureSample } from '../../src/audio/samples/sample.ts';
import { judgeQuality } from '../../src/qc/sample-quality.ts';
import { judgeTake } from '../../src/qc/take.ts';
import { bytesOf, ffmpegHere, voice } from './signals.ts';

const RATE = 44_100;
const spoken = voice(2, { gain: 0.6, rateHz: RATE });
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pickup-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What becomes of a recording after it clips by `overDb`: another level, then what ffmpeg makes of it. */
interface Recorded {
  overDb: number;
  afterDb?: number;
  file?: string;
  options?: readonly string[];
}

/** Stereo, with the fault on the right only. */
async function recorded({ overDb, afterDb = 0, file, options = [] }: Recorded): Promise<Buffer> {
  const right = spoken.map((x) => Math.max(-32_767, Math.min(32_767, Math.round(x * 10 ** (overDb / 20)))));
  const after = 10 ** (afterDb / 20);
  const stereo = Int16Array.from({ length: 2 * spoken.length }, (_, i) =>
    Math.round(after * (i % 2 === 0 ? spoken[i >> 1]! : right[i >> 1]!)),
  );
  const header = wavHeader({ sampleRateHz: RATE, channels: 2, dataBytes: stereo.byteLength });
  const bytes = Buffer.concat([header, bytesOf(stereo)]);
  if (file === undefined) return bytes;
  const [from, to] = [join(folder, `from-${file}.wav`), join(folder, file)];
  await writeFile(from, bytes);
  const ffmpeg = await ffmpegHere();
  await runFfmpeg({
    ffmpeg,
    doing: 'making a file',
    inputs: [{ from, options: [] }],
    outputs: [{ to, options: [...options] }],
  });
  return readFile(to);
}

async function doubtsOf(how: Recorded): Promise<string[]> {
  const bytes = await recorded(how);
  const { measured } = await convertPickup({ ffmpeg: await ffmpegHere(), bytes, name: 'a', sampleRateHz: 24_000 });
  return judgeTake(measured, { text: 'A line that was recorded too loud.' }).doubts.map(({ check }) => check);
}

const RESAMPLED = { file: 'resampled.wav', options: ['-ar', '48000'] };
const MP3 = { file: 'coded.mp3', options: ['-b:a', '192k'] };

it.each<Recorded>([
  ...[{ overDb: 12 }, { overDb: 24 }, { overDb: 36 }, { overDb: 24, afterDb: -9 }],
  { overDb: 24, afterDb: -6, ...RESAMPLED },
  { overDb: 18, afterDb: -3, ...MP3 },
])('tells a recording that clips: %o', async (clipped) => {
  expect(await doubtsOf(clipped)).toContain('clipped');
});

const LIMITER = 'alimiter=level_in=4:limit=0.7:attack=5:release=50:level=0';

it.each<Recorded>([
  ...[{ overDb: 0 }, { overDb: 0, afterDb: -6, ...RESAMPLED }, { overDb: 0, ...MP3 }],
  { overDb: 0, file: 'limited.wav', options: ['-af', LIMITER] },
  { overDb: 0, file: 'limited.mp3', options: ['-af', LIMITER, ...MP3.options] },
])('takes a recording that does not clip for good: %o', async (clean) => {
  expect(await doubtsOf(clean)).not.toContain('clipped');
});

it('tells it of a sample for a voice, too', async () => {
  const [clean, clipped] = await Promise.all(
    [
      { overDb: 0, ...MP3 },
      { overDb: 24, afterDb: -6, ...RESAMPLED },
    ].map(async (how) => {
      const { quality } = await measureSample({ ffmpeg: await ffmpegHere(), bytes: await recorded(how) });
      return judgeQuality(quality!).find(({ rule }) => rule === 'clipping')!.pass;
    }),
  );
  expect([clean, clipped]).toEqual([true, false]);
});
