/** Asks before something is destroyed. */
import { createInterface } from 'node:readline/promises';
import { ConfigError } from '../../config.ts';

/**
 * True when `--yes` was given or a person at the terminal says yes; anything but yes is no. Without a terminal there is
 * nobody to ask: throws `ConfigError`, which names the flag.
 */
export async function confirm(
  question: string,
  { yes, signal }: { yes: boolean; signal: AbortSignal },
): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true) {
    throw new ConfigError(`${question} There is no terminal to ask at: add --yes to do it.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    terminal.close();
  }
}
