import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

it('every message that quotes words of a book says so', () => {
  const bare = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(cli|library|studio)[\\/].*\.ts$/.test(name))
    .flatMap((name) =>
      readFileSync(join('src', name), 'utf8')
        .split('\n')
        .filter((line) => /“\$\{[^”]*\b(text|words|say|about)\b/.test(line))
        .filter((line) => !line.includes('wordsInQuotes'))
        .map((line) => `${name}: ${line.trim()}`),
    );
  expect(bare).toEqual([]);
});
