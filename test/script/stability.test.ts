/** An edit moves no segment elsewhere, quotations stay whole where they can, and a whole novel is cut in one go. */
import { expect, it } from 'vitest';
import { quotationsIn } from '../../src/script/speakers/quotations.ts';
import { segments } from './script.ts';

const WORDS = 'lamp harbour keeper boat night water wind stone rope light door glass hand voice winter gull'.split(' ');

/** A made-up sentence; equal numbers give equal ones. */
function sentence(n: number): string {
  const words = Array.from(
    { length: 6 + (n % 9) },
    (_, index) => WORDS[(n * 7 + index * (3 + (n % 5))) % WORDS.length],
  );
  return `The ${words.join(' ')} number ${n}.`;
}

it.each([0, 1, 57, 100, 199])(
  'speaks a bounded few segments anew when a sentence is inserted at %i of 200',
  (place) => {
    const sentences = Array.from({ length: 200 }, (_, n) => sentence(n));
    const before = new Set(segments(sentences.join(' ')).map(({ text }) => text));
    const after = segments(sentences.toSpliced(place, 0, 'Somebody laughed at that.').join(' '));
    const anew = after.filter(({ text }) => !before.has(text));
    expect(before.size).toBeGreaterThan(20);
    expect(anew.length).toBeGreaterThanOrEqual(1);
    expect(anew.length).toBeLessThanOrEqual(6);
  },
);

it('cuts outside a quotation where there is another place', () => {
  const filler = Array.from({ length: 5 }, (_, n) => sentence(n)).join(' ');
  const quote = `“${sentence(11)} ${sentence(12)} ${sentence(13)}”`;
  const cut = segments(`${filler} ${quote} ${filler}`, 260).map(({ text }) => text);
  expect(cut.length).toBeGreaterThan(2);
  expect(cut.filter((text) => text.includes(quote))).toHaveLength(1);
});

it('cuts inside a quotation that is too long for one segment', () => {
  const quote = `“${Array.from({ length: 12 }, (_, n) => sentence(n)).join(' ')}”`;
  for (const { text } of segments(quote, 260)) expect(text.length).toBeLessThanOrEqual(260);
});

it.each([
  ['“a” b “c”', ['“a”', '“c”']],
  ['„a“ «b» »c« "d"', ['„a“', '«b»', '»c«', '"d"']],
  ['「a『b』」', ['「a『b』」']],
  ['“never closed', []],
])('finds the quotations of %j', (text, expected) => {
  expect(quotationsIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(expected);
});
