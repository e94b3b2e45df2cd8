/** Asks before something is deleted, or paid for. */
import { createInterface } from 'node:readline/promises';
import { ConfigError } from '../../config/values.ts';

/**
 * True when `--yes` is given or a person at the terminal answers yes; anything else is no. Without a terminal, throws
 * `ConfigError` that names the flag.
 */
export async function confirm(
  question: string,
  { yes, signal }: { yes: boolean; signal: AbortSignal },
): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true) {
    throw new ConfigError(`${question} There is no terminal to ask on. To confirm, add --yes.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    terminal.close();
  }
}
