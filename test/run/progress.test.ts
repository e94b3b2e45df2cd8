import { describe, expect, it } from 'vitest';
import { ProgressMeter } from '../../src/run/progress.ts';

describe('progress', () => {
  const meterOf = (total = {}) =>
    new ProgressMeter({ total: { voices: 0, segments: 0, chapters: 4, masters: 4, ...total }, now: () => 0 });

  it('counts what is finished of each master under way', () => {
    const meter = meterOf();
    meter.mastering('a', 0.5);
    meter.mastering('b', 0.25);
    expect(meter.event().mastering).toEqual({ done: 0, total: 4, share: 0.18 });
    meter.mastered('a');
    expect(meter.event().mastering).toEqual({ done: 1, total: 4, share: 0.31 });
  });

  it('never exceeds 1, whatever a worker reports', () => {
    const meter = meterOf({ masters: 1 });
    meter.mastering('a', 7);
    meter.mastering('b', -1);
    expect(meter.event().mastering.share).toBe(0.99);
    meter.mastered('a');
    meter.mastered('b');
    expect(meter.event().mastering).toEqual({ done: 1, total: 1, share: 1 });
  });

  it('counts a chapter that is mastered again as more work', () => {
    const meter = meterOf({ masters: 2 });
    meter.mastered('a');
    meter.mastered('b');
    meter.masterAgain(2);
    expect(meter.event().mastering).toEqual({ done: 2, total: 4, share: 0.5 });
  });

  it('shows the book only while it is bound', () => {
    const meter = meterOf();
    expect(meter.event().binding).toBeNull();
    meter.binding(0.5);
    expect(meter.event().binding).toEqual({ share: 0.5 });
    meter.bound();
    expect(meter.event().binding).toBeNull();
  });
});
