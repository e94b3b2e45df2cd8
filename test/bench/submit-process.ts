/**
 * A process of its own that hands in segments in two halves. Arguments: a Redis and their number. Prints seconds, its peak memory
 * above the steps, and what each half leaves on the heap, in MB.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { submitChapters } from '../../src/queue/submit.ts';
import { chaptersOf } from './queue-cost.ts';

const [, , redisUrl = '', count = '0'] = process.argv;
const connection = await openQueue({ redisUrl, cacheDir: '/nowhere' });
// The plan is there before anything is handed in, whatever the queue does.
const chapters = chaptersOf(Number(count));
const half = Math.ceil(chapters.length / 2);
globalThis.gc?.();
const before = process.memoryUsage.rss();
// From here on the kernel's high-water mark counts anew.
writeFileSync('/proc/self/clear_refs', '5');
const peak = (): number => {
  const status = readFileSync('/proc/self/status', 'utf8');
  return (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024 - before) / 2 ** 20;
};
const kept = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const atFirst = kept();
const from = performance.now();
const refs = await submitChapters(connection, { runId: 'first', chapters: chapters.slice(0, half) });
const halfAt = performance.now();
const first = kept() - atFirst;
const halfOnAt = performance.now();
refs.push(...(await submitChapters(connection, { runId: 'second', chapters: chapters.slice(half) })));
const seconds = (performance.now() - from - (halfOnAt - halfAt)) / 1000;
const second = kept() - atFirst - first;
if (refs.length !== Number(count) + chapters.length) throw new Error(`${refs.length} jobs were handed in.`);
process.stdout.write(`${seconds} ${peak()} ${first} ${second}\n`);
await connection.close();
