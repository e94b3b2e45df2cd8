/** Listens in a thread of its own, so that sockets stay responsive. */
import { parentPort } from 'node:worker_threads';
import { listen } from './listen.ts';

parentPort?.on('message', ({ id, narrow }: { id: number; narrow: Float32Array }) => {
  parentPort?.postMessage({ id, heard: listen(narrow) });
});
