/** Listens to takes, one after another, beside everything else that the process does. */
import { Worker } from 'node:worker_threads';
import type { HeardTake } from '../../qc/heard-take.ts';
import { listen, listenToVoice, PRINT_SAMPLES } from './listen.ts';

/** Hears whole takes. */
export interface Ears {
  /**
   * What is heard in a take at 8 kHz; undefined when there is nothing to hear, or when the thread fails: a take that nobody
   * heard is judged by the other checks. `text`: what it should say, if that is known. Takes over the memory of `narrow`.
   */
  listen(narrow: Float32Array, text?: string): Promise<HeardTake | undefined>;
  /** The print of the voice alone; undefined also in a take of less than two seconds. Takes over the memory of `narrow`. */
  voice(narrow: Float32Array): Promise<readonly number[] | undefined>;
  /** Ends the thread; who still waits gets undefined. */
  close(): Promise<void>;
}

/** Of a longer take this much is heard: time and memory grow with the square of the length. */
const MOST_SAMPLES = 8_000 * 120;

/** Built, this file is in a folder beside `audio/`, whichever the bundler has put it into. A thread cannot load sources. */
const BUILT_WORKER = import.meta.url.endsWith('.js')
  ? new URL('../audio/listening/listen-worker.js', import.meta.url)
  : undefined;

/**
 * The first thread starts with the first take, each further one of `threads` (default 1) when a take would wait for those
 * before it. Without a built `worker` it listens in the caller's own thread.
 */
export function openEars(of: { threads?: number; worker?: URL | undefined } = {}): Ears {
  const { threads: most = 1, worker = BUILT_WORKER } = of;
  const threads: ListeningThread[] = [];
  const ask = <T>(
    narrow: Float32Array,
    of: { isVoice: boolean; text?: string | undefined },
  ): Promise<T | undefined> => {
    let [idlest] = threads.toSorted((a, b) => a.waiting() - b.waiting());
    if (idlest === undefined || (idlest.waiting() > 0 && threads.length < most)) {
      idlest = createListeningThread(worker!);
      threads.push(idlest);
    }
    return idlest.ask<T>(narrow, of);
  };
  return {
    listen(narrow, wholeText) {
      const piece = narrow.slice(0, MOST_SAMPLES);
      // Half of a take does not say all of its text.
      const text = piece.length < narrow.length ? undefined : wholeText;
      return worker ? ask<HeardTake>(piece, { isVoice: false, text }) : Promise.resolve(listen(piece, text));
    },
    voice(narrow) {
      const piece = narrow.slice(0, PRINT_SAMPLES);
      return worker ? ask<readonly number[]>(piece, { isVoice: true }) : Promise.resolve(listenToVoice(piece));
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

/** A thread that is started when it is first asked, and again after it failed. */
interface ListeningThread {
  /** How many takes it has not answered yet. */
  waiting(): number;
  ask<T>(narrow: Float32Array, of: { isVoice: boolean; text?: string | undefined }): Promise<T | undefined>;
  close(): Promise<void>;
}

function createListeningThread(file: URL): ListeningThread {
  const waiting = new Map<number, (heard: unknown) => void>();
  let worker: Worker | undefined;
  let last = 0;
  const end = (thread: Worker | undefined): void => {
    // One that was replaced has nobody who waits for it.
    if (thread !== worker) return;
    worker = undefined;
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
  };
  const start = (): Worker => {
    const thread = new Worker(file);
    thread.on('message', ({ id, heard }: { id: number; heard: unknown }) => {
      waiting.get(id)?.(heard);
      waiting.delete(id);
      // Only a take that is waited for keeps the process alive.
      if (waiting.size === 0) thread.unref();
    });
    thread.on('error', () => end(thread));
    thread.on('exit', () => end(thread));
    return thread;
  };
  return {
    waiting: () => waiting.size,
    ask<T>(narrow: Float32Array, of: { isVoice: boolean; text?: string | undefined }) {
      worker ??= start();
      worker.ref();
      const id = ++last;
      const heard = new Promise<T | undefined>((resolve) => waiting.set(id, resolve as (heard: unknown) => void));
      worker.postMessage({ id, narrow, ...of }, [narrow.buffer as ArrayBuffer]);
      return heard;
    },
    async close() {
      const thread = worker;
      end(thread);
      await thread?.terminate();
    },
  };
}
