/** What the live line and the plain lines say of a run in progress. */
import { expect, it } from 'vitest';
import { createProgressLine } from '../../src/cli/screen/progress-line.ts';
import type { ProgressEvent } from '../../src/events.ts';

const EVENT: ProgressEvent = {
  type: 'progress',
  voices: { done: 2, total: 2 },
  segments: { done: 120, total: 1200 },
  chapters: { done: 1, total: 12 },
  mastering: { done: 0, total: 0, share: 0 },
  binding: null,
  audioSeconds: 600,
  timesRealtime: 12.34,
  secondsLeft: 245,
};
const SPOKEN = { ...EVENT, segments: { done: 1200, total: 1200 }, secondsLeft: 0 };

it('shows speaking first, with the time left', () => {
  const line = createProgressLine(() => 0);
  expect(line(EVENT)).toEqual([
    ...['segments 120/1,200', '4 min 5 s left', 'chapters 1/12', '10 min of speech', '12.3× real time'],
  ]);
});

it('shows mastering beside speaking', () => {
  const line = createProgressLine(() => 0);
  expect(line({ ...EVENT, mastering: { done: 1, total: 12, share: 0.0825 } }).slice(0, 3)).toEqual([
    ...['segments 120/1,200', 'mastering 1/12 (8 %)', '4 min 5 s left'],
  ]);
});

it('shows mastering alone once all is spoken, and its time left when its speed is known', () => {
  let now = 0;
  const line = createProgressLine(() => now);
  const mastering = (share: number) => line({ ...SPOKEN, mastering: { done: 3, total: 12, share } });
  expect(mastering(0.31).slice(0, 2)).toEqual(['mastering 3/12 (31 %)', 'chapters 1/12']);
  now = 10_000;
  // A tenth in 10 s: the other 59 % take 59 s.
  expect(mastering(0.41).slice(0, 2)).toEqual(['mastering 3/12 (41 %)', '59 s left']);
});

it('shows binding, which has a time of its own', () => {
  let now = 0;
  const line = createProgressLine(() => now);
  const done = { ...SPOKEN, mastering: { done: 12, total: 12, share: 1 } };
  line(done);
  expect(line({ ...done, binding: { share: 0.03 } })[0]).toBe('binding the book 3 %');
  now = 20_000;
  expect(line({ ...done, binding: { share: 0.63 } }).slice(0, 2)).toEqual(['binding the book 63 %', '12 s left']);
});

it('shows nothing of mastering and binding where there is none', () => {
  const line = createProgressLine(() => 0);
  expect(line(SPOKEN)).toEqual(['chapters 1/12', 'segments 1,200/1,200', '10 min of speech', '12.3× real time']);
});
