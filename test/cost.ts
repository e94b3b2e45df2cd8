/** Says at the end of `npm test` what it cost: wall time, and processor time with that of every process that a test started. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

/** The kernel counts processor time in hundredths of a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields of `/proc/PID/stat` after the name; see proc(5). */
const FIELD = { parent: 1, user: 11, system: 12, childrenUser: 13, childrenSystem: 14 };

/** A vitest reporter that prints one line before the summary. */
export class CostReporter implements Reporter {
  /** Called by vitest when all tests ended. */
  onTestRunEnd(): void {
    const cpu = cpuSeconds();
    const told = cpu === undefined ? 'not known here' : `${cpu.toFixed(0)} s`;
    process.stdout.write(`\n        Cost  wall ${(performance.now() / 1000).toFixed(0)} s, processor ${told}\n`);
  }
}

/**
 * Processor seconds of this process, of all that it started and of all that those started. The kernel hands a process's
 * time to whoever waited for its end, so only those that still run must be looked at one by one.
 */
function cpuSeconds(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const stats = new Map<string, number[]>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name stands in brackets and may have spaces and brackets itself.
      stats.set(
        pid,
        text
          .slice(text.lastIndexOf(')') + 2)
          .split(' ')
          .map(Number),
      );
    } catch {
      // It ended meanwhile.
    }
  }
  const ticksOf = (pid: string): number => {
    const stat = stats.get(pid) ?? [];
    const own = [FIELD.user, FIELD.system, FIELD.childrenUser, FIELD.childrenSystem].map((field) => stat[field] ?? 0);
    const children = [...stats].filter(([, other]) => other[FIELD.parent] === Number(pid));
    return own.reduce((sum, ticks) => sum + ticks, 0) + children.reduce((sum, [child]) => sum + ticksOf(child), 0);
  };
  return ticksOf(String(process.pid)) / TICKS_PER_SECOND;
}
