import { closeSync, fstatSync, open, read } from 'node:fs';
import { promisify } from 'node:util';

// Not node:fs/promises: its file handles cost twice as much CPU for a file of a few hundred kilobytes.
const opened = promisify(open);

/** A whole file; in `buffer` if it fits, and the result is then a view of it. Errors: those of the file system. */
export async function readFully(path: string, buffer?: Uint8Array): Promise<Buffer> {
  const file = await opened(path, 'r');
  try {
    // At once, like closing: of an open file the system has the answer, and another thread would cost more than that.
    const { size } = fstatSync(file);
    const bytes =
      buffer !== undefined && buffer.length >= size
        ? Buffer.from(buffer.buffer, buffer.byteOffset, size)
        : Buffer.allocUnsafeSlow(size);
    let done = 0;
    while (done < size) {
      const count = await readInto(file, bytes, done);
      if (count === 0) break;
      done += count;
    }
    return bytes.subarray(0, done);
  } finally {
    closeSync(file);
  }
}

function readInto(file: number, bytes: Buffer, from: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(file, bytes, from, bytes.length - from, from, (error, count) => (error ? reject(error) : resolve(count)));
  });
}
