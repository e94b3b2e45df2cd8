/** A file in pieces. */
import { open } from 'node:fs/promises';

/**
 * Bytes that are read at a time. Node's own stream reads 64 KB into new memory each time; half of what a large file cost was spent on
 * collecting that.
 */
const PIECE_BYTES = 2 ** 18;

/**
 * The bytes of a file, in order. With `reuse`, a piece is good only until the next one is asked for: its memory is used again. Errors:
 * those of the file system.
 */
export async function* readPieces(path: string, { reuse = false } = {}): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    let memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(memory, 0, PIECE_BYTES);
      if (bytesRead === 0) return;
      yield memory.subarray(0, bytesRead);
      if (!reuse) memory = Buffer.allocUnsafeSlow(PIECE_BYTES);
    }
  } finally {
    await file.close();
  }
}
