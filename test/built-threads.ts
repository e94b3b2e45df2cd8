/** Threads that a test starts run what a user's program runs: the built file of dist/, where the sources would load tsx in each of them. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';

/** The file that starts them. */
const STARTER = resolve('src/book/threads/start-thread.ts');

/** Gives the file that starts threads the place that it has in a bundle. `test/build.ts` has built the threads before. */
export function builtThreads(): Plugin {
  const place = pathToFileURL(resolve('dist/src/library/index.js')).href;
  return {
    name: 'built-threads',
    enforce: 'pre',
    transform: (code, id) =>
      id === STARTER ? { code: code.replaceAll('import.meta.url', JSON.stringify(place)), map: null } : undefined,
  };
}
