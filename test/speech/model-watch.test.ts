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
  test('after one silent end when its end has passed, and not the day before', async () => {
    expect(await watchOn('2026-10-10').judge(ENDED, closed, now())).toBe(gone);
    expect(await watchOn('2026-10-10').judge(ENDED, stalled, now())).toBe(gone);
    expect(await watchOn('2026-10-09').judge(ENDED, closed, now())).toBe(closed);
  });

  test('after three silent ends in a row; those of the same time have one cause and count once', async () => {
    const watch = watchOn('2026-11-29');
    const began = now();
    for (let session = 0; session < 8; session++) expect(await watch.judge(LASTING, closed, began)).toBe(closed);
    expect(await watch.judge(LASTING, closed, now())).toBe(closed);
    expect(await watch.judge(LASTING, closed, now())).toBe(gone);
  });

  test('at once when the service says so, and then for a minute', async () => {
    const watch = watchOn('2026-11-29');
    const refused = new PipelineError({ code: 'model-unknown', message: 'no such model', retry: 'never' });
    expect(await watch.judge(LASTING, refused, now())).toBe(refused);
    await expect(watch.enter(LASTING, undefined)).rejects.toBe(gone);
  });

  test('never for mere silence of a lasting model, unless the protocol is known for it', async () => {
    const [patient, strict] = [watchOn('2026-11-29'), watchOn('2026-11-29', true)];
    for (let time = 0; time < 5; time++) expect(await patient.judge(LASTING, stalled, now())).toBe(stalled);
    expect(await strict.judge(LASTING, stalled, now())).toBe(stalled);
    expect(await strict.judge(LASTING, stalled, now())).toBe(stalled);
    expect(await strict.judge(LASTING, stalled, now())).toBe(gone);
  });

  test('at once when no table has it, and never for a failure with a reason or once it was heard', async () => {
    const watch = watchOn('2026-11-29');
    const refused = new PipelineError({ code: 'service-refused', message: 'no', retry: 'never' });
    expect(await watch.judge('nobody-knows-1', closed, now())).toBe(gone);
    expect(await watch.judge(ENDED, refused, now())).toBe(refused);
    watch.heard(ENDED);
    expect(await watch.judge(ENDED, closed, now())).toBe(closed);
  });
});

describe('after the first silence the service is asked whether it lists the model', () => {
  const asked: string[] = [];
  const watchWith = (isListed: boolean | undefined) =>
    createModelWatch(() => gone, {
      today: '2026-11-29',
      countsStalls: true,
      isListed: async (model) => {
        asked.push(model);
        return isListed;
      },
    });

  test('one that it does not list is gone', async () => {
    expect(await watchWith(false).judge(LASTING, stalled, now())).toBe(gone);
  });

  test.each([true, undefined])(
    'when it answers %s, two more silences decide, and it is not asked again',
    async (listed) => {
      asked.length = 0;
      const watch = watchWith(listed);
      expect(await watch.judge(LASTING, stalled, now())).toBe(stalled);
      expect(await watch.judge(LASTING, stalled, now())).toBe(stalled);
      expect(await watch.judge(LASTING, stalled, now())).toBe(gone);
      expect(asked).toEqual([LASTING]);
    },
  );
});

test('texts of a model that was never heard wait for the first sound of one that goes alone, or for its end', async () => {
  const watch = watchOn('2026-11-29');
  const leave = await watch.enter(LASTING, undefined);
  const isIn = [false, false];
  const others = isIn.map((_, at) =>
    watch.enter(LASTING, undefined).then((scout) => {
      isIn[at] = true;
      return scout;
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isIn).toEqual([false, false]);
  leave();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isIn).toEqual([true, false]);
  watch.heard(LASTING);
  for (const other of others) (await other)();
});

test('texts of a model past its end wait for the first one, and are refused with it', async () => {
  const watch = watchOn('2026-11-29');
  const leave = await watch.enter(ENDED, undefined);
  const second = watch.enter(ENDED, undefined);
  const stop = new AbortController();
  const third = watch.enter(ENDED, stop.signal);
  stop.abort();
  await expect(third).rejects.toMatchObject({ code: 'interrupted' });
  await watch.judge(ENDED, closed, now());
  leave();
  await expect(second).rejects.toBe(gone);
});
