/** Comparing two wordings, and two lists of lines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignEqual } from '../../src/script/align.ts';
import { likeness, wordDiff } from '../../src/script/word-diff.ts';

const said = (before: string, after: string): string =>
  wordDiff(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `-${text.trim()}- ` : `+${text.trim()}+ `))
    .join('')
    .trim();

describe('wordDiff', () => {
  it('shows the words that changed and no others', () => {
    expect(said('The wind had turned at last.', 'The wind had dropped at last.')).toBe(
      'The wind had -turned- +dropped+ at last.',
    );
    expect(said('They listened', 'They listened to it')).toBe('They listened +to it+');
    expect(said('They listened to it', 'They listened')).toBe('They listened -to it-');
    expect(said('same', 'same')).toBe('same');
    expect(said('', 'new words')).toBe('+new words+');
  });

  it('compares scripts without blanks letter by letter', () => {
    expect(said('他说今天很好', '他说明天很好')).toBe('他说-今- +明+ 天很好');
  });

  it('gives both wordings back, but for blanks', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), fc.array(word, { maxLength: 30 }), (a, b) => {
        const pieces = wordDiff(a.join(' '), b.join(' '));
        const side = (without: string): string =>
          pieces
            .flatMap(({ kind, text }) => (kind === without ? [] : text.split(/\s+/)))
            .filter(Boolean)
            .join(' ');
        expect(side('added')).toBe(a.join(' '));
        expect(side('removed')).toBe(b.join(' '));
      }),
    );
  });

  it('says how alike two lines are', () => {
    expect(likeness('a b c d', 'a b x d')).toBe(0.75);
    expect(likeness('a b', 'c d')).toBe(0);
    expect(likeness('', '')).toBe(0);
  });
});

const word = fc.constantFrom('the', 'lamp', 'went', 'out', 'over', 'it.');

describe('alignEqual', () => {
  it('finds as many pairs as there are, in order', () => {
    expect(alignEqual(['a', 'b', 'c', 'd'], ['a', 'c', 'x', 'd'])).toEqual([
      [0, 0],
      [2, 1],
      [3, 3],
    ]);
    fc.assert(
      fc.property(fc.array(word), fc.array(word), (a, b) => {
        const pairs = alignEqual(a, b);
        pairs.forEach(([i, j], at) => {
          expect(a[i]).toBe(b[j]);
          if (at > 0) expect(i > pairs[at - 1]![0] && j > pairs[at - 1]![1]).toBe(true);
        });
      }),
    );
  });

  it('stays quick on books that share only some lines', () => {
    const before = Array.from({ length: 9_000 }, (_, line) => `old ${line}`);
    const after = before.map((line, place) => (place % 10 === 0 ? line : `new ${place}`));
    const from = process.cpuUsage();
    expect(alignEqual(before, after).length).toBe(900);
    expect(
      alignEqual(
        before,
        after.map((line) => `other ${line}`),
      ),
    ).toEqual([]);
    const { user } = process.cpuUsage(from);
    // The table of all pairs would have 81 million cells for each.
    expect(user).toBeLessThan(2_000_000);
  });
});
