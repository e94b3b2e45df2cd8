/** The files in which voices survive a restart. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';

/** Reads a file; undefined when there is none. Rejects with `store-damaged` when `isState` does not hold. */
export async function readState<State>(
  stateDir: string,
  name: string,
  isState: (value: unknown) => value is State,
): Promise<State | undefined> {
  const file = join(stateDir, name);
  try {
    const state: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isState(state)) throw new SyntaxError('not a list of voices');
    return state;
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw new PipelineError({
      code: 'store-damaged',
      message: `The simulator cannot read its voices in ${file}. Delete the file to start without voices.`,
      retry: 'never',
      cause,
    });
  }
}

/**
 * Written to a temporary file, flushed and renamed: a crash leaves the old file or the new one. Rejects with
 * `store-unwritable`.
 */
export async function writeState(stateDir: string, name: string, state: object): Promise<void> {
  const file = join(stateDir, name);
  try {
    await mkdir(stateDir, { recursive: true });
    const handle = await open(`${file}.tmp`, 'w');
    try {
      await handle.writeFile(JSON.stringify(state));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
  } catch (cause) {
    throw new PipelineError({
      code: 'store-unwritable',
      message: `The simulator cannot write its voices to ${file}. Check the permissions and the free space of its folder.`,
      retry: 'backoff',
      cause,
    });
  }
}
