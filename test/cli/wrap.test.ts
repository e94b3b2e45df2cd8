/** Text that fits the terminal: nothing too wide, nothing lost, no word cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableLines } from '../../src/cli/screen/table.ts';
import { liveLine } from '../../src/cli/screen/terminal.ts';
import { shorten, textWidth } from '../../src/cli/screen/text-width.ts';
import { wrap } from '../../src/cli/screen/wrap.ts';

const latin = fc.stringMatching(/^[a-zé0-9.,:/-]{1,14}$/);
const path = fc.stringMatching(/^\/[a-z/-]{30,60}$/);
const chinese = fc.stringMatching(/^[风景灯塔海][风景灯塔海，]{0,20}$/);
const painted = latin.map((word) => `\u001b[31m${word}\u001b[39m`);
const word = fc.oneof({ weight: 8, arbitrary: latin }, path, chinese, painted);
const mark = fc.constantFrom('', '  ', '✓ ', '  ✗ ', '! ', '   fix: ');
const text = fc.tuple(mark, fc.array(word, { minLength: 1, maxLength: 40 })).map(([m, words]) => m + words.join(' '));
const width = fc.integer({ min: 12, max: 120 });

const bare = (line: string): string => line.replace(/\u001b\[\d+m/g, '');
const wordsOf = (line: string): string[] =>
  bare(line)
    .split(/\s+/)
    .filter((one) => one !== '');
/** Nothing in it could be put on another line. */
const isOneWord = (line: string): boolean => /^\s*\S+$/.test(bare(line)) && !/[风景灯塔海]./.test(line);

describe('wrap', () => {
  it('makes no line too wide, unless it is a single word', () => {
    fc.assert(
      fc.property(text, width, (given, columns) => {
        for (const line of wrap(given, columns)) expect(textWidth(line) <= columns || isOneWord(line), line).toBe(true);
      }),
    );
  });

  it('loses nothing, and cuts no word', () => {
    fc.assert(
      fc.property(text, width, (given, columns) => {
        const lines = wrap(given, columns);
        expect(
          lines
            .map((line) => line.trim())
            .join('')
            .replaceAll(' ', ''),
        ).toBe(given.replaceAll(' ', ''));
        if (!/[风景灯塔海]/.test(given)) expect(lines.flatMap(wordsOf)).toEqual(wordsOf(given));
      }),
    );
  });

  it('leaves text as it is that fits, blanks and all, and everything where there is no terminal', () => {
    expect(wrap('  a   b  ', 80)).toEqual(['  a   b  ']);
    fc.assert(
      fc.property(text, (given) => {
        expect(wrap(given, Number.POSITIVE_INFINITY)).toEqual([given]);
      }),
    );
  });

  it('continues below the text behind a mark', () => {
    expect(wrap('  ✓ one two three four', 14)).toEqual(['  ✓ one two', '    three four']);
    expect(wrap('one two three four', 12)).toEqual(['one two', '  three four']);
    expect(wrap('   fix: one two three', 24, undefined)).toEqual(['   fix: one two three']);
    expect(wrap('one two three', 7, 0)).toEqual(['one two', 'three']);
  });

  it('parts Chinese anywhere but before its punctuation', () => {
    expect(wrap('风从海上吹来，灯塔亮了。', 12, 0)).toEqual(['风从海上吹', '来，灯塔亮', '了。']);
  });

  it('puts a path that is too long on a line of its own', () => {
    expect(wrap('see /a/very/long/path/to/a/file here', 12)).toEqual([
      'see',
      '  /a/very/long/path/to/a/file',
      '  here',
    ]);
  });
});

describe('shorten', () => {
  it('ends at a word, within the width', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(latin, chinese), { minLength: 1 }), width, (words, columns) => {
        const given = words.join(' ');
        const short = shorten(given, columns);
        expect(textWidth(short)).toBeLessThanOrEqual(columns);
        if (short === given) return;
        const kept = short.slice(0, -1);
        expect(given.startsWith(kept)).toBe(true);
        const isBoundary = given[kept.length] === ' ' || /[风景灯塔海，]/.test(`${kept.at(-1)}${given[kept.length]}`);
        expect(isBoundary || !kept.includes(' '), short).toBe(true);
      }),
    );
  });
});

describe('a live line', () => {
  it('drops parts from the end and cuts none', () => {
    const parts = ['segments 12/300', '4:05 left', 'chapters 0/3', '12.3× real time'];
    expect(liveLine(parts, 79)).toBe('  segments 12/300 · 4:05 left · chapters 0/3 · 12.3× real time');
    expect(liveLine(parts, 45)).toBe('  segments 12/300 · 4:05 left · chapters 0/3');
    expect(liveLine(parts, 10)).toBe('');
  });
});

describe('a table', () => {
  const columns = [
    { head: '#', align: 'right' },
    { head: 'chapter', narrow: { how: 'shorten', least: 10 } },
    { head: 'check' },
    { head: 'files', narrow: { how: 'wrap', least: 10 } },
  ] as const;
  const rows = [
    ['1', 'The long way home', 'pass', '01 - The long way home.mp3, 01 - The long way home.m4a'],
    ['12', '风景', 'FAIL', '12 - 风景.mp3'],
  ];

  it('is as wide as its cells where there is room', () => {
    expect(tableLines({ columns, rows, width: Number.POSITIVE_INFINITY })).toEqual([
      '   #  chapter            check  files',
      '   1  The long way home  pass   01 - The long way home.mp3, 01 - The long way home.m4a',
      '  12  风景               FAIL   12 - 风景.mp3',
    ]);
  });

  it('narrows its columns where there is little', () => {
    expect(tableLines({ columns, rows, width: 50 })).toEqual([
      '   #  chapter            check  files',
      '   1  The long way home  pass   01 - The long way',
      '                                home.mp3, 01 - The',
      '                                long way home.m4a',
      '  12  风景               FAIL   12 - 风景.mp3',
    ]);
  });

  it('becomes a list where there is none', () => {
    expect(tableLines({ columns, rows: rows.slice(1), width: 22 })).toEqual([
      '  12',
      '    chapter 风景 ·',
      '      check FAIL ·',
      '      files 12 - 风',
      '      景.mp3',
    ]);
  });
});
