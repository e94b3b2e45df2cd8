import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, it } from 'vitest';
import { integratedLoudness } from '../../src/audio/measure/loudness.ts';
import { areCurrentMeasures, decodeMeasures, encodeMeasures, summarizeTake } from '../../src/audio/measure/measures.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { createPeakMeter } from '../../src/audio/measure/true-peak.ts';
import { bytesOf, ffmpegHere, foreignMeter, join, make, measure, silence, sine, voice } from './signals.ts';

describe('meter', () => {
  it('agrees with ffmpeg within 0.1 LU and 0.1 dB', async () => {
    const ffmpeg = await ffmpegHere();
    const folder = await mkdtemp(joinPath(tmpdir(), 'meter-'));
    try {
      for (const rateHz of [22_050, 24_000, 48_000]) {
        const samples = join(
          voice(6, { rateHz, gain: 0.8 }),
          silence(1, rateHz),
          voice(3, { rateHz, gain: 0.1, hz: 210 }),
        );
        const path = joinPath(folder, 'a.pcm');
        await writeFile(path, bytesOf(samples));
        const foreign = await foreignMeter(ffmpeg, path, ['-f', 's16le', '-ar', String(rateHz), '-ac', '1']);
        const measures = measure(samples, rateHz);
        const { rmsDbfs, samplePeakDbfs } = summarizeTake(measures);
        const peaks = createPeakMeter();
        peaks.push(samples);
        const truePeakDbtp = 20 * Math.log10(peaks.finish().truePeak);
        expect(Math.abs(integratedLoudness(measures.loudness) - foreign.loudnessLufs)).toBeLessThan(0.1);
        expect(Math.abs(rmsDbfs - foreign.rmsDbfs)).toBeLessThan(0.1);
        expect(Math.abs(samplePeakDbfs - foreign.samplePeakDbfs)).toBeLessThan(0.1);
        expect(Math.abs(truePeakDbtp - foreign.truePeakDbtp)).toBeLessThan(0.1);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('gives the same measures however the bytes are cut', () => {
    const samples = voice(1.2345);
    const meter = createMeter(24_000);
    const bytes = bytesOf(samples);
    for (let i = 0; i < bytes.length; i += 333) meter.push(bytes.subarray(i, i + 333));
    expect(meter.finish()).toEqual(measure(samples));
  });

  it('sees the silence around the sound', () => {
    const { leadSilenceSeconds, tailSilenceSeconds, durationSeconds } = summarizeTake(
      measure(join(silence(0.5), sine(300, -20, 2), silence(0.25))),
    );
    expect(leadSilenceSeconds).toBeCloseTo(0.5, 2);
    expect(tailSilenceSeconds).toBeCloseTo(0.25, 2);
    expect(durationSeconds).toBe(2.75);
    // The same under a hiss of −55 dBFS.
    const noisy = join(silence(0.5), sine(300, -20, 2), silence(0.25)).map((x, i) => x + 82 * Math.sin(i * i));
    expect(summarizeTake(measure(noisy)).leadSilenceSeconds).toBeCloseTo(0.5, 2);
    expect(summarizeTake(measure(noisy)).tailSilenceSeconds).toBeCloseTo(0.25, 2);
    expect(summarizeTake(measure(silence(1)))).toMatchObject({ rmsDbfs: -Infinity, leadSilenceSeconds: 1 });
    expect(summarizeTake(measure(new Int16Array(0)))).toMatchObject({ rmsDbfs: -Infinity, durationSeconds: 0 });
  });

  it('measures what is shorter than one window of the standard', () => {
    expect(integratedLoudness(measure(sine(1000, -20, 0.2)).loudness)).toBeCloseTo(-23, 0);
    expect(integratedLoudness([])).toBe(-Infinity);
  });
});

describe('true peak', () => {
  it('finds the peak between samples', () => {
    // A tone at a quarter of the rate, sampled 45° beside its peaks: samples at −3.01 dB of it.
    const samples = make(0.5, 24_000, (_s, i) => 0.5 * Math.sin((Math.PI / 2) * i + Math.PI / 4));
    const peaks = createPeakMeter();
    for (let i = 0; i < samples.length; i += 100) peaks.push(samples.subarray(i, i + 100));
    const { samplePeak, truePeak } = peaks.finish();
    expect(samplePeak).toBeCloseTo(0.3536, 3);
    expect(Math.abs(20 * Math.log10(truePeak / 0.5))).toBeLessThan(0.15);
  });
});

describe('stored measures', () => {
  const measures = measure(join(silence(0.1), voice(2.005)));

  it('come back exactly, in 6 bytes for each 10 ms', () => {
    const bytes = encodeMeasures(measures);
    expect(bytes.length).toBe(22 + 6 * 211);
    expect(decodeMeasures(bytes)).toEqual(measures);
    expect(areCurrentMeasures(bytes)).toBe(true);
    expect(decodeMeasures(encodeMeasures(measure(new Int16Array(0))))).toMatchObject({ samples: 0 });
  });

  it('of the first version are read, and known to lack the offset', () => {
    const bytes = encodeMeasures(measures);
    const first = Buffer.concat([bytes.subarray(0, 20), bytes.subarray(22)]);
    first.writeUInt16LE(1, 4);
    expect(decodeMeasures(first)).toEqual(measures);
    expect(areCurrentMeasures(first)).toBe(false);
  });

  it('know the constant offset of a take, and tell its level without it', () => {
    const clean = join(silence(0.5), voice(2, { gain: 0.3 }), silence(0.5));
    const shifted = measure(clean.map((x) => x + 3300));
    expect(shifted.offset).toBe(3300);
    expect(measure(clean).offset).toBe(0);
    expect(summarizeTake(shifted).rmsDbfs).toBeCloseTo(summarizeTake(measure(clean)).rmsDbfs, 2);
    expect(summarizeTake(shifted).leadSilenceSeconds).toBeCloseTo(0.5, 1);
    expect(integratedLoudness(shifted.loudness)).toBeCloseTo(integratedLoudness(measure(clean).loudness), 2);
    expect(shifted.peak).toEqual(measure(clean).peak);
    // A finished file is measured as it is.
    const file = createMeter(24_000, { of: 'file' });
    file.pushSamples(clean.map((x) => x + 3300));
    expect(summarizeTake(file.finish()).rmsDbfs).toBeGreaterThan(-20);
  });

  it('are refused when damaged', () => {
    const bytes = encodeMeasures(measures);
    const otherVersion = Buffer.from(bytes);
    otherVersion.writeUInt16LE(3, 4);
    for (const bad of [bytes.subarray(0, -1), bytes.subarray(0, 10), Buffer.from('RIFF'.repeat(20)), otherVersion]) {
      expect(() => decodeMeasures(bad)).toThrow(expect.objectContaining({ code: 'store-damaged' }));
    }
  });
});
