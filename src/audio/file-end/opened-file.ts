import { open } from 'node:fs/promises';

/** A file that is read in places. */
export interface OpenedFile {
  bytes: number;
  /** These bytes; fewer at the end of the file. */
  read(at: number, length: number): Promise<Buffer>;
  /**
   * Goes through the file from `from` to `to`, one piece at a time; each begins with the last `overlap` bytes of the one before.
   * Ends early when `piece` returns true. The buffer is used again.
   */
  pieces(
    range: { from: number; to: number; overlap: number },
    piece: (bytes: Buffer, at: number) => boolean,
  ): Promise<void>;
}

const PIECE_BYTES = 1 << 20;

/** Opens a file for the time of `use`. Errors: those of the file system and of `use`. */
export async function withOpenedFile<T>(
  path: string,
  use: (file: OpenedFile) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const readInto = async (buffer: Buffer, at: number): Promise<Buffer> => {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      return buffer.subarray(0, bytesRead);
    };
    return await use({
      bytes: size,
      read: (at, length) => readInto(Buffer.alloc(Math.max(0, Math.min(length, size - at))), at),
      async pieces({ from, to, overlap }, piece) {
        const buffer = Buffer.alloc(PIECE_BYTES);
        for (let at = from; at < to; at += PIECE_BYTES - overlap) {
          const bytes = await readInto(buffer.subarray(0, Math.min(PIECE_BYTES, to - at)), at);
          if (piece(bytes, at) || at + bytes.length >= to || bytes.length <= overlap) return;
        }
      },
    });
  } finally {
    await handle.close();
  }
}
