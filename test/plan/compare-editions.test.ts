/** What `diff` finds between two editions, and what it ignores. */
import { expect, it } from 'vitest';
import { compareEditions } from '../../src/plan/compare-editions.ts';
import type { Edition } from '../../src/plan/edition.ts';
import { digest, edition, said } from './editions.ts';

const FOG = said('narrator', 'The fog came over the water.');
const AHOY = said('mara', 'Ahoy, the light!');
const NOBODY = said('narrator', 'Nobody heard it.');
const OLD = edition({ One: [FOG, AHOY, NOBODY], Two: [said('narrator', 'The lamp went out.')] });

/** The lines that differ, each as one short text. */
const lines = (before: Edition, after: Edition): string[] =>
  compareEditions(before, after).chapters.flatMap((chapter) =>
    chapter.lines.map(({ change, aspects, before: b, after: a }) =>
      [
        chapter.title,
        change,
        ...aspects,
        `${b ? `${b.chapter}.${b.line}` : '–'} ${a ? `${a.chapter}.${a.line}` : '–'}`,
      ].join(' '),
    ),
  );
const one = (...segments: Edition['chapters'][number]['segments']): Edition =>
  edition({ One: segments, Two: OLD.chapters[1]!.segments });

it('says that equal editions are equal', () => {
  expect(compareEditions(OLD, structuredClone(OLD))).toEqual({
    equal: true,
    head: [],
    chapters: [],
    counts: { changed: 0, added: 0, removed: 0, moved: 0 },
  });
});

it('shows edited, added, removed and moved lines', () => {
  const edited = one(said('narrator', 'The fog went over the water.'), AHOY, NOBODY);
  expect(lines(OLD, edited)).toEqual(['One changed text 1.1 1.1']);
  expect(compareEditions(OLD, edited).chapters[0]?.lines[0]?.words).toEqual([
    { kind: 'same', text: 'The fog ' },
    { kind: 'removed', text: 'came' },
    { kind: 'added', text: 'went' },
    { kind: 'same', text: ' over the water.' },
  ]);
  expect(lines(OLD, one(FOG, AHOY, said('mara', 'Hello?'), NOBODY))).toEqual(['One added – 1.3']);
  expect(lines(OLD, one(FOG, NOBODY))).toEqual(['One removed 1.2 –']);
  expect(lines(OLD, one(NOBODY, FOG, AHOY))).toEqual(['One moved 1.3 1.1']);
  const acrossChapters = edition({ One: [FOG, NOBODY], Two: [AHOY, ...OLD.chapters[1]!.segments] });
  expect(lines(OLD, acrossChapters)).toEqual(['Two moved 1.2 2.1']);
});

it('distinguishes voice, speaker, direction, take, pause, word list, setting and sound', () => {
  const aspects = (segment: typeof AHOY, more: Partial<Edition> = {}): string[] =>
    lines(OLD, { ...one(FOG, segment, NOBODY), ...more }).map((line) => line.replace(/ 1\.2 1\.2$/, ''));
  const other = { take: digest('other') };
  expect(aspects({ ...AHOY, sound: digest('again') })).toEqual(['One changed sound']);
  expect(aspects({ ...AHOY, ...other })).toEqual(['One changed setting']);
  expect(aspects({ ...AHOY, pauseMs: 900 })).toEqual(['One changed pause']);
  expect(aspects({ ...AHOY, ...other, direction: 'softly' })).toEqual(['One changed direction']);
  expect(aspects({ ...AHOY, ...other, retake: 2 })).toEqual(['One changed take']);
  expect(aspects({ ...AHOY, ...other, text: 'Ahoi, the light!', written: AHOY.text })).toEqual([
    'One changed word list',
  ]);
  expect(aspects({ ...AHOY, ...other, character: 'narrator' })).toEqual(['One changed speaker voice']);
  const voices = { ...OLD.voices, mara: { voice: digest('new'), sample: digest('new sample') } };
  expect(aspects({ ...AHOY, ...other }, { voices })).toEqual(['One changed voice']);
  expect(compareEditions(OLD, { ...OLD, voices }).head.map(({ what }) => what)).toEqual(['voice of mara']);
});

it('ignores sound that was not spoken yet', () => {
  const unspoken = structuredClone(OLD);
  for (const chapter of unspoken.chapters) {
    chapter.files = {};
    chapter.ffmpeg = null;
    for (const segment of chapter.segments) segment.sound = null;
  }
  expect(compareEditions(OLD, unspoken)).toMatchObject({ equal: true });
  expect(compareEditions(unspoken, OLD)).toMatchObject({ equal: true });
});

it('reports another model once, not for every line', () => {
  const other = structuredClone(OLD);
  for (const segment of other.chapters.flatMap(({ segments }) => segments)) segment.take = digest(`x${segment.take}`);
  other.model = 'newer';
  expect(compareEditions(OLD, other)).toMatchObject({ head: [{ what: 'model' }], chapters: [] });
});

it('pairs chapters by their titles, then by their places', () => {
  const swapped = edition({ Two: OLD.chapters[1]!.segments, One: OLD.chapters[0]!.segments });
  expect(compareEditions(OLD, swapped).chapters).toMatchObject([{ change: 'moved', lines: [] }]);
  const renamed = edition({ 'Part One': OLD.chapters[0]!.segments, Two: OLD.chapters[1]!.segments });
  expect(compareEditions(OLD, renamed).chapters).toMatchObject([{ title: 'Part One', oldTitle: 'One', lines: [] }]);
  const longer = edition({ One: OLD.chapters[0]!.segments, Two: OLD.chapters[1]!.segments, Three: [NOBODY] });
  expect(compareEditions(OLD, longer).chapters).toMatchObject([{ change: 'added', title: 'Three', before: null }]);
  expect(compareEditions(longer, OLD).chapters).toMatchObject([{ change: 'removed', title: 'Three', after: null }]);
});

it('finds other files of the same takes, and another mastering of the same lines', () => {
  const encoded = structuredClone(OLD);
  encoded.chapters[0]!.files['mp3'] = digest('other bytes');
  expect(compareEditions(OLD, encoded).chapters).toMatchObject([{ title: 'One', files: ['mp3'], lines: [] }]);
  const mastered = structuredClone(OLD);
  mastered.chapters[1]!.master = digest('other settings');
  expect(compareEditions(OLD, mastered)).toMatchObject({ equal: false, head: [{ what: 'mastering' }] });
});

it('joins the segments of a line: where it is cut makes no difference', () => {
  const cut = one(
    said('narrator', 'The fog came'),
    said('narrator', 'over the water.', { goesOn: true }),
    AHOY,
    NOBODY,
  );
  expect(lines(OLD, cut)).toEqual(['One changed setting 1.1 1.1']);
});

it('compares a ten-hour book in a moment', () => {
  const many = (edit: (index: number) => string): Edition =>
    edition({ One: Array.from({ length: 9000 }, (_, index) => said('narrator', edit(index))) });
  const before = many((index) => `This is line ${index} of the long book.`);
  const after = many((index) =>
    index % 50 === 0 ? `This was line ${index} of a book.` : `This is line ${index} of the long book.`,
  );
  expect(compareEditions(before, after).counts).toEqual({ changed: 180, added: 0, removed: 0, moved: 0 });
  const rewritten = many((index) => `Nothing of it ${index * 7919} remains as written, ${index}.`);
  expect(compareEditions(before, rewritten).equal).toBe(false);
});
