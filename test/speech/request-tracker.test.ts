/** The order in which calls count as counted, by recent response times. One clock for all, so a slow machine changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type RequestTracker, trackRequests } from '../../src/speech/dashscope/request-tracker.ts';

/** Lets calls depart whose answers arrive after so many milliseconds, all at once. */
async function answered(tracker: RequestTracker, answersMs: readonly number[]): Promise<void> {
  await Promise.all(
    answersMs.map(async (ms) => {
      const call = tracker.start(() => undefined);
      call.sent();
      await sleep(ms);
      call.answered(true);
    }),
  );
}

test('a call without an answer counts soon where clones are slow, later where they differ, last where nothing is known or answers are quick', async () => {
  const slow = trackRequests();
  const slowAndThrottled = trackRequests();
  const uneven = trackRequests();
  const quick = trackRequests();
  await Promise.all([
    answered(slow, [400, 400, 400]),
    answered(slowAndThrottled, [400, 400, 400]),
    answered(uneven, [400, 400, 900]),
    answered(quick, [0, 400, 400]),
  ]);
  slowAndThrottled.throttled();
  const unknown = trackRequests();
  const order: string[] = [];
  const counting = Object.entries({ unknown, quick, uneven, slowAndThrottled, slow }).map(
    ([name, tracker]) =>
      new Promise<void>((counted) => {
        const call = tracker.start(() => {
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
  expect(order).toEqual(['slow', 'slowAndThrottled', 'uneven', 'unknown', 'quick']);
});

test('an answer counts at once, and a refusal teaches nothing', async () => {
  const tracker = trackRequests();
  const slow = trackRequests();
  await answered(slow, [400, 400, 400]);
  const counts: string[] = [];
  for (const name of ['one', 'two', 'three']) {
    const call = tracker.start(() => counts.push(name));
    call.sent();
    call.answered(false);
    call.ended();
  }
  expect(counts).toEqual(['one', 'two', 'three']);
  // If refusals counted as fast responses, these two would count in the other order.
  for (const name of ['one', 'two', 'three']) {
    const call = slow.start(() => counts.push(name));
    call.sent();
    call.answered(false);
  }
  const order: string[] = [];
  const alive = setInterval(() => undefined, 50);
  await Promise.all(
    Object.entries({ unknown: tracker, slow }).map(
      ([name, watched]) =>
        new Promise<void>((counted) => {
          watched
            .start(() => {
              order.push(name);
              counted();
            })
            .sent();
        }),
    ),
  );
  clearInterval(alive);
  expect(order).toEqual(['slow', 'unknown']);
});
