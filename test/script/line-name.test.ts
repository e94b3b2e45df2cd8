import { expect, it } from 'vitest';
import { chaptersArgument, lineArgument } from '../../src/cli/command-line/line-argument.ts';
import { formatLineName, parseLineName, segmentNames } from '../../src/script/lines/line-name.ts';

it('reads the number of a line as it writes it', () => {
  for (const text of ['3:37', '3:37.2', '0:1', '12:1', '3:0'])
    expect(formatLineName(parseLineName(text) ?? { chapter: -1, line: -1 })).toBe(text);
  expect(parseLineName('3:37.2')).toEqual({ chapter: 3, line: 37, segment: 2 });
});

it('takes what a Chinese keyboard writes', () => {
  expect(parseLineName('３：３７')).toEqual({ chapter: 3, line: 37 });
  expect(parseLineName(' ３：37．2 ')).toEqual({ chapter: 3, line: 37, segment: 2 });
});

it('takes nothing else for the number of a line', () => {
  for (const text of ['', '3', '3:', ':37', '3:37.0', '-3:37', '3:37:2', '3:37.', '3.37', '3:3 7', '3:9999999'])
    expect(parseLineName(text), text).toBeUndefined();
  expect(() => lineArgument('187')).toThrow('Give CHAPTER:LINE, such as 3:37, or a segment of a line, such as 3:37.2.');
});

it('numbers the segments of a line only where there are several', () => {
  expect(segmentNames(3, [0, 1, 1, 1, 2]).map(formatLineName)).toEqual(['3:1', '3:2.1', '3:2.2', '3:2.3', '3:3']);
});

it('reads lists of chapters', () => {
  expect(chaptersArgument('3')).toEqual([3]);
  expect(chaptersArgument('7, 2-4,3')).toEqual([2, 3, 4, 7]);
  expect(chaptersArgument('２－４，７')).toEqual([2, 3, 4, 7]);
  for (const text of ['', '4-2', '3,', 'all', '1-999999', '3:37'])
    expect(() => chaptersArgument(text), text).toThrow('Give the numbers of chapters, such as 3, 2-4 or 2-4,7.');
});
