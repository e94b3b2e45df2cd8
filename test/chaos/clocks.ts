/** Machines whose clocks differ, kernel calls and all: libfaketime, where it is installed (Debian: faketime). */
import { existsSync } from 'node:fs';

const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);

/** How far the clocks of the runner and of the workers are off. Undefined: not at all. */
export const DIFFERENT_CLOCKS: readonly (string | undefined)[] = [undefined, '+90s', '-90s', '+2d', '-3h'];

/** The library; undefined where it is not installed. */
export function findFaketime(): string | undefined {
  return LIBRARIES.find((path) => existsSync(path));
}

/** Variables of a process whose clock is off. Monotonic time, timers and the times of files stay true. */
export function clockEnv(offset: string | undefined): NodeJS.ProcessEnv {
  const library = findFaketime();
  if (offset === undefined || library === undefined) return {};
  return { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };
}
