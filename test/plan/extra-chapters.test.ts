/** Credits, retail sample and parts in a draft. A book without them keeps its keys (of mastering version 3). */

import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/manifest/manifest.ts';
import type { DraftSource } from '../../src/plan/draft.ts';
import { draftBook } from '../../src/plan/draft-book.ts';
import { BINDING_VERSION } from '../../src/plan/keys.ts';
import { planBook } from '../../src/plan/plan.ts';
import { planTotals } from '../../src/plan/plan-totals.ts';
import { tableTariff } from '../../src/plan/price.ts';
import type { Segment } from '../../src/script/cut/cut-segments.ts';

const at = { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } };
const manifest: Manifest = {
  ...{ title: 'Book', author: 'A', language: 'en', model: 'qwen-tts-vc-realtime-2025-08-20' },
  characters: [{ name: 'narrator', aliases: [], source: { kind: 'voice', voiceId: 'id-narrator', at }, words: [], at }],
  ...{ chapters: [], words: [], varyRepeats: false, pausesMs: {}, formats: ['mp3', 'm4b'], mastering: 'acx' },
  ...{ subtitles: [], captionUnit: 'sentence', extras: [], requireConsent: false },
};
const segment = (text: string, boundaryAfter: Segment['boundaryAfter']): Segment => ({
  ...{ character: 'narrator', text, lineIndex: 0, lineOffset: 0, start: 0, end: 1, boundaryAfter },
});
const coverage = { sourceCharacters: 1, spoken: 1, excluded: {} };
const text = (number: number, segments: Segment[], role?: 'opening-credits' | 'closing-credits') => ({
  ...{ number, title: number === 1 ? 'One' : `Title ${number}`, segments, coverage },
  ...(role && { role }),
});
const ONE = text(1, [segment('Good evening.', 'scene'), segment('Good night.', 'chapter')]);
const draft = (more: Partial<DraftSource> = {}, change: Partial<Manifest> = {}) =>
  draftBook({
    ...{ manifest: { ...manifest, ...change }, chapters: [ONE], samples: new Map(), realm: 'service', ...more },
  } as DraftSource);

describe('keys', () => {
  it('of a book that uses none of this do not change', () => {
    const { chapters, book } = draft({ masteringVersion: 3 });
    // As in version 0.4, with the mastering of that time: locks of every existing book hold them.
    expect(chapters[0]!.segments[0]!.key).toBe('19cb22e765332d96aafcfaed3af630cc6d469ea3469fabda22b2bce6f024b95d');
    expect(chapters[0]!.master.key).toBe('6000f5833c4fdd9b3b789dbb720bd4b8208bc986ce0ccf7980528935eb717fb5');
    expect(book!.key).toBe('3a7bc183f7a2596b3766abef4dd0b7e394cf2585fb37e1273add7186c0690f40');
  });

  it('of a book change with the version of its binding alone: a lock names the one that its M4B was bound with', () => {
    const [now, first] = [draft(), draft({ bindingVersion: 1 })];
    expect(first.book).not.toHaveProperty('binding');
    expect(now.book).toEqual({ ...first.book, key: now.book!.key, binding: BINDING_VERSION });
    expect(now.book!.key).not.toBe(first.book!.key);
    expect(now.chapters).toEqual(first.chapters);
  });

  it('of a chapter change with its lines, its tags and where it can be split', () => {
    const keys = [
      draft(),
      draft({}, { lines: 'wav' }),
      draft({}, { lines: 'mp3' }),
      draft({}, { year: 2024 }),
      draft({}, { custom: { durationSeconds: 1 } }),
    ].map(({ chapters }) => chapters[0]!.master.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it('has marks for sections under headings when the pause before them is long enough', () => {
  const segments = [
    segment('One.', 'paragraph'),
    segment('It rained.', 'paragraph'),
    segment('The Lamp.', 'paragraph'),
    { ...segment('It went out.', 'paragraph'), pauseAfterMs: 100 },
    segment('The Oar.', 'chapter'),
  ];
  const sections = [0, 2, 4].map((firstSegment) => ({ title: segments[firstSegment]!.text, firstSegment }));
  const of = (change: Partial<Manifest> = {}) =>
    draft({ chapters: [{ ...text(1, segments), sections }] }, change).chapters[0]!.master;
  expect(of().sections).toEqual([
    { title: 'One', firstTake: 0 },
    { title: 'The Lamp.', firstTake: 2 },
  ]);
  expect(of().key).not.toBe(draft({ chapters: [text(1, segments)] }).chapters[0]!.master.key);
  expect(of({ formats: ['m4a'] }).sections).toBeUndefined();
  expect(draft({ chapters: [text(1, segments)] }).chapters[0]!.master.sections).toBeUndefined();
});

it('counts credits as chapters of the book file, and does not bill a retail sample', () => {
  const chapters = [
    text(0, [segment('Book.', 'chapter')], 'opening-credits'),
    ONE,
    text(2, [segment('The end.', 'chapter')], 'closing-credits'),
  ];
  const whole = draft({ chapters, sample: { chapter: 1, firstSegment: 1, seconds: 60 } });
  expect(whole.chapters.map(({ number, role }) => [number, role])).toEqual([
    [0, 'opening-credits'],
    [1, undefined],
    [2, 'closing-credits'],
    [3, 'retail-sample'],
  ]);
  expect(whole.chapters.map(({ master }) => [master.tags.track, master.tags.tracks])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
    [0, 0],
  ]);
  expect(whole.book!.chapters).toHaveLength(3);
  expect(whole.chapters[3]!.master.takes.map(({ key }) => key)).toEqual([whole.chapters[1]!.segments[1]!.key]);
  const plan = planBook(whole, {
    takes: new Map(),
    doubtful: new Map(),
    levels: new Map(),
    voices: new Set(),
    masters: new Map(),
    books: new Map(),
  });
  expect(planTotals(plan, tableTariff(whole.model)).segments).toEqual({ total: 4, synthesize: 4, reuse: 0 });
});

it('says where a chapter can be split only when it could be too long', () => {
  expect(draft().chapters[0]!.master.parting).toBeUndefined();
  const long = draft({}, { custom: { durationSeconds: 2 } });
  expect(long.chapters[0]!.master.parting).toEqual({ boundaries: ['scene', 'chapter'] });
});

it('titles a retail sample in the language of the book', () => {
  const sample = { chapter: 1, firstSegment: 0, seconds: 60 };
  const titleOf = (language: string) => draft({ sample }, { language }).chapters.at(-1)!.master.tags.title;
  expect([titleOf('en'), titleOf('zh'), titleOf('ru')]).toEqual([
    'Retail Sample',
    '试听片段',
    'Ознакомительный фрагмент',
  ]);
});
