/** Preloaded into a process (NODE_OPTIONS): every few seconds writes what it holds, after garbage collection, as a line of JSON. */
import { appendFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env.SOAK_PROBE;
const EVERY_MS = 2_500;
const REQUEST = /Req|ConnectWrap|WriteWrap|ShutdownWrap/;

// Programs that it starts do not write.
delete process.env.SOAK_PROBE;
delete process.env.NODE_OPTIONS;
if (file !== undefined) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  setInterval(() => {
    gc();
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    const resources = process.getActiveResourcesInfo();
    // A request is in progress for a moment, sometimes a hundred at once; a handle stays until it is closed.
    const handles = resources.filter((name) => !REQUEST.test(name));
    const descriptors = descriptorKinds();
    const sample = {
      atSeconds: performance.now() / 1000,
      rssBytes: rss,
      heapBytes: heapUsed,
      heapTotalBytes: heapTotal,
      externalBytes: external,
      handles: handles.length,
      descriptors: descriptors.length,
      kinds: { handle: counted(resources), descriptor: counted(descriptors) },
    };
    appendFileSync(file, `${JSON.stringify(sample)}\n`);
  }, EVERY_MS).unref();
}

/** `socket`, `pipe`, `anon_inode:[eventpoll]`; of a file, where it lies. */
function descriptorKinds() {
  return readdirSync('/proc/self/fd').map((number) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${number}`);
      return target.startsWith('/')
        ? `file in ${target.split('/').slice(1, 3).join('/')}`
        : target.replace(/:\[\d+\]$/, '');
    } catch {
      return 'closed while it was read';
    }
  });
}

function counted(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
