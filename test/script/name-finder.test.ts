import { expect, it } from 'vitest';
import { nameFinder } from '../../src/script/speakers/name-finder.ts';

const NAMES = ['Tom', 'Tom Chase', 'Chase', "O'Brien", 'Éva', 'the keeper', '𝒜lice', 'Anna-Lena', 'Ann'];

/** The same by an alternation of all names, the longest first. */
function byExpression(text: string, isSpaced: boolean): string[] {
  const names = [...NAMES].sort((a, b) => b.length - a.length);
  const [from, to] = isSpaced ? ['(?<!\\p{L})', '(?!\\p{L})'] : ['', ''];
  const pattern = new RegExp(`${from}(?:${names.join('|')})${to}`, 'gu');
  return [...text.matchAll(pattern)].map(({ 0: name, index }) => `${index} ${name}`);
}

it('finds the longest names, from left to right, as an alternation of all of them does', () => {
  const texts = [
    'Tom Chase saw Tom. Tommy Chase did not; Tom Chaser neither.',
    "O'Brien and Éva (the keeper) met Annabel, Ann, Anna-Lena and 𝒜lice; x𝒜lice, 𝒜𝒜lice.",
    'éTom Tomé Tom’s ÉvaTomÉva',
    '',
  ];
  for (const isSpaced of [true, false]) {
    const find = nameFinder(NAMES, isSpaced);
    for (const text of texts) {
      const found = find(text);
      expect(found.map(({ start, name }) => `${start} ${name}`)).toEqual(byExpression(text, isSpaced));
      for (const { name, start, end } of found) expect(text.slice(start, end)).toBe(name);
    }
  }
  expect(nameFinder([], true)('Tom')).toEqual([]);
});
