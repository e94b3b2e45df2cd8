import fc from 'fast-check';
import { expect, it } from 'vitest';
import { align } from '../../src/script/lines/align.ts';
import { diffWords } from '../../src/script/lines/word-diff.ts';

const shown = (before: string, after: string): string =>
  diffWords(before, after)
    .map(({ kind, text }) => ({ same: text, removed: `[-${text}-]`, added: `{+${text}+}` })[kind])
    .join('');

it('shows the words that were changed, in scripts with and without spaces', () => {
  expect(shown('a little before noon, with one woman', 'a little before the evening, with one woman')).toBe(
    'a little before [-noon,-]{+the evening,+} with one woman',
  );
  expect(shown('他说完就走了。', '她说完就走了。')).toBe('[-他-]{+她+}说完就走了。');
  expect(shown('the old text', 'the new words')).toBe('the [-old text-]{+new words+}');
  expect(shown('', 'new')).toBe('{+new+}');
  expect(shown('same', 'same')).toBe('same');
});

const words = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', '  ', '水', '.'), { maxLength: 30 })
  .map((all) => all.join(''));

it('loses no sign of either text', () => {
  fc.assert(
    fc.property(words, words, (before, after) => {
      const changes = diffWords(before, after);
      const without = (kind: string): string =>
        changes.flatMap((part) => (part.kind === kind ? [] : [part.text])).join('');
      expect(without('added')).toBe(before);
      expect(without('removed')).toBe(after);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

it('aligns only equal items, in order, also where lists are too long for a table', () => {
  const items = fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 40 });
  fc.assert(
    fc.property(items, items, (before, after) => {
      const pairs = align(before, after);
      pairs.forEach(([b, a], index) => {
        expect(before[b]).toBe(after[a]);
        expect(b).toBeGreaterThan(pairs[index - 1]?.[0] ?? -1);
        expect(a).toBeGreaterThan(pairs[index - 1]?.[1] ?? -1);
      });
    }),
    { numRuns: 1000, seed: 8 },
  );
  const long = Array.from({ length: 9000 }, (_, index) => (index % 3 === 0 ? 'again' : `line ${index}`));
  const edited = long.flatMap((line, index) => (index % 100 === 50 ? [] : index % 100 === 51 ? [line, 'new'] : [line]));
  edited[0] = 'first';
  edited[edited.length - 1] = 'last';
  // 90 are gone, and the first and the last are others.
  expect(align(long, edited)).toHaveLength(9000 - 90 - 2);
});
