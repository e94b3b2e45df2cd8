/** The judge of a soak: flat is kept, a leak is seen, and what happens before the second window is warming up. */
import { describe, expect, it } from 'vitest';
import { growthOf, growthTable, kindsOf, type Sample } from './growth.ts';

const HOUR = 3600;

/** A sample every ten seconds for an hour; `leak` is what a second adds to each measure, as a part of it. */
function soak(leak: number, warmUp = 1): Sample[] {
  return Array.from({ length: HOUR / 10 }, (_, at) => {
    const atSeconds = at * 10;
    const grown = (atSeconds < HOUR / 6 ? warmUp : 1) * (1 + leak * atSeconds) + 0.02 * Math.sin(at);
    return {
      atSeconds,
      rssBytes: 150e6 * grown,
      heapBytes: 40e6 * grown,
      heapTotalBytes: 60e6 * grown,
      externalBytes: 0,
      handles: 20 * grown,
      descriptors: 40 * grown,
      kinds: { handle: { Timeout: 8, TCPSocketWrap: 20 * grown - 8 }, descriptor: { socket: 40 * grown } },
    };
  });
}

describe('a soak', () => {
  it.each([
    ['flat', 0, 1, false],
    ['much more while it warms up', 0, 3, false],
    ['a leak of a tenth in an hour', 0.1 / HOUR, 1, true],
  ])('%s', (_, leak, warmUp, isTooMuch) => {
    const rows = growthOf('watcher', soak(leak, warmUp), HOUR);
    expect(rows.map((row) => row.isTooMuch)).toEqual([isTooMuch, isTooMuch, isTooMuch, isTooMuch, isTooMuch]);
    expect(growthTable(rows, 10)).toContain(`| ${isTooMuch ? 'GROWS' : 'kept'} |`);
  });

  it('tells pages that V8 keeps empty from memory that is in use', () => {
    const samples = soak(0).map((sample) => ({ ...sample }));
    for (const sample of samples.filter(({ atSeconds }) => atSeconds > (5 * HOUR) / 6)) {
      sample.rssBytes += 20e6;
      sample.heapTotalBytes += 20e6;
    }
    const grows = growthOf('worker', samples, HOUR).filter((row) => row.isTooMuch);
    expect(grows.map(({ measure }) => measure)).toEqual(['RSS (MB)']);
  });

  it('names the kind of handle that grows', () => {
    const kinds = kindsOf('watcher', soak(0.1 / HOUR), HOUR);
    expect(kinds.filter(({ isTooMuch }) => isTooMuch).map(({ measure }) => measure)).toEqual([
      'descriptor: socket',
      'handle: TCPSocketWrap',
    ]);
  });

  it('without samples in a window is no result', () => {
    expect(() => growthOf('watcher', soak(0).slice(0, 10), HOUR)).toThrow('no samples');
  });
});
