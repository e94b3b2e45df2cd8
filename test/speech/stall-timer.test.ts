import { expect, test } from 'vitest';
import { stallTimer } from '../../src/speech/dashscope/stall-timer.ts';

const LIMIT_MS = 100;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Blocks the process, as a busy machine does. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a process that was busy for the whole limit reads first what has arrived', async () => {
  const stalls: string[] = [];
  const timer = stallTimer(LIMIT_MS, ({ message }) => stalls.push(message));
  // The code behind this runs among the timers, so the next ones come before what arrives.
  await sleep(1);
  timer.start();
  // It arrives while nobody reads, behind the timer.
  setImmediate(() => timer.refresh());
  block(LIMIT_MS + 20);
  await sleep(LIMIT_MS / 2);
  expect(stalls).toEqual([]);
  // Nothing more arrives.
  await expect.poll(() => stalls).toEqual(['The service sent nothing for 0.1 s although a response was due.']);
});

test('a stopped timer stays so, whatever arrives', async () => {
  const stalls: string[] = [];
  const timer = stallTimer(LIMIT_MS, ({ message }) => stalls.push(message));
  timer.start();
  block(LIMIT_MS + 5);
  await new Promise(setImmediate);
  timer.stop();
  timer.refresh();
  await sleep(2 * LIMIT_MS);
  expect(stalls).toEqual([]);
});
