import { describe, expect, it } from 'vitest';
import { billedUnits } from '../../src/models.ts';
import { cutSegments, type Segment } from '../../src/script/cut/cut-segments.ts';
import { pronounceSegments } from '../../src/script/pronounce/pronounce.ts';
import { pronouncer } from '../../src/script/pronounce/pronouncer.ts';
import { script } from './script.ts';

const said = (text: string, words: Record<string, string>): string =>
  pronouncer(Object.entries(words).map(([word, spoken]) => ({ word, spoken }))).speak(text);

it.each([
  [
    'whole words only, case as given',
    'Reading, read, Read; reads. read',
    { read: 'red' },
    'Reading, red, Read; reads. red',
  ],
  ['the longest first', 'St. Ives and St. John', { 'St.': 'Saint', 'St. John': 'Sinjin' }, 'Saint Ives and Sinjin'],
  ['no patterns', 'a.c abc (x)', { 'a.c': 'ac', '(x)': 'ex' }, 'ac abc ex'],
  [
    'parts of Chinese and Japanese',
    '他说重庆话。東京都へ',
    { 重庆: '崇庆', 東京: 'とうきょう' },
    '他说崇庆话。とうきょう都へ',
  ],
  ['Korean with its endings', '민수는 김민수가', { 민수: '민쑤' }, '민쑤는 김민수가'],
  ['not what was put in', 'A B', { A: 'B', B: 'C' }, 'B C'],
  ['letters with marks whole', 'cafe cafe\u0301 Ärger', { cafe: 'kaff', rger: 'x' }, 'kaff cafe\u0301 Ärger'],
  ['signs', 'I ♥ it, C++', { '♥': 'love', 'C++': 'C plus plus' }, 'I love it, C plus plus'],
])('replaces %s', (_name, text, words, expected) => {
  expect(said(text, Object.fromEntries(Object.entries(words)))).toBe(expected);
});

describe('in segments', () => {
  const limit = { maxUnits: 60, units: billedUnits };
  const spoken = (text: string, words: Record<string, string>): Segment[] => {
    const { lines } = script(text);
    const list = pronouncer(Object.entries(words).map(([word, sound]) => ({ word, spoken: sound })));
    return pronounceSegments({
      segments: cutSegments(lines, limit),
      lines,
      pronouncerOf: () => list,
      limit,
      used: () => {},
    });
  };
  const text = 'The cat sat. The dog ran off and away. A bird sang for the cat. Nobody heard it, nobody came.';

  it('keeps the source beside what is spoken and touches nothing else', () => {
    const before = spoken(text, {});
    const after = spoken(text, { bird: 'burd' });
    expect(after.map((segment) => segment.written ?? segment.text)).toEqual(before.map((segment) => segment.text));
    expect(after.filter((segment, index) => segment.text !== before[index]!.text)).toMatchObject([
      { text: expect.stringContaining('burd') },
    ]);
  });

  it('cuts a segment further that its words make too long, without moving the others', () => {
    const before = spoken(text, {});
    const after = spoken(text, { dog: 'dog that had been sleeping' });
    expect(after.length).toBe(before.length + 1);
    for (const segment of after) expect(billedUnits(segment.text)).toBeLessThanOrEqual(60);
    expect(after.map((segment) => segment.written ?? segment.text).join(' ')).toBe(
      before.map((segment) => segment.text).join(' '),
    );
    expect(after.at(-1)).toEqual(before.at(-1));
  });
});
