/** Ends a command: its exit code, and the one place where a failure is printed. */
import type { ErrorEvent } from '../../events.ts';

/** Waits for the command and sets the process's exit code. With `json` (a flag of the command) stdout gets the failure too. */
export async function end(command: Promise<number>, { json }: { json?: boolean } = {}): Promise<void> {
  try {
    process.exitCode = await command;
  } catch (error) {
    const { describeFailure } = await import('./exit-codes.ts');
    const failure = describeFailure(error);
    process.stderr.write(`pipeline: ${failure.message}\n`);
    if (json) printError(failure);
    process.exitCode = failure.exitCode;
  }
}

/** One line of JSON on stdout for a program that reads there. */
export function printError(failure: Omit<ErrorEvent, 'type'>): void {
  const event: ErrorEvent = { type: 'error', ...failure };
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
