/** Reads files that somebody names in a command or a setting. */
import { readFile, stat } from 'node:fs/promises';

/** What a shell's `<(command)` and `/dev/stdin` are: whoever writes into them is there. */
const OPEN_ALREADY = /^\/(?:dev\/fd\/|dev\/stdin$|proc\/[^/]+\/fd\/)/;

/**
 * Reads it whole. A named pipe would be waited for without end, and a process that waits so cannot even be stopped. Rejects with the
 * system's error, or with one of the code `named-pipe` for such a pipe.
 */
export async function readNamedFile(path: string): Promise<Buffer> {
  if ((await stat(path)).isFIFO() && !OPEN_ALREADY.test(path))
    throw Object.assign(new Error(`${path} is a named pipe`), { code: 'named-pipe' });
  return readFile(path);
}
