/** Preloaded into a process (NODE_OPTIONS): every few seconds writes what it holds, after garbage collection, as a line of JSON. */
import { appendFileSync, readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env.SOAK_PROBE;
const EVERY_MS = 2_500;

// Programs that it starts do not write.
delete process.env.SOAK_PROBE;
delete process.env.NODE_OPTIONS;
if (file !== undefined) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  setInterval(() => {
    gc();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const sample = {
      atSeconds: performance.now() / 1000,
      rssBytes: rss,
      heapBytes: heapUsed,
      heapTotalBytes: heapTotal,
      externalBytes: external,
      handles: process.getActiveResourcesInfo().length,
      descriptors: readdirSync('/proc/self/fd').length,
    };
    appendFileSync(file, `${JSON.stringify(sample)}\n`);
  }, EVERY_MS).unref();
}
