import { expect, it } from 'vitest';
import { wordsInQuotes } from '../../src/script/lines/words-in-quotes.ts';

it.each([
  ['“Yes.”', 'Yes.'],
  ['"Yes."', 'Yes.'],
  ['“Yes,” he said, “now.”', '‘Yes,’ he said, ‘now.’'],
  ['He said "now".', "He said 'now'."],
  ['“', '‘'],
  ['', ''],
])('words inside the quotation marks of a message have no second pair: %s', (words, inside) => {
  expect(wordsInQuotes(words)).toBe(inside);
});
