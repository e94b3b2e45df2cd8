/** Starts the worker threads of this room. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/**
 * Starts a thread with a file of this folder. In the sources, which tests and `npm run dev` run, TypeScript needs tsx; Node 20
 * gives none to a worker by itself.
 *
 * @param memoryMb memory of its heap; beyond it, the thread ends with `ERR_WORKER_OUT_OF_MEMORY`
 */
export function startThread(name: 'reading-worker' | 'manuscript-worker', memoryMb: number): Worker {
  const options = { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: memoryMb } };
  // Every bundle lies one folder below `src`.
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL(`../book/threads/${name}.js`, import.meta.url), options);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href.replace(/cjs$/, 'mjs');
  const file = new URL(`${name}.ts`, import.meta.url).href;
  const source = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(file)}); });`;
  return new Worker(source, { ...options, eval: true });
}
