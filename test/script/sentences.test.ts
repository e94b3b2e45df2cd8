import { expect, it } from 'vitest';
import { sentenceEnds } from '../../src/script/cut/sentences.ts';

function sentences(text: string): string[] {
  let from = 0;
  return sentenceEnds(text).map((end) => {
    const sentence = text.slice(from, end).trim();
    from = end;
    return sentence;
  });
}

it.each([
  ['Mr. Smith met Dr. J. R. Jones in St. James Street.', 'He left.'],
  ['It cost 3.5 million, i.e. Too much, e.g. London.', 'Yes.'],
  ['“What?” he said.', '“Why… not?”', '“No!”', 'She left.'],
  ['Wait... what?', '(Really.)', 'And so.'],
  ['他说：“你好。”', '然后走了。', '真的吗？！', '是的……好吧。'],
  ['Es war z.B. Herr Dr. Maier.', 'Er ging.'],
  ['今日は。', 'いい天気ですね。'],
])('keeps %s as sentences of its own', (...expected) => {
  expect(sentences(expected.join(' '))).toEqual(expected);
});

it('finds the same sentences in a text far beyond one look of Intl.Segmenter', () => {
  const expected = Array.from({ length: 3000 }, (_, i) => `Sentence number ${i} is said by Mr. Smith.`);
  expect(sentences(expected.join(' '))).toEqual(expected);
});
