import { expect, it } from 'vitest';
import type { Segment } from '../../src/script/cut/cut-segments.ts';
import { estimatedSeconds } from '../../src/script/cut/estimate.ts';
import { retailSampleStart } from '../../src/script/lines/retail-sample-start.ts';

const segments = (...lines: string[]): Segment[] =>
  lines.map((text, lineIndex) => ({
    ...{ character: 'narrator', text, lineIndex, lineOffset: 0, start: 0, end: 1, boundaryAfter: 'paragraph' },
  }));
const start = (lines: string[], more: { title?: string; from?: string } = {}) =>
  retailSampleStart({ title: 'The Storm', segments: segments(...lines), ...more });

it('leaves out the heading of the chapter, and nothing else', () => {
  expect(start(['THE STORM', 'Chapter One', 'It was dark.'])).toBe(2);
  expect(start(['It was dark.', 'The Storm', 'So it was.'])).toBe(0);
  expect(start(['“Stop!”', 'So it was.'])).toBe(0);
  expect(start(['The Storm'])).toBe(0);
});

it('begins with the words that were asked for, whatever their signs and case', () => {
  expect(start(['The Storm', 'It was dark.', '“Nobody,” she said.'], { from: 'nobody she' })).toBe(2);
  expect(start(['It was dark.'], { from: 'the moon' })).toBeUndefined();
});

it('estimates Chinese by its signs', () => {
  expect(estimatedSeconds([{ text: '海'.repeat(45) }])).toBeCloseTo(10);
  expect(estimatedSeconds([{ text: 'a'.repeat(150) }])).toBeCloseTo(10);
});
