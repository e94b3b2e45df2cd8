/** Finishes a command: sets the exit code, and prints a failure. The only place that prints one. */
import type { ErrorEvent } from '../../events.ts';

/** Waits for the command and sets the process's exit code. With `json` (a flag of the command) a failure goes to stdout, too. */
export async function finishCommand(command: Promise<number>, { json }: { json?: boolean } = {}): Promise<void> {
  try {
    process.exitCode = await command;
  } catch (error) {
    const [{ describeFailure }, { writeWrapped }] = await Promise.all([
      import('./exit-codes.ts'),
      import('../screen/terminal.ts'),
    ]);
    const failure = describeFailure(error);
    writeWrapped(process.stderr, `pipeline: ${failure.message}`);
    if (json) printError(failure);
    process.exitCode = failure.exitCode;
  }
}

/** Prints a failure on stdout as one line of JSON, for programs. */
export function printError(failure: Omit<ErrorEvent, 'type'>): void {
  const event: ErrorEvent = { type: 'error', ...failure };
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
