import { describe, expect, test } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import { createModelWatch, SilentEnd } from '../../src/speech/dashscope/model-watch.ts';

const ENDED = 'qwen3-tts-vc-realtime-2025-11-27';
const LASTING = 'qwen-audio-3.1-tts-flash';
const gone = new PipelineError({ code: 'model-unknown', message: 'gone', retry: 'never' });
const watchOn = (today: string, countsStalls = false) => createModelWatch(() => gone, { today, countsStalls });
const closed = new SilentEnd('closed');
const stalled = new SilentEnd('silent', { stalled: true });
const now = () => performance.now();

describe('a model counts as gone', () => {
  test('after one silent end when its end has passed, and not the day before', () => {
    expect(watchOn('2026-10-10').judge(ENDED, closed, now())).toBe(gone);
    expect(watchOn('2026-10-10').judge(ENDED, stalled, now())).toBe(gone);
    expect(watchOn('2026-10-09').judge(ENDED, closed, now())).toBe(closed);
  });

  test('after three silent ends in a row; those of the same time have one cause and count once', () => {
    const watch = watchOn('2026-11-29');
    const began = now();
    for (let session = 0; session < 8; session++) expect(watch.judge(LASTING, closed, began)).toBe(closed);
    expect(watch.judge(LASTING, closed, now())).toBe(closed);
    expect(watch.judge(LASTING, closed, now())).toBe(gone);
  });

  test('at once when the service says so, and then for a minute', async () => {
    const watch = watchOn('2026-11-29');
    const refused = new PipelineError({ code: 'model-unknown', message: 'no such model', retry: 'never' });
    expect(watch.judge(LASTING, refused, now())).toBe(refused);
    await expect(watch.enter(LASTING, undefined)).rejects.toBe(gone);
  });

  test('never for mere silence of a lasting model, unless the protocol is known for it', () => {
    const [patient, strict] = [watchOn('2026-11-29'), watchOn('2026-11-29', true)];
    for (let time = 0; time < 5; time++) expect(patient.judge(LASTING, stalled, now())).toBe(stalled);
    expect(strict.judge(LASTING, stalled, now())).toBe(stalled);
    expect(strict.judge(LASTING, stalled, now())).toBe(stalled);
    expect(strict.judge(LASTING, stalled, now())).toBe(gone);
  });

  test('at once when no table has it, and never for a failure with a reason or once it was heard', () => {
    const watch = watchOn('2026-11-29');
    const refused = new PipelineError({ code: 'service-refused', message: 'no', retry: 'never' });
    expect(watch.judge('nobody-knows-1', closed, now())).toBe(gone);
    expect(watch.judge(ENDED, refused, now())).toBe(refused);
    watch.heard(ENDED);
    expect(watch.judge(ENDED, closed, now())).toBe(closed);
  });
});

test('after a silent end, texts of any model that was never heard wait for one that goes alone', async () => {
  const watch = watchOn('2026-11-29');
  const [one, two] = [await watch.enter(LASTING, undefined), await watch.enter(LASTING, undefined)];
  const began = now();
  for (const leave of [one, two]) {
    expect(watch.judge(LASTING, closed, began)).toBe(closed);
    leave();
  }
  const scout = await watch.enter(LASTING, undefined);
  let isIn = false;
  const next = watch.enter(LASTING, undefined).then(() => {
    isIn = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isIn).toBe(false);
  watch.heard(LASTING);
  await next;
  scout();
});

test('texts of a model past its end wait for the first one, and are refused with it', async () => {
  const watch = watchOn('2026-11-29');
  const leave = await watch.enter(ENDED, undefined);
  const second = watch.enter(ENDED, undefined);
  const stop = new AbortController();
  const third = watch.enter(ENDED, stop.signal);
  stop.abort();
  await expect(third).rejects.toMatchObject({ code: 'interrupted' });
  watch.judge(ENDED, closed, now());
  leave();
  await expect(second).rejects.toBe(gone);
});
