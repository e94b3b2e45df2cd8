/** Every gap in a chapter's plan is found: text that is lost, spoken twice, out of order or without a take. */
import { expect, it } from 'vitest';
import { type ChapterToCheck, findGap } from '../../src/plan/completeness.ts';
import type { SourceRange } from '../../src/script/text/coverage.ts';
import { segment } from '../queue/steps.ts';

const TEXT = 'The fog came.\n\n[mara] Ahoy \\[you]!\n\nNobody heard it.\n';

function chapter(): ChapterToCheck & { source: { ranges: SourceRange[] } } {
  const texts = ['The fog came.', 'Ahoy [you]!', 'Nobody heard it.'];
  const segments = texts.map((text, index) => ({
    step: { ...segment(`key ${index}`), text },
    need: 'speak' as const,
    reason: 'new' as const,
  }));
  const ranges: SourceRange[] = [
    { start: 0, end: 13, segment: 0 },
    { start: 13, end: 15, unspoken: 'space' },
    { start: 15, end: 21, unspoken: 'tag' },
    { start: 21, end: 22, unspoken: 'space' },
    { start: 22, end: 34, segment: 1 },
    { start: 34, end: 36, unspoken: 'space' },
    { start: 36, end: 52, segment: 2 },
    { start: 52, end: 53, unspoken: 'space' },
  ];
  const takes = segments.map(({ step }) => ({ key: step.key, character: 'a', text: step.text, pauseAfterMs: 0 }));
  return { segments, source: { file: 'one.txt', kind: 'file', text: TEXT, ranges }, master: { step: { takes } } };
}

it('finds no gap in a chapter that speaks its text', () => {
  expect(findGap(chapter())).toBeUndefined();
});

it.each<[string, (broken: ReturnType<typeof chapter>) => void, string]>([
  [
    'a segment left out',
    ({ source }) => void source.ranges.splice(4, 1),
    '“Ahoy \\[you]!” (one.txt, line 3 of the text) would be lost',
  ],
  [
    'the end left out',
    ({ source }) => void source.ranges.splice(6),
    '“Nobody heard it.” (one.txt, line 5 of the text) would be lost',
  ],
  [
    'a range that begins early',
    ({ source }) => {
      source.ranges[4]!.start = 20;
    },
    '“]” (one.txt, line 3 of the text) would be spoken twice',
  ],
  [
    'words as white space',
    ({ source }) => {
      source.ranges[6] = { start: 36, end: 52, unspoken: 'space' };
    },
    '“Nobody heard it.” (one.txt, line 5 of the text) would be left out as white space',
  ],
  [
    'a segment without text',
    ({ source }) => {
      source.ranges[6] = { start: 36, end: 52, unspoken: 'note' };
    },
    '“Nobody heard it.” would be spoken, but is not in the text',
  ],
  [
    'a range of a segment that is not there',
    ({ segments }) => void segments.pop(),
    '“Nobody heard it.” (one.txt, line 5 of the text) would be lost',
  ],
  [
    'segments in another order',
    ({ source }) => {
      source.ranges[0] = { start: 0, end: 13, segment: 1 };
      source.ranges[4] = { start: 22, end: 34, segment: 0 };
    },
    'out of order',
  ],
  [
    'other words',
    ({ segments }) => {
      segments[0]!.step.text = 'The dog came.';
    },
    '“The fog came.” (one.txt, line 1 of the text) would be spoken as “The dog came.”',
  ],
  [
    'a take left out',
    ({ master }) => void master.step.takes.splice(1, 1),
    '“Ahoy [you]!” would be missing in its place',
  ],
  [
    'takes that changed places',
    ({ master }) => void master.step.takes.reverse(),
    '“The fog came.” would be missing in its place',
  ],
  [
    'a take too many',
    ({ master }) => void master.step.takes.push({ key: 'x', character: 'a', text: 'Boo!', pauseAfterMs: 0 }),
    '“Boo!” would be spoken, but is not in the text',
  ],
])('finds %s', (_what, breakIt, gap) => {
  const broken = chapter();
  breakIt(broken);
  expect(findGap(broken)).toContain(gap);
});

it('compares what the author wrote, not what a word list makes of it', () => {
  const listed = chapter();
  listed.segments[0]!.step.text = 'The fogg came.';
  listed.segments[0]!.step.written = 'The fog came.';
  listed.master.step.takes[0]!.text = 'The fogg came.';
  expect(findGap(listed)).toBeUndefined();
});
