import { describe, expect, test } from 'vitest';
import { longestOfLastLinesFirst } from '../../src/run/last-lines.ts';
import { segment } from '../queue/steps.ts';

const WORDS = 'the keeper climbed slowly up to his lamp and looked far out over the dark sea'.split(' ');

/** A line of so many words, named by its place and length. */
function line(place: number, words: number) {
  return { ...segment(`${place}:${words}`, place), text: WORDS.slice(0, words).join(' ') };
}

function chapter(name: string, lengths: number[]) {
  return { name, segments: lengths.map((words, index) => line(index + 1, words)) };
}

const keys = (chapters: { segments: { key: string }[] }[]) => chapters.map((of) => of.segments.map(({ key }) => key));

describe('the last lines of a book', () => {
  test('begin with the longest, two lines for each session; those before keep their order', () => {
    const [only] = keys(longestOfLastLinesFirst([chapter('a', [1, 9, 2, 3, 12, 2])], 2));
    expect(only).toEqual(['1:1', '2:9', '5:12', '4:3', '3:2', '6:2']);
  });

  test('are put in order within their chapters, which keep theirs', () => {
    const chapters = [chapter('a', [5, 1, 9]), chapter('b', [2, 8]), chapter('credits', [3])];
    const ordered = longestOfLastLinesFirst(chapters, 2);
    expect(ordered.map(({ name }) => name)).toEqual(['a', 'b', 'credits']);
    expect(keys(ordered)).toEqual([['1:5', '2:1', '3:9'], ['2:8', '1:2'], ['1:3']]);
    expect(keys(longestOfLastLinesFirst(chapters, 8))).toEqual([['3:9', '1:5', '2:1'], ['2:8', '1:2'], ['1:3']]);
  });

  test('stay as they are with one session', () => {
    expect(keys(longestOfLastLinesFirst([chapter('a', [1, 9, 2])], 1))).toEqual([['1:1', '2:9', '3:2']]);
  });

  test('of any chapters: none is lost, and the best order is at most as long as one by one', () => {
    const lengths = Array.from({ length: 40 }, (_, index) => 1 + ((index * 7) % 14));
    const before = [chapter('a', lengths), chapter('b', []), chapter('c', lengths.slice(0, 9))];
    const after = longestOfLastLinesFirst(before, 8);
    expect(keys(after).map((of) => [...of].sort())).toEqual(keys(before).map((of) => [...of].sort()));
    const wordsOf = (chapters: typeof before) =>
      chapters.flatMap(({ segments }) => segments.map(({ text }) => text.split(' ').length));
    expect(endOf(wordsOf(after), 8)).toBeLessThan(endOf(wordsOf(before), 8));
  });
});

/** When the last of these lines ends, each begun in turn by the first session that is free. */
function endOf(lengths: number[], sessions: number): number {
  const free = Array.from({ length: sessions }, () => 0);
  for (const length of lengths) free[free.indexOf(Math.min(...free))]! += length;
  return Math.max(...free);
}
