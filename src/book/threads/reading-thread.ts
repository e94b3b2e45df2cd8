/**
 * Reads books in worker threads. What others wrote is bounded in size, but the largest book of that size takes seconds to read;
 * meanwhile sockets, heartbeats and other books go on. A thread that works for too long, or needs too much memory, is ended, and
 * the author is told.
 */
import type { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { interrupted } from '../../errors.ts';
import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import type { OpenSpeaker } from '../../script/speakers/open-speakers.ts';
import { withJoinedSignal } from '../../signals.ts';
import type { BookReading, ModelChooser } from '../load-book.ts';
import { assetAt, type LoadedAsset } from '../loaded-asset.ts';
import { putTogether } from '../pieces.ts';
import { NO_REFERENCES, type References } from '../references.ts';
import {
  errorOf,
  type FromReader,
  type ReadingTask,
  type SpeakersOf,
  type ToReader,
  thrownFailure,
} from './reading-task.ts';
import { startThread } from './start-thread.ts';

/** Bounds of one reading. */
export interface ReadingBounds {
  /** Time in which the thread works, in milliseconds; waits, such as for a download, do not count. */
  busyMs: number;
  /** Memory of a thread, in MB. */
  memoryMb: number;
}

/** The largest books take about 6 s and 300 MB; a busy machine is slower. */
const BOUNDS: ReadingBounds = { busyMs: 60_000, memoryMb: 1_024 };
/** Books that are read at once. */
const MOST_BOOKS = 2;
/** An idle thread ends after this, in milliseconds. */
const IDLE_MS = 30_000;
/** How often a thread at work is looked at, in milliseconds. */
const LOOK_MS = 250;

/** Reads books in threads of its own; close it at the end. */
export interface Reader {
  /** `loadBook`; a bound that is exceeded is an error of the book. */
  loadBook(of: {
    manifestPath: string;
    modelFor: ModelChooser;
    decided?: Uint8Array | undefined;
    signal?: AbortSignal;
  }): Promise<BookReading>;
  /** `readReferences`; a manifest that exceeds a bound names nothing. */
  readReferences(path: string): Promise<References | undefined>;
  /** `openSpeakers`; undefined when a bound is exceeded. */
  openSpeakers(of: SpeakersOf): Promise<OpenSpeaker[][] | undefined>;
  /** Ends all threads; what is being read rejects with `interrupted`. */
  close(): Promise<void>;
}

/** Opens a reader. Threads start when they are needed. */
export function openReader(bounds: Partial<ReadingBounds> = {}): Reader {
  const of = { ...BOUNDS, ...bounds };
  const closed = new AbortController();
  /** With the timers that end them. */
  const idle = new Map<Worker, NodeJS.Timeout>();
  const books = pLimit(MOST_BOOKS);
  const manifests = pLimit(1);
  const none: ModelChooser = () => Promise.reject(new Error('Internal error: references have no model.'));

  return {
    loadBook: ({ manifestPath, modelFor, decided, signal }) =>
      books(async () => {
        const read = await carryOut({ read: 'book', manifestPath, decided }, { modelFor, signal });
        if ('exceeded' in read)
          return { diagnostics: [exceeded(read.exceeded, manifestPath, of)], sources: new Map<string, string>() };
        return withAssets(read.value as BookReading);
      }),
    readReferences: (path) =>
      manifests(async () => {
        const read = await carryOut({ read: 'references', path }, { modelFor: none, signal: undefined });
        return 'exceeded' in read ? NO_REFERENCES : (read.value as References | undefined);
      }),
    openSpeakers: (task) =>
      manifests(async () => {
        const read = await carryOut({ read: 'speakers', of: task }, { modelFor: none, signal: undefined });
        return 'exceeded' in read ? undefined : (read.value as OpenSpeaker[][]);
      }),
    close: async () => {
      closed.abort();
      await Promise.all([...idle.keys()].map((thread) => thread.terminate()));
    },
  };

  async function carryOut(
    task: ReadingTask,
    { modelFor, signal }: { modelFor: ModelChooser; signal: AbortSignal | undefined },
  ): Promise<{ value: unknown } | { exceeded: Exceeded }> {
    return withJoinedSignal([signal, closed.signal], (ended) => carryOutUntil(ended, task, modelFor));
  }

  async function carryOutUntil(
    ended: AbortSignal,
    task: ReadingTask,
    modelFor: ModelChooser,
  ): Promise<{ value: unknown } | { exceeded: Exceeded }> {
    if (ended.aborted) throw interrupted('reading the book');
    const thread = take() ?? start();
    const end = await exchange({ thread, task, modelFor, busyMs: of.busyMs, signal: ended });
    if ('value' in end || 'failure' in end) {
      keep(thread);
      if ('failure' in end) throw errorOf(end.failure);
      return end;
    }
    await thread.terminate();
    if (ended.aborted) throw interrupted('reading the book');
    if ('exceeded' in end) return end;
    throw end.died;
  }

  function start(): Worker {
    const thread = startThread('reading-worker', of.memoryMb);
    // Whoever waits for it has listeners of its own; an error of an idle thread must not end the program.
    thread.on('error', () => undefined).on('exit', () => forget(thread));
    return thread;
  }

  function take(): Worker | undefined {
    const [thread] = idle.keys();
    if (thread === undefined) return undefined;
    forget(thread);
    thread.ref();
    return thread;
  }

  function keep(thread: Worker): void {
    if (closed.signal.aborted) return void thread.terminate();
    thread.unref();
    idle.set(thread, setTimeout(() => void thread.terminate(), IDLE_MS).unref());
  }

  function forget(thread: Worker): void {
    clearTimeout(idle.get(thread));
    idle.delete(thread);
  }
}

type Exceeded = 'time' | 'memory';

type End =
  | { value: unknown }
  | { failure: ReturnType<typeof thrownFailure> }
  | { exceeded: Exceeded }
  | { died: Error };

/** Has one task carried out. Never rejects. Unless it ends in a value or a failure of the task, the thread is of no more use. */
function exchange(of: {
  thread: Worker;
  task: ReadingTask;
  modelFor: ModelChooser;
  busyMs: number;
  signal: AbortSignal;
}): Promise<End> {
  const { thread, signal } = of;
  const send = (message: ToReader): void => thread.postMessage(message);
  return new Promise((resolve) => {
    const before = thread.performance.eventLoopUtilization().active;
    const look = setInterval(() => {
      if (thread.performance.eventLoopUtilization().active - before > of.busyMs) settle({ exceeded: 'time' });
    }, LOOK_MS);
    let parts: ReturnType<typeof putTogether> | undefined;

    const onMessage = (message: FromReader): void => {
      if ('choose' in message)
        of.modelFor(message.choose).then(
          (choice) => send({ choice }),
          (error: unknown) => send({ refusal: thrownFailure(error) }),
        );
      else if ('failure' in message) settle(message);
      else if ('end' in message) settle({ value: parts?.value });
      else {
        if ('frame' in message) parts = putTogether(message.frame);
        else parts?.add(message.piece);
        // Other work of this thread goes between two pieces.
        setImmediate(() => send({ next: true }));
      }
    };
    const onError = (error: Error & { code?: string }): void =>
      settle(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? { exceeded: 'memory' } : { died: error });
    const onExit = (): void => settle({ died: new Error('Internal error: the thread that reads books ended.') });
    const onAbort = (): void => settle({ died: interrupted('reading the book') });
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    signal.addEventListener('abort', onAbort);
    send({ task: of.task });

    function settle(end: End): void {
      clearInterval(look);
      signal.removeEventListener('abort', onAbort);
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(end);
    }
  });
}

function exceeded(bound: Exceeded, file: string, { busyMs, memoryMb }: ReadingBounds): Diagnostic {
  const message =
    bound === 'time'
      ? `Reading this book takes more than ${Math.ceil(busyMs / 1000)} seconds.`
      : `Reading this book takes more than ${memoryMb} MB of memory.`;
  const fix =
    'Divide the book into several manifests, or shorten its longest chapters and its lists of names and words.';
  const code = bound === 'time' ? 'too-slow-to-read' : 'too-large-to-read';
  return { code, severity: 'error', file, message, fix };
}

/** With functions that read the files again, which cannot be copied between threads. */
function withAssets({ book, ...reading }: BookReading): BookReading {
  if (book === undefined) return reading;
  const again = ({ asset, place }: LoadedAsset): LoadedAsset => {
    if (place === undefined) throw new Error('Internal error: a file of a book has no place.');
    return assetAt(asset, place);
  };
  const all = (assets: Map<string, LoadedAsset>) => new Map([...assets].map(([name, asset]) => [name, again(asset)]));
  const { samples, pickups, cover } = book;
  return {
    ...reading,
    book: { ...book, samples: all(samples), pickups: all(pickups), ...(cover && { cover: again(cover) }) },
  };
}
