import { describe, expect, it } from 'vitest';
import { reductionsFor } from '../../src/audio/limiter.ts';
import { createPeakMeter } from '../../src/audio/true-peak.ts';
import { join, measure, RATE_HZ, silence, sine, voice } from './signals.ts';

const CEILING = 0.4 * 32_768;

/** The samples as the limiter wants them, not rounded. */
function limit(samples: Int16Array): Float32Array {
  const { peak, blockSamples } = measure(samples);
  const limited = Float32Array.from(samples);
  const request = { samples, ceiling: CEILING, sampleRateHz: RATE_HZ, peaks: peak, blockSamples };
  let end = 0;
  for (const { from, gains } of reductionsFor(request)) {
    expect(from).toBeGreaterThanOrEqual(end);
    end = from + gains.length;
    gains.forEach((gain, i) => {
      limited[from + i]! *= gain;
    });
  }
  expect(end).toBeLessThanOrEqual(samples.length);
  return limited;
}

describe('limiter', () => {
  const loud = join(silence(0.3), voice(2, { gain: 1.5 }), sine(5900, -1, 0.5), sine(60, -40, 0.3));

  it('holds the ceiling between samples too', () => {
    const limited = limit(loud);
    expect(limited.length).toBe(loud.length);
    const peaks = createPeakMeter();
    peaks.push(Int16Array.from(limited));
    expect(peaks.finish().truePeak).toBeLessThan(0.402);
    // It limits, it does not just turn down.
    expect(peaks.finish().truePeak).toBeGreaterThan(0.39);
  });

  it('leaves alone what is under the ceiling', () => {
    const quiet = voice(1, { gain: 0.1 });
    expect([...limit(quiet)]).toEqual([...quiet]);
    expect(limit(loud).subarray(0, 5000)).toEqual(Float32Array.from(loud.subarray(0, 5000)));
    expect(limit(loud).subarray(-5000)).toEqual(Float32Array.from(loud.subarray(-5000)));
  });

  it('holds the ceiling at the very ends, and in a sound shorter than its look-ahead', () => {
    for (const seconds of [0, 1 / RATE_HZ, 0.002, 0.03, 0.1]) {
      const limited = limit(sine(440, 0, seconds));
      expect(limited.length).toBe(Math.round(seconds * RATE_HZ));
      expect(Math.max(0, ...limited.map(Math.abs))).toBeLessThanOrEqual(CEILING + 1);
    }
  });

  it('changes its gain without jumps', () => {
    const limited = limit(loud);
    let steepest = 0;
    let last = { at: 0, gain: 1 };
    loud.forEach((sample, at) => {
      if (Math.abs(sample) < 2000) return;
      const gain = limited[at]! / sample;
      if (last.at === at - 1) steepest = Math.max(steepest, Math.abs(gain - last.gain));
      last = { at, gain };
    });
    // From nothing to the deepest cut takes the whole look-ahead, 480 samples to either side.
    expect(steepest).toBeGreaterThan(0);
    expect(steepest).toBeLessThan(1 / 480);
  });
});
