/** CPU time of this process and of the children that it has waited for. Linux only, where children are told at all. */
import { readFileSync } from 'node:fs';

/** Ticks of /proc's clock in a second; 100 on every Linux that is built for general use. */
const TICKS_PER_SECOND = 100;

/** What a piece of work cost. */
export interface Cost {
  cpuSeconds: number;
  wallSeconds: number;
}

/** Runs work and tells its cost; nothing else may run in this process at the same time. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = cpuSeconds();
  const from = performance.now();
  await work();
  return { cpuSeconds: cpuSeconds() - cpu, wallSeconds: (performance.now() - from) / 1000 };
}

function cpuSeconds(): number {
  const own = process.cpuUsage();
  // Behind the name, which is in brackets: fields 16 and 17 are the times of children that ended.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]!.split(' ');
  const children = (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  return (own.user + own.system) / 1e6 + children;
}
