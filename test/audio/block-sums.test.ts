import { assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsBlockSums, MOST_SAMPLES, wasmBlockSums } from '../../src/audio/measure/block-sums.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { join, random, silence, voice } from './signals.ts';

/** The shelf and the high-pass at 48 kHz, as BS.1770-4 tabulates them. */
const COEFFICIENTS = Float64Array.of(
  ...[1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585],
  ...[-1.99004745483398, 0.99007225036621],
);

/** Speech, silence in which the filters ring out, noise that fills all bits, and the largest sums. */
function material(seed: number): Int16Array {
  const next = random(seed);
  const noise = Int16Array.from({ length: 3000 }, () => next() * 65_536 - 32_768);
  return join(voice(0.2), silence(0.4), noise, new Int16Array(3000).fill(-32_768));
}

describe('block sums', () => {
  it('are the same bits in WebAssembly and in JavaScript, for channels in turns', () => {
    const blocks = constantFrom(1, 7, 80, 240, 441, 480, 960, 5000);
    const channel = record({ seed: integer({ min: 1, max: 1 << 30 }), blockSamples: blocks });
    const cut = integer({ min: 0, max: MOST_SAMPLES });
    const checked = property(channel, channel, cut, integer({ min: -32_768, max: 32_767 }), (a, b, most, settled) => {
      const channels = [a, b].map(({ seed, blockSamples }) => {
        const request = { blockSamples, coefficients: COEFFICIENTS };
        const quick = wasmBlockSums(request);
        if (quick === null) throw new Error('This Node has no WebAssembly: nothing would be compared.');
        return {
          samples: material(seed),
          next: random(seed),
          from: 0,
          quick,
          plain: jsBlockSums(request),
          blockSamples,
        };
      });
      for (const { quick, plain } of channels) for (const sums of [quick, plain]) sums.settleOn(settled);
      while (channels.some(({ from, samples }) => from < samples.length))
        for (const own of channels) {
          const first = 1 + Math.floor(own.next() * own.blockSamples);
          const count = Math.min(most, first + 1000 * own.blockSamples, 1 + Math.floor(own.next() * MOST_SAMPLES));
          const piece = own.samples.subarray(own.from, own.from + Math.max(1, count));
          own.from += piece.length;
          const sums = own.quick.add(piece, first);
          expect(Buffer.compare(bits(sums), bits(own.plain.add(piece, first))), JSON.stringify(a)).toBe(0);
        }
    });
    assert(checked, { numRuns: 15 });
  });

  it.each([10, 3_000_000])('measure a file of %i Hz, which no player has', (rateHz) => {
    const meter = createMeter(rateHz, { of: 'file' });
    meter.pushSamples(voice(2));
    const { power, samples } = meter.finish();
    expect(samples).toBe(48_000);
    expect(power.length).toBe(Math.ceil(48_000 / Math.max(1, rateHz / 100)));
  });
});

function bits(sums: Float64Array): Buffer {
  return Buffer.from(sums.buffer, sums.byteOffset, sums.byteLength);
}
