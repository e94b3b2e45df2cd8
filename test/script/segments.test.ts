import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billedUnits } from '../../src/models.ts';
import { isSpeakable } from '../../src/script/lines/line.ts';
import { wordEnds } from '../../src/script/text/text-boundaries.ts';
import { script, segments } from './script.ts';

const texts = (text: string, maxUnits?: number): string[] => segments(text, maxUnits).map((segment) => segment.text);

describe('where segments end', () => {
  it('keeps a paragraph within the limit whole', () => {
    expect(texts('One. Two.\n\nThree.')).toEqual(['One. Two.', 'Three.']);
  });

  it('names what follows each segment', () => {
    const text = 'Aaaaa aaaaa aaa. Bbbbb, bbbbb bbbbb bbb.\n\nC.\n\n[mara] D.\n\n***\n\n[mara] E.';
    expect(segments(text, 20).map(({ text: words, boundaryAfter }) => [words, boundaryAfter])).toEqual([
      ['Aaaaa aaaaa aaa.', 'sentence'],
      ['Bbbbb,', 'clause'],
      ['bbbbb bbbbb bbb.', 'paragraph'],
      ['C.', 'speaker'],
      ['D.', 'scene'],
      ['E.', 'chapter'],
    ]);
  });

  it('fills segments evenly, as few as will do', () => {
    const sizes = segments(Array(14).fill('This sentence has forty characters here.').join(' ')).map(
      ({ text }) => text.length,
    );
    expect(sizes).toEqual([286, 286]);
  });

  it('cuts a long sentence at clauses, Chinese ones too, and never in a number', () => {
    expect(texts('It took 1,000,000 men, and women; all of them: gone.', 24)).toEqual([
      'It took 1,000,000 men,',
      'and women;',
      'all of them: gone.',
    ]);
    expect(texts('他来到了灯塔，看见了大海，然后坐下来。', 20)).toEqual([
      '他来到了灯塔，',
      '看见了大海，',
      '然后坐下来。',
    ]);
  });

  it('cuts words only when it must, and no grapheme ever', () => {
    const [family, letter] = ['👨‍👩‍👧', 'e\u0301'];
    const cut = texts((family + letter).repeat(40), 20);
    expect(cut.length).toBeGreaterThan(10);
    for (const text of cut) expect(text).toMatch(new RegExp(`^(?:${family}|${letter})+$`, 'u'));
  });
});

describe('what must always hold', () => {
  const word = fc.constantFrom(
    ...[
      'The',
      'lamp',
      'went',
      'out',
      'Mr.',
      '3.14',
      '1,000',
      '你好',
      '世界，',
      '好。',
      'と',
      'лампа.',
      'e\u0301',
      '👩‍🚀',
      'J.',
      'word—word',
    ],
    ...[
      '“No!”',
      'said;',
      '…',
      '\\[x]',
      '[mara]',
      '***',
      '-',
      '\u00a0',
      '\t',
      '\r\n',
      '\n\n',
      '\n\n',
      '\n\n[mara] ',
      '\n\n***\n\n',
      '　',
      '﷽',
    ],
  );
  const source = fc
    .array(fc.tuple(word, fc.constantFrom(' ', ' ', '', '\n')), { maxLength: 120 })
    .map((parts) => parts.flat().join(''));

  it('has each source character in exactly one segment or exclusion, in order', () => {
    fc.assert(
      fc.property(source, fc.integer({ min: 20, max: 120 }), (text, maxUnits) => {
        const { exclusions } = script(text);
        const cut = segments(text, maxUnits);
        const covered = new Uint8Array(text.length);
        for (const { start, end } of [...cut, ...exclusions]) for (let at = start; at < end; at++) covered[at]!++;
        for (let at = 0; at < text.length; at++) {
          const excluded = exclusions.some(({ start, end }) => at >= start && at < end);
          // Between two paragraphs that were joined, white space is inside a segment; it may hold the second one's tag.
          if (/\S/.test(text[at]!) && !excluded) expect(covered[at], `${JSON.stringify(text)} at ${at}`).toBe(1);
        }
        for (const [index, segment] of cut.entries())
          expect(segment.start).toBeGreaterThanOrEqual(cut[index - 1]?.end ?? 0);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  it('says all that is written, in segments that can be spoken and fit', () => {
    fc.assert(
      fc.property(source, fc.integer({ min: 30, max: 120 }), (text, maxUnits) => {
        const { lines } = script(text);
        const cut = segments(text, maxUnits);
        const spoken = (parts: { text: string }[]): string =>
          parts
            .map((part) => part.text)
            .join('')
            .replace(/\s/g, '');
        expect(spoken(cut)).toBe(spoken(lines));
        for (const segment of cut) {
          expect(isSpeakable(segment.text)).toBe(true);
          const signs = segment.text.match(/[^\p{L}\p{N}]+/gu)?.some((run) => run.length > 12) ?? false;
          if (!signs) expect(billedUnits(segment.text), segment.text).toBeLessThanOrEqual(maxUnits);
        }
      }),
      { numRuns: 400, seed: 1 },
    );
  });
});

describe('an edit stays local', () => {
  const sentence = (i: number): string =>
    `The ${i}th keeper of the lamp, who came from the north, wrote ${i * 7919} lines about it.`;
  const book = (paragraphs: number, sentences: number): string[][] =>
    Array.from({ length: paragraphs }, (_, p) =>
      Array.from({ length: sentences }, (_, s) => sentence(p * sentences + s)),
    );
  const text = (paragraphs: string[][]): string => paragraphs.map((paragraph) => paragraph.join(' ')).join('\n\n');
  const fresh = (before: string, after: string): number => {
    const old = new Set(texts(before));
    return texts(after).filter((words) => !old.has(words)).length;
  };

  it('changes one segment in ordinary prose', () => {
    const paragraphs = book(30, 4);
    const before = text(paragraphs);
    paragraphs[10]![1] = 'A new sentence.';
    expect(fresh(before, text(paragraphs))).toBe(1);
  });

  it('changes a bounded few in one endless paragraph', () => {
    const paragraphs = book(1, 1500);
    const before = text(paragraphs);
    paragraphs[0]!.splice(700, 0, 'A new sentence.');
    const changed = fresh(before, text(paragraphs));
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(12);
  });
});

describe('a text of millions of letters without a space', () => {
  const unspaced = (words: number): string => 'ab-'.repeat(words);

  it('has a piece for each word up to 200,000 letters, and one for some forty letters beyond that', () => {
    const isCoarse = (text: string): boolean => {
      const few = new Set([0, ...wordEnds(text, 40)]);
      return segments(text).every(({ lineOffset }) => few.has(lineOffset));
    };
    expect(isCoarse(unspaced(60_000))).toBe(false);
    expect(isCoarse(unspaced(70_000))).toBe(true);
  });

  it('is cut at ends of words all the same', () => {
    const text = unspaced(2_000);
    const few = wordEnds(text, 40);
    expect(few.length).toBeLessThanOrEqual(text.length / 40);
    expect(few.at(-1)).toBe(text.length);
    const all = new Set(wordEnds(text));
    expect(few.filter((end) => !all.has(end))).toEqual([]);
  });
});

describe('time grows with the length', () => {
  const prose = `“I said, Mr. Ukridge, did he leave a name?” ${'It was a long, dull day; nothing happened, as usual. '.repeat(6)}`;

  it.each([
    ['a book of 1.7 million characters', `${prose}\n\n`.repeat(4700)],
    ['the same in one paragraph', `${prose} `.repeat(4700)],
    ['one word of 200,000 letters', 'a'.repeat(200_000)],
    ['200,000 Chinese characters without a mark', '我'.repeat(200_000)],
    ['200,000 points and a letter', `${'.'.repeat(200_000)}a`],
    ['opening brackets', '['.repeat(200_000)],
    ['tags that never close', '\n[x '.repeat(100_000)],
  ])('%s', (_what, text) => {
    const began = process.cpuUsage().user;
    segments(text);
    // A quadratic slip takes minutes. Work is counted, not time: other programs may be busy, too.
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(8);
  });
});
