/** What is a budget, in the manifest and on the command line. */
import { describe, expect, it } from 'vitest';
import { parseBudget } from '../../src/manifest/fields/budget.ts';
import { parseManifest } from '../../src/manifest/parse.ts';

describe('parseBudget', () => {
  it.each([
    [5, { amount: 5 }],
    ['5.00', { amount: 5 }],
    [' 0 ', { amount: 0 }],
    ['0.05 cny', { amount: 0.05, currency: 'CNY' }],
    ['12CNY', { amount: 12, currency: 'CNY' }],
  ])('takes %j', (raw, budget) => {
    expect(parseBudget(raw)).toEqual(budget);
  });

  it.each([
    ['-5', 'is negative'],
    [-0.5, 'is negative'],
    ['abc', 'is not a sum of money'],
    ['NaN', 'is not a sum of money'],
    [Number.NaN, 'is not a sum of money'],
    ['1e400', 'is not a sum of money'],
    [Number.POSITIVE_INFINITY, 'is not a sum of money'],
    ['5,00', 'Write 5.00 with a decimal point'],
    ['', 'is not a sum of money'],
    ['5 EURO', 'is not a sum of money'],
    ['99999999', 'is more than 1000000'],
    ['x'.repeat(10_000), 'x…"'],
    [[5], 'A budget is a sum of money'],
    [null, 'A budget is a sum of money'],
    [{}, 'A budget is a sum of money'],
  ])('says what is wrong with %j', (raw, words) => {
    const answer = parseBudget(raw);
    expect('problem' in answer && answer.problem).toContain(words);
  });
});

describe('budget in a manifest', () => {
  const read = (budget: string) =>
    parseManifest({
      file: 'book.yaml',
      bytes: Buffer.from(
        `budget: ${budget}\nbook: { title: A }\ncharacters: { narrator: { voice: qwen-tts-vc-a-voice-20250812105009984-838b } }\nchapters: [{ title: One, text: Hello. }]\n`,
      ),
    });

  it('is read', () => {
    expect(read('5.00').manifest?.budget).toEqual({ amount: 5 });
    expect(read('2 CNY').manifest?.budget).toEqual({ amount: 2, currency: 'CNY' });
  });

  it.each(['-5', 'lots', '.inf', '.nan', '[5]', '1e400', '""', '{ a: 1 }', 'true'])(
    'refuses %s at its place, once',
    (budget) => {
      const { manifest, diagnostics } = read(budget);
      expect(manifest).toBeUndefined();
      expect(diagnostics).toHaveLength(1);
      expect(diagnostics[0]).toMatchObject({ code: 'wrong-budget', start: { line: 1 } });
    },
  );
});
