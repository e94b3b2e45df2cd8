/**
 * The test signals of EBU Tech 3341 that can be made: all but 7 and 8, which are recordings. What they prove is the meter
 * that everything here is levelled and judged with; ffmpeg's is asked on the same files.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curvesOf } from '../../src/audio/measure/curves.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { integratedLoudness } from '../../src/audio/measure/loudness.ts';
import { createPeakMeter } from '../../src/audio/measure/true-peak.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { bytesOf, ffmpegHere, foreignMeter, join, make, measure, silence, sine } from './signals.ts';

const RATE_HZ = 48_000;
const tone = (dbfs: number, seconds: number, rateHz = RATE_HZ) => sine(1000, dbfs, seconds, rateHz);

/** Each tone is played on two channels, which adds their energies. */
const stereo = (samples: Int16Array, rateHz = RATE_HZ) => measure(samples, rateHz).loudness.map((energy) => 2 * energy);

describe('integrated loudness', () => {
  const cases: [name: string, steps: [dbfs: number, seconds: number][], lufs: number][] = [
    ['1: a tone', [[-23, 20]], -23],
    ['2: a quiet tone', [[-33, 20]], -33],
    [
      '3: the relative gate',
      [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
      -23,
    ],
    [
      '4: both gates',
      [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
      -23,
    ],
    [
      '5: levels within the gate',
      [
        [-26, 20],
        [-20, 20.1],
        [-26, 20],
      ],
      -23,
    ],
  ];
  it.each(cases)('case %s', (_name, steps, lufs) => {
    for (const rateHz of [24_000, 44_100]) {
      const samples = join(...steps.map(([dbfs, seconds]) => tone(dbfs, seconds, rateHz)));
      expect(Math.abs(integratedLoudness(stereo(samples, rateHz)) - lufs)).toBeLessThan(0.1);
    }
  });

  it('case 6: five channels', async () => {
    await onFile([-28, -28, -24, -30, -30], async (measured, foreign) => {
      expect(Math.abs(measured.loudnessLufs - -23)).toBeLessThan(0.1);
      expect(Math.abs(measured.loudnessLufs - foreign.loudnessLufs)).toBeLessThan(0.1);
    });
  });

  it('of 5.1: the channel of effects counts nothing', async () => {
    await onFile([-28, -28, -24, -10, -30, -30], async (measured, foreign) => {
      expect(Math.abs(measured.loudnessLufs - -23)).toBeLessThan(0.1);
      expect(Math.abs(measured.loudnessLufs - foreign.loudnessLufs)).toBeLessThan(0.1);
    });
  });
});

/** A WAV file of 20 s with a tone on each channel, measured by us and by ffmpeg. */
async function onFile(
  levels: number[],
  look: (
    measured: Awaited<ReturnType<typeof inspectFile>>,
    foreign: Awaited<ReturnType<typeof foreignMeter>>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(joinPath(tmpdir(), 'ebu-'));
  try {
    const ffmpeg = await ffmpegHere();
    const channels = levels.map((dbfs) => tone(dbfs, 20));
    const samples = new Int16Array(channels.length * channels[0]!.length);
    channels.forEach((own, c) => {
      own.forEach((x, i) => {
        samples[i * channels.length + c] = x;
      });
    });
    const header = wavHeader({ sampleRateHz: RATE_HZ, channels: channels.length, dataBytes: samples.byteLength });
    const path = joinPath(folder, 'tones.wav');
    await writeFile(path, Buffer.concat([header, bytesOf(samples)]));
    await look(await inspectFile({ ffmpeg, path }), await foreignMeter(ffmpeg, path));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('short-term loudness, as the curve of a report shows it', () => {
  /** Points of the curve whose 3 s lie within the sound. */
  const curve = (samples: Int16Array) => {
    const { loudnessLufs } = curvesOf(new Float32Array(1), stereo(samples));
    const edge = Math.ceil((1.5 / (samples.length / RATE_HZ)) * loudnessLufs.length);
    return loudnessLufs.slice(edge, -edge).map((value) => value ?? -Infinity);
  };
  const highest = (samples: Int16Array) => Math.max(...curve(samples));

  it('case 9: constant over a level that changes within its window', () => {
    const steps = join(...Array.from({ length: 5 }, () => join(tone(-20, 1.34), tone(-30, 1.66))));
    for (const lufs of curve(steps)) expect(Math.abs(lufs - -23)).toBeLessThanOrEqual(0.1001);
  });

  it('case 10: the same highest one wherever a tone of 3 s begins', () => {
    for (let i = 0; i < 20; i++) {
      const samples = join(silence(0.15 * i, RATE_HZ), tone(-23, 3), silence(1, RATE_HZ));
      // Tones at the very start have no room for a whole window before them: the curve's ends are shorter ones.
      const padded = join(silence(1, RATE_HZ), samples, silence(1, RATE_HZ));
      expect(Math.abs(highest(padded) - -23)).toBeLessThanOrEqual(0.1001);
    }
  });

  it('case 11: the highest one of tones of 3 s that rise by 1 dB', () => {
    for (let dbfs = -38; dbfs <= -19; dbfs++) {
      const padded = join(silence(2, RATE_HZ), tone(dbfs, 3), silence(2, RATE_HZ));
      expect(Math.abs(highest(padded) - dbfs)).toBeLessThanOrEqual(0.1001);
    }
  });
});

describe('momentary loudness: one window of the integrated one', () => {
  /** Of the 400 ms that begin at each 10 ms. */
  const momentary = (samples: Int16Array) => {
    const blocks = stereo(samples);
    return Array.from({ length: blocks.length - 39 }, (_, i) => integratedLoudness(blocks.subarray(i, i + 40)));
  };
  const highest = (samples: Int16Array) => Math.max(...momentary(samples));

  it('case 12: constant over a level that changes within its window', () => {
    const steps = join(...Array.from({ length: 25 }, () => join(tone(-20, 0.18), tone(-30, 0.22))));
    for (const lufs of momentary(steps).slice(100)) expect(Math.abs(lufs - -23)).toBeLessThan(0.1);
  });

  it('case 13: the same highest one wherever a tone of 400 ms begins', () => {
    for (let i = 0; i < 20; i++) {
      const samples = join(silence(0.02 * i, RATE_HZ), tone(-23, 0.4), silence(1, RATE_HZ));
      expect(Math.abs(highest(samples) - -23)).toBeLessThan(0.1);
    }
  });

  it('case 14: the highest one of tones of 400 ms that rise by 1 dB', () => {
    for (let dbfs = -38; dbfs <= -19; dbfs++) {
      const samples = join(silence(0.02 * (dbfs + 38), RATE_HZ), tone(dbfs, 0.4), silence(1, RATE_HZ));
      expect(Math.abs(highest(samples) - dbfs)).toBeLessThan(0.1);
    }
  });
});

describe('true peak', () => {
  const truePeakDbtp = (samples: Int16Array) => {
    const peaks = createPeakMeter();
    peaks.push(samples);
    return 20 * Math.log10(peaks.finish().truePeak);
  };
  /** A tone at a share of the rate, faded in and out so that it does not begin with a click. */
  const tonal = (of: number, amplitude: number, degrees: number) =>
    make(1, RATE_HZ, (s, i) => {
      const fade = Math.min(1, s / 0.1, (1 - s) / 0.1);
      return amplitude * fade * Math.sin((2 * Math.PI * i) / of + (Math.PI * degrees) / 180);
    });
  const expectWithin = (dbtp: number, wanted: number) => {
    expect(dbtp).toBeLessThanOrEqual(wanted + 0.2);
    expect(dbtp).toBeGreaterThanOrEqual(wanted - 0.4);
  };

  it.each([
    ['15: a quarter of the rate', 4, 0.5, 0, -6],
    ['16: the same, sampled beside its peaks', 4, 0.5, 45, -6],
    ['17: a sixth of the rate', 6, 0.5, 60, -6],
    ['18: an eighth of the rate', 8, 0.5, 67.5, -6],
    ['19: over full scale between samples', 4, 1.41, 45, 3],
  ] as const)('case %s', (_name, of, amplitude, degrees, wanted) => {
    expectWithin(truePeakDbtp(tonal(of, amplitude, degrees)), wanted);
  });

  it.each([0, 1, 2, 3])(
    'cases 20 to 23, in kind: one swell to full scale, %i quarters of a sample late',
    (quarters) => {
      const samples = make(0.5, RATE_HZ, (_s, i) => {
        const t = i - 12_000 - quarters / 4;
        return (0.5 + 0.5 * Math.exp(-((t / 40) ** 2))) * Math.cos((2 * Math.PI * t) / 6);
      });
      const faded = samples.map((x, i) => x * Math.min(1, i / 2000, (samples.length - i) / 2000));
      expectWithin(truePeakDbtp(faded), 0);
    },
  );

  it('as ffmpeg tells it, within 0.1 dB', async () => {
    const ffmpeg = await ffmpegHere();
    const folder = await mkdtemp(joinPath(tmpdir(), 'ebu-'));
    try {
      const path = joinPath(folder, 'tone.pcm');
      for (const [of, degrees] of [
        [4, 0],
        [4, 45],
        [6, 60],
        [8, 67.5],
      ] as const) {
        const samples = tonal(of, 0.5, degrees);
        await writeFile(path, bytesOf(samples));
        const foreign = await foreignMeter(ffmpeg, path, ['-f', 's16le', '-ar', String(RATE_HZ), '-ac', '1']);
        expect(Math.abs(truePeakDbtp(samples) - foreign.truePeakDbtp)).toBeLessThan(0.1);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
