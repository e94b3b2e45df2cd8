/**
 * Imports a manuscript in a worker thread within bounds of time and memory, whatever the file is. Meanwhile the loop of this
 * thread turns, so that an interrupt, a server or a watched folder is served.
 */
import { interrupted } from '../../errors.ts';
import type { ImportedManuscript, ManuscriptRefusal, ManuscriptTask } from '../../import/import-manuscript.ts';
import type { FromManuscriptThread } from './manuscript-worker.ts';
import { errorOf } from './reading-task.ts';
import { startThread } from './start-thread.ts';

/** Bounds of one import. */
export interface ManuscriptBounds {
  /** Processor time, in milliseconds. A busy machine takes longer. */
  busyMs: number;
  /** Memory of the whole program, in MB: the file, what is unpacked from it, and what is read. */
  memoryMb: number;
}

/** A novel takes under a second; the largest of the EPUB samples, 36 MB unpacked, 10 s and 310 MB. */
const BOUNDS: ManuscriptBounds = { busyMs: 60_000, memoryMb: 1_024 };
/** The program itself, and the largest page that is unpacked at one time, in MB. */
const BESIDE_MB = 240;
/** No thread starts with less, in MB. */
const LEAST_HEAP_MB = 16;
/** How often the thread is looked at, in milliseconds. */
const LOOK_MS = 100;

/**
 * `importManuscript` in a thread of its own. A bound that is exceeded is a refusal. Throws `interrupted` when the signal aborts,
 * and `ERR_MODULE_NOT_FOUND` when the manuscript needs a package that is not installed.
 * The bytes are given to the thread: afterwards they are empty here.
 */
export function importInThread(
  task: ManuscriptTask,
  { signal, ...bounds }: Partial<ManuscriptBounds> & { signal?: AbortSignal | undefined } = {},
): Promise<ImportedManuscript | ManuscriptRefusal> {
  if (signal?.aborted) return Promise.reject(interrupted('reading the manuscript'));
  const { busyMs, memoryMb } = { ...BOUNDS, ...bounds };
  const heapMb = Math.max(LEAST_HEAP_MB, memoryMb - BESIDE_MB - Math.ceil(task.bytes.length / 1024 / 1024));
  const thread = startThread('manuscript-worker', heapMb);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearInterval(look);
      signal?.removeEventListener('abort', stop);
      // An error after the end concerns nobody.
      thread.removeAllListeners().on('error', () => undefined);
      // Only after its end is its memory free, and does it write nothing more.
      void thread.terminate().finally(settle);
    };
    const refuse = (bound: 'time' | 'memory'): void =>
      finish(() => resolve({ problem: exceeded(bound, { busyMs, memoryMb }) }));
    const stop = (): void => finish(() => reject(interrupted('reading the manuscript')));
    const before = process.cpuUsage();
    const bytesBefore = process.memoryUsage.rss();
    const look = setInterval(() => {
      // The one also counts waits for a processor, the other also what the rest of the program does.
      const { user, system } = process.cpuUsage(before);
      const usedMs = Math.min(thread.performance.eventLoopUtilization().active, (user + system) / 1000);
      if (usedMs > busyMs) refuse('time');
      // Buffers, such as what is unpacked from a PDF, are outside of the heap.
      else if (process.memoryUsage.rss() - bytesBefore > memoryMb * 1024 * 1024) refuse('memory');
    }, LOOK_MS);
    thread.on('message', (message: FromManuscriptThread) => {
      if ('imported' in message) finish(() => resolve(message.imported));
      else if ('outOfMemory' in message) refuse('memory');
      else if ('missing' in message) finish(() => reject(notFound(message.missing)));
      else finish(() => reject(errorOf(message.failure)));
    });
    thread.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') refuse('memory');
      else finish(() => reject(error));
    });
    thread.on('exit', () =>
      finish(() => reject(new Error('Internal error: the thread that reads manuscripts ended.'))),
    );
    signal?.addEventListener('abort', stop);
    thread.postMessage(task, ownBuffer(task.bytes));
  });
}

/** As Node says it. */
function notFound(name: string): Error {
  return Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
}

/** Its memory, to give away; nothing when it is a part of a larger one. */
function ownBuffer({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

function exceeded(bound: 'time' | 'memory', { busyMs, memoryMb }: ManuscriptBounds): ManuscriptRefusal['problem'] {
  const seconds = Math.ceil(busyMs / 1000);
  const much = bound === 'time' ? `${seconds} ${seconds === 1 ? 'second' : 'seconds'}` : `${memoryMb} MB of memory`;
  return {
    code: bound === 'time' ? 'too-slow-to-read' : 'too-large-to-read',
    message: `Reading this manuscript takes more than ${much}, so it is not imported.`,
    fix: 'Make sure that it is the book. Divide it into several files, or export it again with another program.',
  };
}
