/** The options that several commands share, and the parsers of option values. */
import { InvalidArgumentError, Option } from 'commander';

/** `--simulate`. */
export function simulateOption(): Option {
  return new Option('--simulate', 'use simulated voices; needs no key and costs nothing');
}

/** `--store DIR`, or a prefix on S3. */
export function storeOption(): Option {
  return new Option(
    '--store <dir>',
    'folder or s3://bucket/prefix for voices, takes and masters (default: PIPELINE_STORE, or .pipeline)',
  );
}

/** `--sessions N`. */
export function sessionsOption(): Option {
  return new Option('--sessions <n>', 'WebSocket sessions at once (default: 8)').argParser(oneToThousand);
}

/** Parser of a repeatable option. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** A port; 0 chooses a free one. */
export function port(text: string): number {
  const value = wholeNumber(text);
  if (value > 65_535) throw new InvalidArgumentError('Give a port from 0 to 65535.');
  return value;
}

/** A whole number from 0. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('Give a whole number from 0.');
  return value;
}

/** A whole number from 1 to 1000. */
export function oneToThousand(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 1000) throw new InvalidArgumentError('Give a whole number from 1 to 1000.');
  return value;
}

/** A number from 0. */
export function amount(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('Give a number from 0.');
  return value;
}

/** `--budget SUM`; read with the manifest, in the currency of the prices. `most` and `above`: what it limits, and what follows above it. */
export function budgetOption({
  most = 'most to spend',
  above = 'above it, nothing is sent (exit code 4)',
}: {
  most?: string;
  above?: string;
} = {}): Option {
  return new Option('--budget <sum>', `${most}, such as 5.00 or "5.00 CNY"; ${above}`);
}

/** `--yes`. */
export function yesOption(): Option {
  return new Option('--yes', 'do not ask for confirmation; for scripts');
}

/** `--yes` of a command that asks nothing; scripts may give it to every command that spends. */
export function needlessYesOption(): Option {
  return new Option('--yes', 'accepted for scripts; this command never asks for confirmation');
}

/** `--omit-disclosure REASON`: for commands that write a new manifest. */
export function omitDisclosureOption(): Option {
  return new Option(
    '--omit-disclosure <reason>',
    'leave out of the opening credits that cloned voices speak; the report names this reason',
  ).argParser((text: string) => {
    if (text.trim() === '') throw new InvalidArgumentError('Give the reason.');
    return text.trim();
  });
}
