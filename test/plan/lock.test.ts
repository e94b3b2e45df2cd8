/** The lock as text: stable, small in a diff, and every kind of damage is reported. */
import { expect, it } from 'vitest';
import { formatLock, readLock } from '../../src/plan/lock.ts';
import { edition, said } from './editions.ts';

const BOOK = edition({
  One: [said('narrator', 'The fog came.'), said('mara', 'Ahoy “you”!\u2028', { written: 'Ahoy!' })],
  Two: [said('narrator', 'Nobody heard it.'), said('narrator', 'Not one.', { goesOn: true, sound: null })],
});
const read = (text: string) => readLock(Buffer.from(text));

it('reads the same edition back, and writes the same bytes for the same edition', () => {
  const text = formatLock(BOOK);
  expect(read(text)).toEqual({ edition: BOOK });
  expect(formatLock(read(text).edition!)).toBe(text);
  expect(text).toMatch(/"seal": "[0-9a-f]{64}"\n\}\n$/);
});

it('has one line for each segment, so that an edited line changes one line of a diff, and the seal', () => {
  const [chapter, second] = BOOK.chapters;
  const edited = {
    ...BOOK,
    chapters: [{ ...chapter!, segments: [said('narrator', 'The dog came.'), chapter!.segments[1]!] }, second!],
  };
  const before = formatLock(BOOK).split('\n');
  const after = formatLock(edited).split('\n');
  expect(after).toHaveLength(before.length);
  expect(after.filter((line, index) => line !== before[index]).map((line) => line.trim().slice(0, 14))).toEqual([
    '{"character":"',
    `"seal": "${after.at(-3)!.trim().slice(9, 14)}`,
  ]);
});

it('accepts other line ends, which git may write', () => {
  expect(read(formatLock(BOOK).replaceAll('\n', '\r\n'))).toEqual({ edition: BOOK });
});

const TEXT = formatLock(BOOK);
it.each([
  ['empty', '', 'is empty.'],
  ['empty', ' \n', 'is empty.'],
  ['binary', '\0\u0001lock', 'is not a text file.'],
  ['conflict', TEXT.replace('    {\n', '<<<<<<< HEAD\n    {\n'), 'has merge conflict markers (line 2'],
  ['conflict', TEXT.replaceAll('\n', '\r\n').replace('  "words"', '=======\r\n  "words"'), 'merge conflict markers'],
  ['broken', TEXT.slice(0, TEXT.length / 2), 'is damaged ('],
  ['broken', TEXT.replace('"pauseMs":500', '"pauseMs":"long"'), 'is damaged at chapters.0.segments.0.pauseMs'],
  ['broken', TEXT.replace(/"take":"[0-9a-f]{4}/, '"take":"'), 'is damaged at chapters.0.segments.0.take'],
  ['foreign', '[]', 'is not a lock of this program.'],
  ['foreign', '{"lockfileVersion": 3}', 'is not a lock of this program.'],
  ['newer', TEXT.replace('"version": 1', '"version": 2'), 'has version 2; this program reads up to 1.'],
])('says that a lock is %s', (problem, text, message) => {
  const damaged = read(text);
  expect(damaged).toMatchObject({ problem });
  expect(damaged.message).toContain(message);
  expect(damaged.edition).toBeUndefined();
});

it('recognizes a lock that was edited by hand, and can still show it', () => {
  const edited = read(TEXT.replace('The fog came.', 'The dog came.'));
  expect(edited).toMatchObject({ problem: 'edited', message: expect.stringContaining('was changed by hand') });
  expect(edited.edition?.chapters[0]?.segments[0]?.text).toBe('The dog came.');
  expect(read(TEXT.replace(/ {2}"seal".*\n/, '  "seal": ""\n'))).toMatchObject({ problem: 'edited' });
});

it('is not text when it is no UTF-8', () => {
  expect(readLock(Uint8Array.of(0xff, 0xfe, 0x7b))).toMatchObject({ problem: 'binary' });
});
