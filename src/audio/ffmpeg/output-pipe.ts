/**
 * The other side of ffmpeg's standard output, read into one buffer over and over. A child's own `stdout` brings each piece in memory of
 * its own, which V8 counts: for each 13 MB of it, it looks through all of its heap.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Receives bytes in order; their memory is used again when it returns. */
export type OnBytes = (bytes: Buffer) => void;

/** A pipe for one child. */
export interface OutputPipe {
  /** The child's entry of `stdio` for its standard output. */
  childEnd: Socket | 'pipe';
  /** To be called once, when the child has been started. */
  attach(child: ChildProcess): void;
  /** Bytes that have arrived so far. */
  bytesRead(): number;
  /** Resolves when the child has closed its end and all bytes were passed on, or at `close`. Never rejects. */
  ended: Promise<void>;
  /** Stops reading. May be called at any time. */
  close(): void;
}

/** ffmpeg writes in pieces of half of this. */
const BUFFER_BYTES = 1 << 16;

/**
 * Opens a pipe. `onBytes` must not throw. Where this machine gives none (no temporary folder, a path too long for a socket, Windows), the
 * child's own `stdout` is read instead, with the same bytes.
 */
export async function openOutputPipe(onBytes: OnBytes): Promise<OutputPipe> {
  const ends = process.platform === 'win32' ? undefined : await openEnds(onBytes).catch(() => undefined);
  return ends === undefined ? ownStdout(onBytes) : reusedBuffer(ends);
}

interface Ends {
  ours: Socket;
  childEnd: Socket;
}

function reusedBuffer({ ours, childEnd }: Ends): OutputPipe {
  const close = () => {
    childEnd.destroy();
    ours.destroy();
  };
  return {
    childEnd,
    // Only then does the end of the child's writing reach us.
    attach: () => childEnd.destroy(),
    bytesRead: () => ours.bytesRead,
    ended: new Promise((resolve) => {
      ours.once('close', () => resolve());
    }),
    close,
  };
}

/** Two connected sockets, in a folder that only this user can enter, and that is gone again at once. */
async function openEnds(onBytes: OnBytes): Promise<Ends> {
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
  const server = createServer({ pauseOnConnect: true });
  let ours: Socket | undefined;
  try {
    const path = join(folder, 'pipe');
    server.listen(path);
    await once(server, 'listening');
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    const callback = (bytes: number) => {
      onBytes(buffer.subarray(0, bytes));
      return true;
    };
    ours = connect({ path, onread: { buffer, callback } });
    const connected = once(server, 'connection');
    await once(ours, 'connect');
    const [childEnd] = (await connected) as [Socket];
    // A broken connection ends it; why the child ended, it says itself.
    for (const end of [ours, childEnd]) end.on('error', () => {});
    return { ours, childEnd };
  } catch (error) {
    ours?.destroy();
    throw error;
  } finally {
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function ownStdout(onBytes: OnBytes): OutputPipe {
  let stdout: ChildProcess['stdout'] | undefined;
  let bytes = 0;
  let resolveEnded = () => {};
  const ended = new Promise<void>((resolve) => {
    resolveEnded = resolve;
  });
  return {
    childEnd: 'pipe',
    attach(child) {
      stdout = child.stdout;
      stdout?.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        onBytes(chunk);
      });
      stdout?.on('error', () => {});
      stdout?.once('close', resolveEnded);
    },
    bytesRead: () => bytes,
    ended,
    close() {
      stdout?.destroy();
      resolveEnded();
    },
  };
}
