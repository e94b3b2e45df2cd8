import { expect, it } from 'vitest';
import { anchorOf, type KnownLine, lineIds, resolveAnchors } from '../../src/script/lines/line-identity.ts';

/** Lines of one chapter. */
const chapter = (...words: string[]): KnownLine[] =>
  words.map((text, index) => ({
    chapter: 1,
    line: index + 1,
    character: 'narrator',
    words: text,
    chapterTitle: 'The Ferry',
  }));

const dialogue = [
  'The ferry came in at noon, with the mail and one passenger.',
  'Is that her?',
  'Yes.',
  'She looks older than her photograph, and tired from the crossing.',
  'Did you expect anything else?',
  'Yes.',
  'Nobody had told the captain that the island was to be sold.',
];

/** Where the line at `index` of the first text is in the second, 1-based. */
const found = (before: readonly string[], index: number, after: readonly string[]): number | undefined => {
  const anchor = anchorOf(chapter(...before), index);
  const [at] = resolveAnchors([anchor], chapter(...after));
  return at === undefined ? undefined : at + 1;
};

it('keeps what tells a line from others, in words for people', () => {
  const { id: _id, ...anchor } = anchorOf(chapter(...dialogue), 2);
  expect(anchor).toEqual({
    at: '1:3',
    words: 'Yes.',
    before: '¶ / The ferry came in at noon, with the mail and one passenger. / Is that her?',
    after:
      'She looks older than her photograph, and tired from the crossing. / Did you expect anything else? / Yes. / Nobody had told the captain that the',
    chapterTitle: 'The Ferry',
  });
});

it('finds a line that was moved, and one among edited neighbors', () => {
  expect(found(dialogue, 3, [dialogue[3]!, ...dialogue.filter((_, at) => at !== 3)])).toBe(1);
  const edited = dialogue.with(1, 'Who is that?').with(6, 'The island was sold.');
  expect(found(dialogue, 3, edited)).toBe(4);
});

it('finds a line whose words were edited a little, between the same neighbors', () => {
  expect(found(dialogue, 4, dialogue.with(4, 'Did you really expect anything else?'))).toBe(5);
  expect(found(dialogue, 4, dialogue.with(4, 'Then the bell rang.'))).toBeUndefined();
});

it('tells equal short lines apart by what is around them, and orphans one that is gone', () => {
  for (const gone of [2, 5]) {
    const after = dialogue.filter((_, at) => at !== gone);
    expect(found(dialogue, gone, after)).toBeUndefined();
    expect(found(dialogue, 7 - gone, after)).toBe(gone === 2 ? 5 : 3);
  }
});

it('takes neither of two equal lines where one was written beside the other', () => {
  expect(found(dialogue, 2, dialogue.toSpliced(2, 0, 'Yes.'))).toBeUndefined();
  expect(found(['Yes.', 'Yes.', 'No.'], 0, ['Yes.', 'No.'])).toBeUndefined();
});

it('never takes a copy elsewhere for a short line that is gone', () => {
  const after = [...dialogue.filter((_, at) => at !== 2), 'Yes.'];
  expect(found(dialogue, 2, after)).toBeUndefined();
});

it('finds an orphan again when its words come back', () => {
  const anchor = anchorOf(chapter(...dialogue), 2);
  const without = chapter(...dialogue.filter((_, at) => at !== 2));
  expect(resolveAnchors([anchor], without)).toEqual([undefined]);
  expect(resolveAnchors([anchor], chapter('A new first line.', ...dialogue), without)).toEqual([3]);
});

it('takes neither half of a split line, nor a line that another was joined to', () => {
  const long = 'She looks older than her photograph.';
  expect(found(dialogue, 3, dialogue.toSpliced(3, 1, long, 'And tired from the crossing.'))).toBeUndefined();
  const joined = `${dialogue[3]} ${dialogue[4]}`;
  expect(found(dialogue, 3, dialogue.toSpliced(3, 2, joined))).toBeUndefined();
});

it('finds each of many lines that nothing tells apart, until their number changes', () => {
  const laughs = Array.from({ length: 200 }, () => 'Ha!');
  expect(found(laughs, 100, laughs)).toBe(101);
  expect(found(laughs, 100, laughs.slice(1))).toBeUndefined();
});

it('gives one line to one decision: the surest', () => {
  const before = chapter(...dialogue);
  const anchors = [anchorOf(before, 0), { ...anchorOf(before, 4), words: dialogue[0]!, before: '¶' }];
  expect(resolveAnchors(anchors, before)).toEqual([0, undefined]);
});

it('gives IDs that are unique in the book, and kept in the next edition', () => {
  const before = chapter(...dialogue, 'Ha!', 'Ha!', 'Ha!');
  const ids = lineIds(before);
  expect(new Set(ids).size).toBe(before.length);
  const known = before.map((line, index) => ({ ...line, id: ids[index]! }));
  const after = chapter('A new first line.', ...dialogue.with(4, 'Did you truly expect anything else?'), 'Ha!');
  const next = lineIds(after, known);
  expect(next.slice(1, 8)).toEqual(ids.slice(0, 7));
  expect(new Set(next).size).toBe(after.length);
  expect(lineIds(after).slice(1, 5)).not.toContain(undefined);
});

it('does not read text as what only the program writes', () => {
  const hostile = ['¶', '/ ¶ / Yes. ¶', '\u0000', '1/2', 'Yes. / No. ¶', '😀 1'];
  for (const [index] of hostile.entries()) expect([index + 1, undefined]).toContain(found(hostile, index, hostile));
  expect(resolveAnchors([{ id: '', at: '', words: '' }], chapter(...dialogue))).toEqual([undefined]);
  expect(resolveAnchors([{ id: 'x', at: 'x', words: 'Yes.', occurrence: '9/-1' }], chapter('Yes.'))).toEqual([
    undefined,
  ]);
});
