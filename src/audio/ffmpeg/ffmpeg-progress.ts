/** Notices an ffmpeg that hangs: for a bounded time it takes no input, writes nothing and says nothing. */
import { stat } from 'node:fs/promises';
import type { Duplex, Writable } from 'node:stream';

/** Longest time without progress, in milliseconds. Far longer than any pause of a working ffmpeg. */
export const STALL_LIMIT_MS = 60_000;
/** So many checks in a row must find no progress: a process of ours that slept itself makes only one. */
const CHECKS = 30;

/** The watch over one run of ffmpeg. */
export interface ProgressWatch {
  /** A sign of life. */
  moved(): void;
  /** Awaits work of ours, for which ffmpeg has to wait. */
  ours<T>(work: Promise<T>): Promise<T>;
  stop(): void;
}

/** Starts to watch; `onStall` is called at most once. */
export function watchProgress(of: {
  /** Bytes of its standard output that have arrived. */
  bytesRead: () => number;
  /** Paths of the files that it writes. */
  files: readonly string[];
  /** Where its standard output goes, if that is a stream. */
  stream: Writable | undefined;
  limitMs: number;
  onStall: () => void;
}): ProgressWatch {
  const { bytesRead, files, stream, limitMs, onStall } = of;
  let signs = 0;
  let waitingForUs = 0;
  let last = '';
  let checksWithout = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    const written = await Promise.all(files.map(stateOf));
    // A full stream waits for its reader, which is ours.
    const isOurTurn = waitingForUs > 0 || isFull(stream);
    const now = [signs, bytesRead(), ...written].join(' ');
    checksWithout = isOurTurn || now !== last ? 0 : checksWithout + 1;
    last = now;
    if (isStopped) return;
    if (checksWithout >= CHECKS) onStall();
    else schedule();
  }
  function schedule(): void {
    timer = setTimeout(() => void check(), limitMs / CHECKS);
  }
  schedule();
  return {
    moved: () => {
      signs += 1;
    },
    ours: async (work) => {
      waitingForUs += 1;
      try {
        return await work;
      } finally {
        waitingForUs -= 1;
        signs += 1;
      }
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

function isFull(stream: Writable | undefined): boolean {
  if (stream === undefined) return false;
  const { readableLength = 0, readableHighWaterMark = Infinity } = stream as Partial<Duplex>;
  return stream.writableNeedDrain || readableLength >= readableHighWaterMark;
}

/** Changes whenever the file is written to. */
async function stateOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? '' : `${found.size}@${found.mtimeMs}`;
}
