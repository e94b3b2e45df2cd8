/**
 * In each process of the tests: what a test file cost, for the list at the end of `npm test`; and what the file changed in
 * its process is put back, since another file may be next. A setup file of vitest.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, expect, vi } from 'vitest';
import { COSTS_FILE, ownTicks } from './cost.ts';

const before = ticks();

// This file's hooks are the first, so they run last.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
  const file = process.env[COSTS_FILE];
  if (file === undefined || before === undefined) return;
  appendFileSync(file, `${expect.getState().testPath}\t${(ticks() ?? before) - before}\n`);
});

/** Ticks of this process and of every process it started that has ended. Undefined where the kernel does not say. */
function ticks(): number | undefined {
  try {
    return ownTicks(readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    return undefined;
  }
}
