/** Counts in screens and reports, written as Intl writes them, without loading it. */
import { expect, it } from 'vitest';
import { grouped } from '../../src/deliver/reports/report-text.ts';

it('writes a count as Intl does', () => {
  for (const count of [0, 7, 999, 1_000, 12_345, 123_456, 1_234_567, 1e15, -12, -123, -1_234, 0.5, 1_234.567_8]) {
    expect(grouped(count)).toBe(count.toLocaleString('en-US'));
  }
});
