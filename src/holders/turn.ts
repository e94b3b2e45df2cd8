/** One process at a time: a turn that processes, and parts of one process, take one after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../errors.ts';
import { FileHolds, type Hold } from './file-hold.ts';

/** A process that ended in the middle blocks nobody. */
const TURN = { beatMs: 2_000, staleMs: 10_000 };
const POLL_MS = { least: 5, most: 40 };

/**
 * Waits for the turn that the file `path` stands for; release it soon. `what` is being done, for the message of `interrupted`, which is
 * thrown when the signal aborts. Rejects with the system's error when the folder cannot be written.
 */
export async function takeTurn(
  path: string,
  { what, signal }: { what: string; signal?: AbortSignal | undefined },
): Promise<Hold> {
  const holds = new FileHolds(TURN);
  for (let pollMs = POLL_MS.least; ; pollMs = Math.min(pollMs * 2, POLL_MS.most)) {
    if (signal?.aborted) throw interrupted(what);
    const tried = await holds.tryTake(path);
    if ('release' in tried) return tried;
    await sleep(pollMs);
  }
}
