/** In which order calls are taken for counted, by what answers took of late. One clock for all, so a slow machine changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Arrivals, watchArrivals } from '../../src/speech/dashscope/arrival.ts';

/** Lets calls depart whose answers arrive after so many milliseconds, all at once. */
async function answered(arrivals: Arrivals, answersMs: readonly number[]): Promise<void> {
  await Promise.all(
    answersMs.map(async (ms) => {
      const call = arrivals.depart(() => undefined);
      call.sent();
      await sleep(ms);
      call.answered(true);
    }),
  );
}

test('a call without an answer counts soon where clones are slow, later where nothing is known, last where answers are quick', async () => {
  const slow = watchArrivals();
  const slowAndThrottled = watchArrivals();
  const quick = watchArrivals();
  await Promise.all([
    answered(slow, [350, 400, 450]),
    answered(slowAndThrottled, [350, 400, 450]),
    answered(quick, [0, 400, 450]),
  ]);
  slowAndThrottled.throttled();
  const order: string[] = [];
  const counting = Object.entries({ quick, unknown: watchArrivals(), slowAndThrottled, slow }).map(
    ([name, arrivals]) =>
      new Promise<void>((counted) => {
        const call = arrivals.depart(() => {
          order.push(name);
          counted();
        });
        call.sent();
      }),
  );
  // Pending timers of a gate must not keep a process alive; a test has to.
  const alive = setInterval(() => undefined, 50);
  await Promise.all(counting);
  clearInterval(alive);
  expect(order).toEqual(['slow', 'slowAndThrottled', 'unknown', 'quick']);
});

test('an answer counts at once, and a refusal teaches nothing', async () => {
  const arrivals = watchArrivals();
  const counts: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    const call = arrivals.depart(() => counts.push(name));
    call.sent();
    call.answered(false);
    call.gone();
  }
  expect(counts).toEqual(['one', 'two', 'three']);
  const order: string[] = [];
  const alive = setInterval(() => undefined, 50);
  await Promise.all(
    [arrivals, watchArrivals()].map(
      (watched, index) =>
        new Promise<void>((counted) => {
          watched
            .depart(() => {
              order.push(`${index}`);
              counted();
            })
            .sent();
        }),
    ),
  );
  clearInterval(alive);
  expect(order).toEqual(['0', '1']);
});
