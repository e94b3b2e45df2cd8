import { describe, expect, it } from 'vitest';
import { retailSampleTakes, splitTakes, type TakesToSplit } from '../../src/audio/mastering/split-chapter.ts';

type Boundary = TakesToSplit['boundaries'][number];
/** Takes of ten seconds each, head and tail of one second. */
function takes(...boundaries: Boundary[]): TakesToSplit {
  const placements = boundaries.map((_, index) => ({ startSample: index * 1000, samples: 1000, skipSamples: 0 }));
  return { placements, boundaries, sampleRateHz: 100, headSeconds: 1, tailSeconds: 1 };
}
const P: Boundary = 'paragraph';
const ends = (of: TakesToSplit, most: number) => splitTakes(of, most).map(({ end }) => end);

describe('splitTakes', () => {
  it('leaves what is short enough in one piece', () => {
    expect(splitTakes(takes(P, P, P, 'chapter'), 42)).toEqual([{ first: 0, end: 4 }]);
    expect(splitTakes(takes(P, P, P, 'chapter'), 41.9)).toHaveLength(2);
  });

  it('ends a part at a scene, else at a paragraph, else at a sentence', () => {
    expect(ends(takes(P, P, 'scene', P, P, P, P, 'chapter'), 60)).toEqual([3, 8]);
    expect(ends(takes('clause', 'clause', P, 'clause', 'clause', 'chapter'), 50)).toEqual([3, 6]);
    expect(ends(takes('clause', 'sentence', 'clause', 'clause', 'clause', 'chapter'), 50)).toEqual([2, 6]);
  });

  it('makes no more parts than needed, of about equal length, none over the limit', () => {
    const many = takes(...Array.from({ length: 99 }, () => P), 'chapter');
    const ranges = splitTakes(many, 302.5);
    expect(ranges.map(({ first, end }) => end - first)).toEqual([25, 25, 25, 25]);
    // The scene at the very start would leave more than two parts of the rest.
    expect(ends(takes('scene', P, P, P, P, 'chapter'), 42.6)).toEqual([3, 6]);
  });

  it('keeps a take whole that is too long by itself', () => {
    expect(ends(takes(P, P, 'chapter'), 5)).toEqual([1, 2, 3]);
  });
});

describe('excerptTakes', () => {
  it('ends near the wanted length, rather at a paragraph', () => {
    expect(retailSampleTakes(takes(P, P, P, P, P, P), 42)).toEqual({ first: 0, end: 4 });
    expect(retailSampleTakes(takes('clause', 'clause', P, 'clause', 'clause', 'chapter'), 37)).toEqual({
      first: 0,
      end: 3,
    });
  });

  it('is never longer than shops take, and never empty', () => {
    const many = takes(...Array.from({ length: 60 }, () => P));
    expect(retailSampleTakes(many, 300).end).toBe(29);
    expect(retailSampleTakes(takes('chapter'), 180)).toEqual({ first: 0, end: 1 });
  });
});
