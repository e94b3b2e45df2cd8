/**
 * Output that cannot be written: a closed pipe (`| head`), a full disk (`> log`), a terminal that is gone. It ends the program
 * with a message and an exit code, never with a crash.
 */
import { EXIT, type ExitCode } from '../command-line/exit-codes.ts';

/** Handles failures of stdout and stderr. Without stderr there is nobody to tell, and nothing depends on it: work continues. */
export function handleBrokenOutput({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process): void {
  stderr.on('error', () => undefined);
  let isHandled = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Every further line fails in the same way; a second signal would end the program at once.
    if (isHandled) return;
    isHandled = true;
    // A reader that has enough is no failure, and a terminal that is closed is announced by a signal, too.
    const isClosed = error.code === 'EPIPE' || error.code === 'EIO';
    if (!isClosed) {
      stderr.write(
        `pipeline: The output cannot be written (${error.code ?? error.message}). Free some space, or send the output elsewhere.\n`,
      );
    }
    stop(isClosed ? EXIT.ok : EXIT.unavailable);
  });
}

/** Work in progress stops as with Ctrl-C; a command that only prints ends at once. */
function stop(code: ExitCode): void {
  if (process.listenerCount('SIGTERM') === 0) process.exit(code);
  if (code !== EXIT.ok) {
    process.once('exit', () => {
      process.exitCode = code;
    });
  }
  process.emit('SIGTERM');
}
