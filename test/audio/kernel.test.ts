import { execFileSync } from 'node:child_process';
import { assert, constantFrom, double, integer, property, record, uniqueArray } from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jsKernel, type Kernel, MOST_CANDIDATES, openKernel, wasmKernel } from '../../src/audio/mastering/kernel.ts';
import { ROOM_TONE_SAMPLES, roomTone } from '../../src/audio/mastering/room-tone.ts';
import { join, RATE_HZ, random, voice } from './signals.ts';

/** Longer than the room for factors. */
const TAKE_SAMPLES = 20_000;
const PAUSE_SAMPLES = 37;
const ROOMS = { takeSamples: TAKE_SAMPLES, chunkSamples: TAKE_SAMPLES + PAUSE_SAMPLES, tone: roomTone(-60) };

const SPEECH = voice((TAKE_SAMPLES - 1800) / RATE_HZ, { gain: 1.5 });

/** Speech, noise that fills all bits, and the steps at which sums and comparisons could turn over. */
function material(seed: number): Int16Array {
  const next = random(seed);
  const noise = Int16Array.from({ length: 900 }, () => next() * 65_536 - 32_768);
  const steps = Int16Array.from({ length: 900 }, () => [-32_768, -32_767, -1, 0, 1, 32_767][Math.floor(next() * 6)]!);
  return join(SPEECH, noise, steps);
}

const QUICK = wasmKernel(ROOMS);
const PLAIN = jsKernel(ROOMS);

/** Both, with the material in. */
function both(seed: number): [quick: Kernel, plain: Kernel] {
  if (QUICK === null) throw new Error('This Node has no WebAssembly: nothing would be compared.');
  for (const { take, chunk } of [QUICK, PLAIN]) {
    take.set(material(seed));
    chunk.fill(12_345);
  }
  return [QUICK, PLAIN];
}

const seeds = integer({ min: 1, max: 1 << 30 });
/** Two places in a take, in order. */
const pieces = uniqueArray(integer({ min: 0, max: TAKE_SAMPLES }), { minLength: 2, maxLength: 2 }).map(
  ([a = 0, b = 0]) => ({ from: Math.min(a, b), to: Math.max(a, b) }),
);

describe('kernel', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('mixes the same bits in WebAssembly and in JavaScript, and touches nothing beside', () => {
    const places = record({ piece: pieces, pause: integer({ min: 0, max: PAUSE_SAMPLES }) });
    const at = integer({ min: 0, max: 5 * ROOM_TONE_SAMPLES });
    // Up to where a limiter has to turn down by 40 dB, and the sum has many more than 16 bits.
    const gain = double({ min: 0.001, max: 100, noNaN: true });
    const turned = constantFrom(true, false);
    const checked = property(seeds, places, record({ at, gain, turned }), (seed, { piece, pause }, of) => {
      const next = random(seed);
      const samples = piece.to - piece.from;
      const gains = of.turned ? Float32Array.from({ length: samples }, next) : undefined;
      const kernels = both(seed);
      for (const kernel of kernels)
        kernel.mix({ ...of, ...(gains && { gains }), from: piece.from, to: pause, samples });
      expect(Buffer.compare(...chunksOf(kernels)), JSON.stringify({ seed, piece, pause, of })).toBe(0);
    });
    assert(checked, { numRuns: 400 });
  });

  it('mixes what the numbers say', () => {
    for (const kernel of both(1)) {
      kernel.take.set([100, -100, 1, -1, 32_767]);
      const tone = [...ROOMS.tone.subarray(ROOM_TONE_SAMPLES - 2), ...ROOMS.tone.subarray(0, 3)];
      kernel.mix({ from: 0, to: 3, samples: 5, gain: 0.5, at: 3 * ROOM_TONE_SAMPLES - 2 });
      const expected = [50, -50, 0.5, -0.5, 16_383.5].map((x, i) => Math.floor(x + tone[i]! + 0.5));
      expect([...kernel.chunk.subarray(2, 9)]).toEqual([12_345, ...expected, 12_345]);
    }
  });

  it('finds the same loud places in WebAssembly and in JavaScript', () => {
    const sizes = record({ near: integer({ min: 0, max: 40_000 }), over: integer({ min: 0, max: 80_000 }) });
    const checked = property(seeds, pieces, sizes, (seed, { from, to }, of) => {
      const inside = {
        from: Math.max(1, from),
        to: Math.min(TAKE_SAMPLES - 1, to, Math.max(1, from) + MOST_CANDIDATES),
      };
      const [quick, plain] = both(seed).map(({ peakCandidates: loud }) => [...loud(inside.from, inside.to, of)]);
      expect(quick).toEqual(plain);
    });
    assert(checked, { numRuns: 400 });
  });

  it('finds tops on both sides, and all that is over', () => {
    for (const { take, peakCandidates: loud } of both(1)) {
      take.fill(0, 0, 16).set([0, 500, 900, 700, -600, -900, -900, 0, 400, -32_768], 1);
      expect([...loud(1, 12, { near: 450, over: 40_000 })]).toEqual([3, 6, 7, 10]);
      expect([...loud(1, 12, { near: 450, over: 650 })]).toEqual([3, 4, 6, 7, 10]);
    }
  });

  it('does without WebAssembly, and without room for its memory', () => {
    const refuses = class {
      constructor() {
        throw new RangeError('Out of memory: Cannot allocate Wasm memory for new instance');
      }
    };
    for (const absent of [undefined, { Module: class {}, Instance: refuses }]) {
      vi.stubGlobal('WebAssembly', absent);
      expect(wasmKernel(ROOMS)).toBeNull();
      const kernel = openKernel(ROOMS);
      kernel.take[0] = 1000;
      kernel.mix({ from: 0, to: 0, samples: 1, gain: 2, at: 0 });
      expect(kernel.chunk[0]).toBe(Math.round(2000 + ROOMS.tone[0]!));
    }
  });

  it('runs what its source says', () => {
    expect(() => execFileSync(process.execPath, ['tools/wasm.mjs', '--check'], { stdio: 'pipe' })).not.toThrow();
  });
});

function chunksOf(kernels: [Kernel, Kernel]): [Uint8Array, Uint8Array] {
  const [quick, plain] = kernels.map(({ chunk }) => new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  return [quick!, plain!];
}
