/** Listens in a thread of its own, so that sockets stay responsive. */
import { parentPort } from 'node:worker_threads';
import { listen, listenToVoice } from './listen.ts';

parentPort?.on('message', ({ id, narrow, isVoice }: { id: number; narrow: Float32Array; isVoice: boolean }) => {
  parentPort?.postMessage({ id, heard: isVoice ? listenToVoice(narrow) : listen(narrow) });
});
