/**
 * Says at the end of `npm test` what it cost: wall time, processor time with that of every process that a test started, and
 * the files that cost most.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Reporter } from 'vitest/node';

/** The kernel counts processor time in hundredths of a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields of `/proc/PID/stat` after the name; see proc(5). */
const FIELD = { parent: 1, user: 11, system: 12, childrenUser: 13, childrenSystem: 14 };

/** Names the file to which each process of the tests adds what a test file cost (test/cost-of-file.ts). */
export const COSTS_FILE = 'PIPELINE_TEST_COSTS';

/** How many of the costliest files are listed. `TEST_COSTS=all` lists every file. */
const LISTED = process.env['TEST_COSTS'] === 'all' ? Number.POSITIVE_INFINITY : 10;

/** A vitest reporter that prints the cost before the summary. */
export class CostReporter implements Reporter {
  private folder: string | undefined;

  /** Called by vitest before the first test. */
  onInit(): void {
    this.folder = mkdtempSync(join(tmpdir(), 'pipeline-costs-'));
    process.env[COSTS_FILE] = join(this.folder, 'costs.tsv');
  }

  /** Called by vitest when all tests ended. */
  onTestRunEnd(): void {
    const cpu = cpuSeconds();
    const told = cpu === undefined ? 'not known here' : `${cpu.toFixed(0)} s`;
    process.stdout.write(`\n        Cost  wall ${(performance.now() / 1000).toFixed(0)} s, processor ${told}\n`);
    for (const [file, seconds] of this.costliest()) {
      process.stdout.write(`${seconds.toFixed(1).padStart(12)} s  ${relative('.', file)}\n`);
    }
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private costliest(): [file: string, seconds: number][] {
    const costs = new Map<string, number>();
    for (const line of readCosts().split('\n').filter(Boolean)) {
      const [file = '', ticks] = line.split('\t');
      costs.set(file, (costs.get(file) ?? 0) + Number(ticks) / TICKS_PER_SECOND);
    }
    return [...costs].sort(([, a], [, b]) => b - a).slice(0, LISTED);
  }
}

function readCosts(): string {
  try {
    return readFileSync(process.env[COSTS_FILE] ?? '', 'utf8');
  } catch {
    return '';
  }
}

/** Ticks of a process and of all its children that have ended, from its `/proc/PID/stat`. */
export function ownTicks(stat: string): number {
  const fields = fieldsOf(stat);
  return [FIELD.user, FIELD.system, FIELD.childrenUser, FIELD.childrenSystem]
    .map((field) => fields[field] ?? 0)
    .reduce((sum, ticks) => sum + ticks, 0);
}

/** The numbers after the name, which stands in brackets and may have spaces and brackets itself. */
function fieldsOf(stat: string): number[] {
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/**
 * Processor seconds of this process, of all that it started and of all that those started. The kernel hands a process's
 * time to whoever waited for its end, so only those that still run must be looked at one by one.
 */
function cpuSeconds(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const stats = new Map<string, string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      stats.set(pid, readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      // It ended meanwhile.
    }
  }
  const ticksOf = (pid: string): number => {
    const children = [...stats].filter(([, other]) => fieldsOf(other)[FIELD.parent] === Number(pid));
    return ownTicks(stats.get(pid) ?? '') + children.reduce((sum, [child]) => sum + ticksOf(child), 0);
  };
  return ticksOf(String(process.pid)) / TICKS_PER_SECOND;
}
