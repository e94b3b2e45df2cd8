/** `pipeline watch`: runs every manifest in a folder until it is interrupted. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Flags } from '../config.ts';
import { readConfig } from '../config.ts';
import { type WatchedRun, watchFolder } from '../watch.ts';
import { describeFailure, EXIT } from './exit.ts';
import { onInterrupt } from './interrupt.ts';
import { runManifest } from './run.ts';
import { accountFor } from './service.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** Pause between two looks at the folder, in milliseconds. A file counts as whole when two looks in a row saw it the same. */
const SWEEP_MS = 1_000;

/** Runs until Ctrl-C or SIGTERM; then ends with 0. Fails at once when the folder or the key is missing. */
export async function watchCommand(folder: string, flags: Flags): Promise<number> {
  const terminal = openTerminal();
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) {
    terminal.err(`pipeline: ${folder} is not a folder.`);
    return EXIT.wrongInput;
  }
  const outDir = resolve(flags.out ?? join(root, 'done'));
  accountFor(readConfig(flags));
  const interrupt = onInterrupt(() => terminal.err('Stopping after what is under way.'));
  terminal.out(`Watching ${root}. Finished books go to ${outDir}.`);
  await watchFolder({
    folder: root,
    outDir,
    sweepMs: SWEEP_MS,
    signal: interrupt.signal,
    notice: (message) => terminal.out(message),
    run: (manifest, signal) => runWatched({ manifest, flags: { ...flags, out: outDir }, signal, terminal }),
  });
  interrupt.release();
  return EXIT.ok;
}

/** A run whose messages go into the files beside the manifest. It never throws: the next book is waiting. */
async function runWatched({
  manifest,
  flags,
  signal,
  terminal,
}: {
  manifest: string;
  flags: Flags;
  signal: AbortSignal;
  terminal: Terminal;
}): Promise<WatchedRun> {
  const said: string[] = [];
  const quiet: Terminal = {
    ...terminal,
    out: () => undefined,
    live: () => undefined,
    err: (line) => said.push(line),
    colorOnStderr: false,
  };
  let chapters = 0;
  let delivered = 0;
  try {
    const code = await runManifest({
      manifest,
      flags,
      signal,
      terminal: quiet,
      emit: (event) => {
        if (event.type !== 'run.finished') return;
        chapters = event.chapters.length;
        delivered = event.chapters.filter((chapter) => chapter.files.length > 0).length;
      },
    });
    if (code === EXIT.wrongInput)
      return { status: 'rejected: see the .rejected.txt beside it', rejected: said.join('\n'), done: false };
    if (code === EXIT.ok)
      return { status: `delivered: ${chapters} of ${chapters} chapters`, rejected: undefined, done: true };
    if (code === EXIT.interrupted)
      return { status: 'stopped; goes on when the watcher runs again', rejected: undefined, done: false };
    return {
      status: `needs you: ${delivered} of ${chapters} chapters delivered. ${said.join(' ')}`,
      rejected: undefined,
      done: false,
    };
  } catch (error) {
    return { status: `needs you: ${describeFailure(error).message}`, rejected: undefined, done: false };
  }
}
