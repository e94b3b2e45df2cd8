import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Draft, DraftSource } from '../../src/plan/draft.ts';
import { draftBook } from '../../src/plan/draft-book.ts';
import { keysOfBooks } from './recorded-books.ts';

test('every key of the first family is as it was at 4ea1121, over 10,000 steps', () => {
  const recorded = readFileSync(new URL('../fixtures/keys/4ea1121.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  expect(recorded.length).toBeGreaterThan(10_000);
  // Mastering has another version since; all other keys, and those of that version, are the same.
  const draftOfThen = (source: DraftSource): Draft => draftBook({ ...source, masteringVersion: 3 });
  expect(keysOfBooks(430, draftOfThen)).toEqual(recorded);
});
