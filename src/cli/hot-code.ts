/**
 * V8 optimizes a function after it has run for long enough, however much time that takes: a process that lives for weeks
 * would optimize nearly all of its code, function by function, and grow by what it makes of it. Loops over sound need
 * optimized code, and reach a limit many times higher within a moment.
 */
import { setFlagsFromString } from 'node:v8';

/** Commands whose process lives until somebody stops it. */
const LIVING: ReadonlySet<string> = new Set(['watch', 'worker']);

/** By major version of V8: Node 20's is 11, Node 22's is 12. V8 prints an error for a flag that it does not know. */
const HIGH_LIMITS: Readonly<Record<string, string>> = {
  // 60 times V8's own.
  11: '--interrupt-budget=4000000',
  // Ten times V8's own.
  12: '--invocation-count-for-turbofan=30000',
};

/**
 * The flag with which V8 optimizes only what is really hot, for a command; undefined where V8's own limits stay.
 *
 * @param command the first argument of the command line
 * @param v8 V8's version, as in `process.versions.v8`
 */
export function hotCodeFlag(command: string, v8: string): string | undefined {
  return LIVING.has(command) ? HIGH_LIMITS[v8.split('.')[0] ?? ''] : undefined;
}

/** Sets that flag for this process and its threads; to be called before code is loaded, since kept code has the flags in it. */
export function optimizeOnlyHotCode(command: string): void {
  const flag = hotCodeFlag(command, process.versions.v8);
  if (flag !== undefined) setFlagsFromString(flag);
}
