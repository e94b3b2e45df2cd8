/** A sample of what `npm run bench lines` does at length: random edits, measured against what was really done. */
import { expect, it } from 'vitest';
import { anchorsOf, lineIds, resolveAnchors } from '../../src/script/lines/line-identity.ts';
import { editOnce, KINDS, linesOf, type Outcome, outcomeOf, seededChance, sumOf, writeBook } from './edited-books.ts';

const NOTHING: Outcome = { wrong: 0, unchanged: 0, kept: 0 };
const SIZE = { chapters: 4, lines: 30 };

it.each(KINDS)('$name: after one random edit, no decision is on another line, and 98 % are found', (kind) => {
  const chance = seededChance(1);
  const before = writeBook(kind, SIZE, chance);
  const { lines } = linesOf(before);
  const anchors = anchorsOf(lines, [...lines.keys()]);
  let sum = NOTHING;
  for (let edit = 0; edit < 60; edit++) {
    const after = structuredClone(before);
    editOnce(after, chance, kind.write);
    sum = sumOf(sum, outcomeOf(before, after, resolveAnchors(anchors, linesOf(after).lines)));
  }
  expect(sum.wrong).toBe(0);
  expect(sum.kept / sum.unchanged).toBeGreaterThan(0.98);
});

it.each(KINDS)('$name: IDs stay with their lines over 40 editions', (kind) => {
  const chance = seededChance(2);
  const book = writeBook(kind, SIZE, chance);
  const first = lineIds(linesOf(book).lines);
  let known = linesOf(book).lines.map((line, index) => ({ ...line, id: first[index]! }));
  for (let edition = 0; edition < 40; edition++) {
    const before = structuredClone(book);
    editOnce(book, chance, kind.write);
    const { lines } = linesOf(book);
    const ids = lineIds(lines, known);
    const found = known.map(({ id }) => {
      const at = ids.indexOf(id);
      return at < 0 ? undefined : at;
    });
    expect(outcomeOf(before, book, found).wrong).toBe(0);
    expect(new Set(ids).size).toBe(lines.length);
    known = lines.map((line, index) => ({ ...line, id: ids[index]! }));
  }
});

it('a review that nobody writes for ten editions is on no other line', () => {
  for (const [seed, kind] of KINDS.entries()) {
    const chance = seededChance(seed);
    const before = writeBook(kind, SIZE, chance);
    const { lines } = linesOf(before);
    const anchors = anchorsOf(lines, [...lines.keys()]);
    const after = structuredClone(before);
    for (let edition = 0; edition < 10; edition++) {
      editOnce(after, chance, kind.write);
      expect(outcomeOf(before, after, resolveAnchors(anchors, linesOf(after).lines)).wrong).toBe(0);
    }
  }
});
