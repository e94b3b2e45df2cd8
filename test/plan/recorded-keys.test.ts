import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { draftBook } from '../../src/plan/draft-book.ts';
import { keysOfBooks } from './recorded-books.ts';

test('every key of the first family is as it was at 4ea1121, over 10,000 steps', () => {
  const recorded = readFileSync(new URL('../fixtures/keys/4ea1121.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  expect(recorded.length).toBeGreaterThan(10_000);
  expect(keysOfBooks(430, draftBook)).toEqual(recorded);
});
