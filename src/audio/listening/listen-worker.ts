/** Listens in a thread of its own, so that sockets stay responsive. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { listen, listenToVoice } from './listen.ts';
import { NARROW_HZ } from './narrow-band.ts';

/**
 * After so much sound, garbage is collected: it has left some 15 MB of arrays, which lie outside of the heap. By itself V8 lets
 * them pile up to 64 MB in a thread that does little else. Collecting takes some 30 ms, hearing as much sound 800.
 */
const SECONDS_BETWEEN_COLLECTIONS = 150;

setFlagsFromString('--expose-gc');
// Another thread may just have taken the flag back.
const collectGarbage = runInNewContext('this["gc"]') as (() => void) | undefined;
// Flags are those of the whole process, and code that is kept for the next start (src/cli/compiled-code.ts) has them in it.
setFlagsFromString('--no-expose-gc');

/** What the thread is asked: all of a sound, or the voice alone. */
interface Question {
  id: number;
  narrow: Float32Array;
  isVoice: boolean;
  text?: string;
}

let samplesHeard = 0;

parentPort?.on('message', ({ id, narrow, isVoice, text }: Question) => {
  parentPort?.postMessage({ id, heard: isVoice ? listenToVoice(narrow) : listen(narrow, text) });
  samplesHeard += narrow.length;
  if (samplesHeard < SECONDS_BETWEEN_COLLECTIONS * NARROW_HZ) return;
  samplesHeard = 0;
  // Not before this call has ended: what it holds cannot be collected.
  setImmediate(() => collectGarbage?.());
});
