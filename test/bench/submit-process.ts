/** A process of its own that hands in segments. Arguments: a Redis and their number. Prints seconds, and its peak memory above the steps in MB. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openQueue } from '../../src/queue/connection.ts';
import { submitChapters } from '../../src/queue/submit.ts';
import { chaptersOf } from './queue-cost.ts';

const [, , redisUrl = '', count = '0'] = process.argv;
const connection = await openQueue({ redisUrl, prefix: `submit-${count}`, cacheDir: '/nowhere' });
// The plan is there before anything is handed in, whatever the queue does.
const chapters = chaptersOf(Number(count));
globalThis.gc?.();
const before = process.memoryUsage.rss();
// From here on the kernel's high-water mark counts anew.
writeFileSync('/proc/self/clear_refs', '5');
const from = performance.now();
const refs = await submitChapters(connection, { runId: 'run', chapters });
const seconds = (performance.now() - from) / 1000;
const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
if (refs.length !== Number(count) + chapters.length) throw new Error(`${refs.length} jobs were handed in.`);
process.stdout.write(`${seconds} ${(peak - before) / 2 ** 20}\n`);
await connection.close();
