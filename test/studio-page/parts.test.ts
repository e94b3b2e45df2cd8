/** The parts of the page that need no browser. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_ROWS, RowHeights } from '../../src/studio/page/parts/rows-in-view.ts';
import { matchedVolume } from '../../src/studio/page/sound/level-match.ts';
import { outlineMs, outlineOf, wavePath } from '../../src/studio/page/sound/peaks.ts';
import { indexAt, pageAt, spokenAt } from '../../src/studio/page/sound/timeline.ts';
import { mixed, wavOf } from '../../src/studio/page/sound/wav.ts';
import { differenceLines } from '../../src/studio/page/text/difference.ts';
import { clock, percent, spentOf } from '../../src/studio/page/text/format.ts';
import { placeWords } from '../../src/studio/page/text/place-words.ts';
import { spreadHues } from '../../src/studio/page/text/spread-hues.ts';

it('shows what the day has spent beside what is set aside, and neither twice', () => {
  expect(spentOf({ spent: 0.0412, reserved: 0.0405 })).toBe(0.0007);
  expect(Object.is(spentOf({ spent: 0.3, reserved: 0.1 + 0.2 }), 0)).toBe(true);
});

describe('the rows of a long list', () => {
  it('are those in view and a few around them, wherever one scrolls', () => {
    const heights = new RowHeights(3_000, (index) => 40 + (index % 5) * 20);
    for (const top of [0, 1_000, 77_777, heights.top(3_000) - 800, 10_000_000]) {
      const { first, end } = heights.inView(top, 800);
      expect(end - first).toBeLessThan(60);
      expect(heights.top(first)).toBeLessThanOrEqual(top);
      expect(heights.top(end)).toBeGreaterThanOrEqual(Math.min(top + 800, heights.top(3_000)));
    }
    expect(new RowHeights(3_000, () => 0.1).inView(0, 800).end).toBe(MOST_ROWS);
    expect(new RowHeights(0, () => 40).inView(0, 800)).toEqual({ first: 0, end: 0 });
  });

  it('move down by what a row above them grew', () => {
    const heights = new RowHeights(10, () => 50);
    expect(heights.measured(3, 80)).toBe(true);
    expect(heights.measured(3, 80.2)).toBe(false);
    expect([heights.top(3), heights.top(4), heights.at(229), heights.at(230)]).toEqual([150, 230, 3, 4]);
  });
});

describe('what is spoken at a time', () => {
  const lines = [
    { startMs: 400, endMs: 1_000 },
    { startMs: 1_500, endMs: 2_000 },
  ];

  it('is the line that has begun and has not ended', () => {
    expect([0, 400, 999, 1_000, 1_500, 5_000].map((ms) => spokenAt(lines, ms))).toEqual([-1, 0, 0, -1, 1, -1]);
    expect(indexAt(lines, 1_200)).toBe(0);
  });

  it('is on a page that holds it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, share) => {
          const at = share * total;
          const { startMs, endMs } = pageAt(at, 60_000, total);
          expect(startMs <= at && at <= endMs && endMs - startMs <= 60_000).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('words in a text', () => {
  it('are cut out where they are', () => {
    const pieces = placeWords('“Yes,” said Ada.', [
      { from: 1, to: 4 },
      { from: 7, to: 11 },
      { from: 9, to: 12 },
      { from: 12, to: 99 },
    ]);
    expect(pieces).toEqual([
      { text: '“' },
      { text: 'Yes', word: 0 },
      { text: ',” ' },
      { text: 'said', word: 1 },
      { text: ' Ada.' },
    ]);
  });

  it('lose no letter of any text, wherever they are said to be', () => {
    const place = fc.record({ from: fc.integer({ min: -5, max: 70 }), to: fc.integer({ min: -5, max: 70 }) });
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.array(place, { maxLength: 8 }), (text, words) => {
        expect(
          placeWords(text, words)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});

describe('sounds', () => {
  it('are drawn from the least and the greatest samples', () => {
    const outline = outlineOf({ perSecond: 20, peaks: Buffer.from(Int8Array.of(-128, 127, 0, 0)).toString('base64') });
    expect([...outline.pairs]).toEqual([-128, 127, 0, 0]);
    expect(outlineMs(outline)).toBe(100);
    expect(wavePath(outline, 0, 100, 100)).toBe('M0.0 1.2L1000.0 49.4L1000.0 50.6L0.0 99.0Z');
  });

  it('of takes are as loud as the quietest', () => {
    const takes = [{ loudnessDb: -20 }, { loudnessDb: -26 }, { loudnessDb: null }];
    expect(takes.map((take) => matchedVolume(take, takes).toFixed(2))).toEqual(['0.50', '1.00', '1.00']);
  });

  it('that were recorded are WAV files of 16 bits', () => {
    const wav = Buffer.from(wavOf(mixed([Float32Array.of(1, 0, -2), Float32Array.of(1, 0, -2)]), 48_000));
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect([wav.readUInt32LE(24), wav.readUInt16LE(34), wav.length]).toEqual([48_000, 16, 50]);
    expect([wav.readInt16LE(44), wav.readInt16LE(46), wav.readInt16LE(48)]).toEqual([32_767, 0, -32_767]);
  });
});

describe('the colors of speakers', () => {
  it('keep apart, and stay where they are when nothing is near', () => {
    const names = ['narrator', 'mara', 'ben'];
    expect([...spreadHues(names.map((name, at) => ({ name, hue: [32, 54, 200][at]! }))).values()]).toEqual([
      32, 192, 338,
    ]);
    const many = Array.from({ length: 40 }, (_, at) => ({ name: `${at}`, hue: 10 }));
    expect(new Set(spreadHues(many).values()).size).toBeGreaterThan(30);
  });
});

describe('what is read', () => {
  it('says times, and shares that are not rounded to all or nothing', () => {
    expect([0, 61_000, 3_723_000].map(clock)).toEqual(['0:00', '1:01', '1:02:03']);
    expect([0.97812, 0.9999, 1, 0, 0.0001].map((share) => percent(share, 'en'))).toEqual([
      '97.8 %',
      '99.9 %',
      '100 %',
      '0 %',
      '0.1 %',
    ]);
  });

  it('shows a difference without its headings', () => {
    const unified = '--- a.md\n+++ a.md\n@@ -1,2 +1,2 @@\n one\n-two\n+--- three\n\\ No newline\n@@ -9 +9 @@\n-x\n+y\n';
    expect(differenceLines(unified).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'same one',
      'removed two',
      'added --- three',
      'gap ⋯',
      'removed x',
      'added y',
    ]);
    expect(differenceLines('')).toEqual([]);
  });
});
