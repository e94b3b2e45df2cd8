/** The review file as text: what is written is read again, and what is wrong with it is said with its place. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import { formatReview } from '../../src/review/format.ts';
import { parseReview } from '../../src/review/parse.ts';
import { REVIEW_BYTES, type Review } from '../../src/review/review.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';
import { decision, reviewOf } from './decisions.ts';

const read = (text: string) => alsoInChinese(parseReview({ file: 'book.yaml.review', bytes: Buffer.from(text) }));
const errors = (text: string): string =>
  formatDiagnostics({ diagnostics: read(text).diagnostics, sources: new Map(), color: false });
/** A file with these lines of YAML between its first line and its last. */
const file = (...lines: string[]): string => ['version: 1', ...lines, '...', ''].join('\n');

const FULL: Review = {
  book: 'The "Harbor" – 港口',
  approved: { by: 'Ann', on: '2026-11-29', more: { from: 'page' } },
  chapters: [{ title: 'One', approved: {}, comments: [{ text: 'Fine.', by: 'Ben' }], more: { mood: 'calm' } }],
  lines: [
    decision('1:2', { take: 2, comments: [{ text: 'two\nlines\u2028more', more: { heard: 3 } }] }),
    decision('1:10', { say: 'No: #1 – “yes” \\ 你好 😀', pause: 0.5, direction: 'low', speaker: 'mara' }),
    decision('3:1', {
      recording: 'pickups/a b.wav',
      approved: { by: 'No', on: '2026-01-02' },
      more: { later: { a: [1] } },
    }),
  ],
  more: { tool: { name: 'x' } },
};

describe('format', () => {
  it('writes what it reads, and the same bytes for the same decisions in any order', () => {
    const text = formatReview(FULL);
    expect(read(text).diagnostics).toEqual([]);
    expect(read(text).review).toEqual(FULL);
    expect(formatReview({ ...FULL, lines: FULL.lines.toReversed() })).toBe(text);
    expect(formatReview(read(text).review!)).toBe(text);
  });

  it('has one block for each decision, in the order of the book, below the number of its chapter', () => {
    const text = formatReview(reviewOf(decision('2:3', { take: 2 }), decision('2:1', { pause: 1 })), {
      chapterNumbers: [1, 2, 3],
    });
    expect(text.split('\n').slice(2)).toEqual([
      'version: 1',
      'lines:',
      '# chapter 1',
      '# chapter 2',
      '- id: "id-2-1"',
      '  at: "2:1"',
      '  words: "The words of 2:1."',
      '  pause: 1',
      '  chapterTitle: "One"',
      '- id: "id-2-3"',
      '  at: "2:3"',
      '  words: "The words of 2:3."',
      '  take: 2',
      '  chapterTitle: "One"',
      '# chapter 3',
      '...',
      '',
    ]);
  });

  it('reads what a person writes: short forms, no ID, no list', () => {
    expect(
      read(file('lines:', '- {words: Yes., at: "1:1", comment: Too fast., approved: true}')).review?.lines,
    ).toEqual([{ id: '', at: '1:1', words: 'Yes.', comments: [{ text: 'Too fast.' }], approved: {} }]);
    expect(read(file()).review).toEqual({ chapters: [], lines: [] });
  });
});

describe('errors', () => {
  it.each([
    ['a take', 'take: 0', '"take" in item 1 of "lines" must be a whole number from 1 to 99.'],
    ['a take as text', 'take: two', '"take" in item 1 of "lines" must be a whole number from 1 to 99.'],
    ['a pause', 'pause: 1s', '"pause" in item 1 of "lines" must be a number of seconds from 0 to 60.'],
    ['a text without words', 'say: "…"', 'with at least one letter or digit.'],
    ['an approval', 'approved: yes', '"approved" in item 1 of "lines" must be true, or a group'],
    ['a list of comments', 'comments: [{by: Ann}]', 'There is no "text" in item 1 of "lines".'],
    ['a control character', 'direction: "a\\u0007b"', 'must be a direction, up to 300 characters.'],
  ])('says where %s is wrong', (_what, field, message) => {
    const text = errors(file('lines:', '- id: a', '  words: Yes.', `  ${field}`));
    expect(text).toMatch(/^book\.yaml\.review:5:\d+ error: /);
    expect(text).toContain(message);
  });

  it('refuses a newer version, however much else is new', () => {
    expect(errors('version: 2\nlines: {a: b}\n')).toContain(
      'book.yaml.review:1:10 error: This review file has version 2; this program reads up to version 1.',
    );
  });

  it('refuses a file that was not written to its end, at whatever byte it ends', () => {
    const whole = formatReview(FULL);
    for (let length = 0; length < whole.trimEnd().length; length += 7)
      expect(read(whole.slice(0, length)).review, whole.slice(0, length)).toBeUndefined();
    expect(errors(whole.slice(0, 300))).toContain('This review file is incomplete: its last line is not "...".');
    expect(errors('')).toContain('This review file is empty.');
  });

  it('refuses what is no review file', () => {
    expect(errors(file('lines: 3'))).toContain('"lines" must be a list');
    expect(errors('- a\n...\n')).toContain('This is no review file.');
    expect(errors('book: {title: X}\nchapters: []\n...\n')).toContain('There is no "version".');
    expect(read('\u0000').diagnostics[0]?.code).toBe('binary-file');
    expect(parseReview({ file: 'r', bytes: new Uint8Array(REVIEW_BYTES + 1) }).diagnostics[0]?.code).toBe(
      'file-too-large',
    );
  });

  it('survives hostile YAML', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]},`.repeat(9)}]`),
    ];
    expect(read(file(...bomb)).diagnostics[0]?.code).toBe('alias-bomb');
    expect(read(`version: ${'{a: '.repeat(20_000)}`).diagnostics[0]?.message).toMatch(
      /incomplete|too deeply for a review file/,
    );
    expect(read(file(`x: ${'['.repeat(50)}${']'.repeat(50)}`)).diagnostics[0]?.message).toBe(
      'This is nested too deeply for a review file.',
    );
    const odd = read(
      file('__proto__: {take: 9}', 'lines:', '- {id: a, words: b, __proto__: {take: 9}, constructor: 1}'),
    );
    expect(odd.review?.lines[0]?.take).toBeUndefined();
    expect(({} as { take?: number }).take).toBeUndefined();
  });

  it('warns of a mistyped field, and keeps it like any unknown one', () => {
    const { review, diagnostics } = read(file('lines:', '- {id: a, words: b, tke: 2, zzzzz: 3}'));
    expect(diagnostics.map(({ message, fix }) => `${message} ${fix}`)).toEqual([
      'There is no field "tke" in a review file, so it has no effect. Did you mean "take"?',
    ]);
    expect(formatReview(review!)).toContain('  tke: 2\n  zzzzz: 3\n');
  });

  it('joins two decisions about one line, unless they contradict each other', () => {
    const two = (first: string, second: string): string =>
      file('lines:', `- {id: a, at: "1:1", words: b, ${first}}`, `- {id: a, at: "1:1", words: b, ${second}}`);
    expect(read(two('take: 2', 'pause: 1')).review?.lines).toEqual([
      { id: 'a', at: '1:1', words: 'b', take: 2, pause: 1 },
    ]);
    expect(errors(two('take: 2', 'take: 3'))).toContain('There are two decisions about 1:1: take 2 and 3.');
  });
});
