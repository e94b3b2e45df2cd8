import { describe, expect, it } from 'vitest';
import { createLimiter } from '../../src/audio/limiter.ts';
import { createPeakMeter } from '../../src/audio/true-peak.ts';
import { join, RATE_HZ, silence, sine, voice } from './signals.ts';

const CEILING = 0.4 * 32_768;

function limit(samples: Int16Array, step = 1000): Float32Array {
  const limiter = createLimiter({ ceiling: CEILING, sampleRateHz: RATE_HZ });
  const parts: Float32Array[] = [];
  for (let i = 0; i < samples.length; i += step)
    parts.push(...limiter.push(Float32Array.from(samples.subarray(i, i + step))));
  parts.push(...limiter.finish());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

describe('limiter', () => {
  const loud = join(silence(0.3), voice(2, { gain: 1.5 }), sine(5900, -1, 0.5), sine(60, -40, 0.3));

  it('holds the ceiling between samples too, and gives back as many samples as it took', () => {
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

  it('does the same however the samples are cut', () => {
    const whole = limit(loud, loud.length);
    for (const step of [1, 479, 480, 481, 7001]) expect(limit(loud, step)).toEqual(whole);
    for (const length of [0, 1, 479, 480, 481, 1440]) expect(limit(loud.subarray(0, length)).length).toBe(length);
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
